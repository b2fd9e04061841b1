//! Models of endpoints in the hands of threads without a table: what comes wakes them, and a waker that is taken back does not run.

use super::{message, model};
use ferroport::channel::{Endpoint, Mark, Poll, Waker, Watcher, channel};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

/// How often an endpoint has called its waker, and whether what the waker uses is there.
#[derive(Clone)]
struct Calls {
    count: Arc<AtomicUsize>,
    is_running: Arc<AtomicBool>,
    is_freed: Arc<AtomicBool>,
}

impl Calls {
    fn new() -> Calls {
        let no = || Arc::new(AtomicBool::new(false));
        Calls { count: Arc::new(AtomicUsize::new(0)), is_running: no(), is_freed: no() }
    }

    /// Relaxed accesses: that they are seen is up to the watcher.
    fn waker(&self) -> Waker {
        let calls = self.clone();
        Box::new(move || {
            assert!(!calls.is_freed.load(Ordering::Relaxed), "called after it was taken back");
            calls.is_running.store(true, Ordering::Relaxed);
            calls.count.fetch_add(1, Ordering::Relaxed);
            calls.is_running.store(false, Ordering::Relaxed);
            assert!(!calls.is_freed.load(Ordering::Relaxed), "taken back while it runs");
        })
    }

    /// The waker has been taken back.
    fn free(&self) {
        assert!(!self.is_running.load(Ordering::Relaxed));
        self.is_freed.store(true, Ordering::Relaxed);
    }

    fn get(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

fn watched(endpoint: &Endpoint) -> (Arc<Watcher>, Calls) {
    let (watcher, calls) = (Arc::new(Watcher::new()), Calls::new());
    endpoint.watch(watcher.clone());
    watcher.set(Some(calls.waker()));
    (watcher, calls)
}

fn number(poll: Poll) -> Option<u8> {
    match poll {
        Poll::Message(message) => Some(message.bytes[0]),
        Poll::Empty => None,
        Poll::Closed => Some(0),
    }
}

#[test]
fn a_waker_that_is_taken_back_has_returned() {
    model(|| {
        let (watcher, calls) = (Arc::new(Watcher::new()), Calls::new());
        watcher.set(Some(calls.waker()));
        let others = [watcher.clone(), watcher.clone()].map(|watcher| thread::spawn(move || watcher.wake()));
        watcher.set(None);
        calls.free();
        for other in others {
            other.join().unwrap();
        }
    });
}

#[test]
fn a_waker_is_put_in_the_place_of_one_that_runs() {
    model(|| {
        let (watcher, first, second) = (Arc::new(Watcher::new()), Calls::new(), Calls::new());
        watcher.set(Some(first.waker()));
        let other = {
            let watcher = watcher.clone();
            thread::spawn(move || watcher.wake())
        };
        watcher.set(Some(second.waker()));
        first.free();
        other.join().unwrap();
        assert_eq!(first.get() + second.get(), 1);
    });
}

#[test]
fn two_threads_take_wakers_back_at_a_time() {
    model(|| {
        let (watcher, calls) = (Arc::new(Watcher::new()), Calls::new());
        watcher.set(Some(calls.waker()));
        let waking = {
            let watcher = watcher.clone();
            thread::spawn(move || watcher.wake())
        };
        let setting = {
            let watcher = watcher.clone();
            thread::spawn(move || watcher.set(None))
        };
        watcher.set(None);
        calls.free();
        waking.join().unwrap();
        setting.join().unwrap();
    });
}

#[test]
fn a_waker_that_takes_itself_back_is_the_last_call() {
    model(|| {
        let (watcher, calls) = (Arc::new(Watcher::new()), Arc::new(AtomicUsize::new(0)));
        let waker: Waker = {
            let (watcher, calls) = (watcher.clone(), calls.clone());
            Box::new(move || {
                calls.fetch_add(1, Ordering::Relaxed);
                // Its own call once more, which is put off, and then is none.
                watcher.wake();
                watcher.set(None);
            })
        };
        watcher.set(Some(waker));
        let other = {
            let watcher = watcher.clone();
            thread::spawn(move || watcher.wake())
        };
        watcher.wake();
        other.join().unwrap();
        // Each of the two may have found it before it was taken back.
        assert!((1..=2).contains(&calls.load(Ordering::Relaxed)));
    });
}

#[test]
fn a_message_that_comes_while_a_thread_looks_wakes_it_or_is_found() {
    model(|| {
        let (a, b) = channel();
        let (_watcher, calls) = watched(&b);
        let sender = thread::spawn(move || {
            a.send(message(1)).unwrap();
            a
        });
        let found = number(b.poll_watched());
        let _a = sender.join().unwrap();
        match found {
            Some(number) => assert_eq!(number, 1),
            None => {
                assert!(calls.get() > 0, "nobody is woken");
                assert_eq!(number(b.poll_watched()), Some(1));
            }
        }
    });
}

#[test]
fn each_message_wakes_who_has_found_nothing_since_the_last() {
    model(|| {
        let (a, b) = channel();
        let (_watcher, calls) = watched(&b);
        let sender = thread::spawn(move || {
            for number in 1..=2 {
                a.send(message(number)).unwrap();
            }
            a
        });
        let mut found = Vec::new();
        let mut seen = 0;
        for _ in 0..2 {
            seen = calls.get();
            found.extend(number(b.poll_watched()));
        }
        let _a = sender.join().unwrap();
        if found.is_empty() {
            assert!(calls.get() > seen, "nobody is woken");
        }
        found.extend(std::iter::from_fn(|| number(b.poll_watched())));
        assert_eq!(found, [1, 2]);
    });
}

#[test]
fn two_threads_look_and_one_of_them_finds_it() {
    model(|| {
        let (a, b) = channel();
        let b = Arc::new(b);
        let (_watcher, calls) = watched(&b);
        let other = {
            let b = b.clone();
            thread::spawn(move || number(b.poll_watched()))
        };
        let sender = thread::spawn(move || {
            a.send(message(1)).unwrap();
            a
        });
        let found = number(b.poll_watched());
        let found = [found, other.join().unwrap()];
        let _a = sender.join().unwrap();
        match found {
            [None, None] => {
                assert!(calls.get() > 0, "nobody is woken");
                assert_eq!(number(b.poll_watched()), Some(1));
            }
            found => assert_eq!(found.into_iter().flatten().collect::<Vec<_>>(), [1]),
        }
    });
}

#[test]
fn the_end_of_the_other_side_wakes_who_looks() {
    model(|| {
        let (a, b) = channel();
        let (_watcher, calls) = watched(&b);
        let closer = thread::spawn(move || drop(a));
        let found = number(b.poll_watched());
        closer.join().unwrap();
        assert!(found == Some(0) || calls.get() > 0, "nobody is woken");
        assert_eq!(number(b.poll_watched()), Some(0));
    });
}

#[test]
fn room_that_comes_while_a_thread_asks_wakes_it_or_is_found() {
    for closes in [false, true] {
        model(move || {
            let (a, b) = channel();
            b.set_mark(Mark { messages: 1, ..Mark::NONE });
            let (_watcher, calls) = watched(&a);
            a.send(message(1)).unwrap();
            let reader = thread::spawn(move || {
                assert_eq!(number(b.poll()), Some(1));
                (!closes).then_some(b)
            });
            let has_room = a.room_watched();
            let _b = reader.join().unwrap();
            assert!(has_room != Some(false) || calls.get() > 0, "nobody is woken");
            assert_eq!(a.room_watched(), if closes { None } else { Some(true) });
        });
    }
}

#[test]
fn one_thread_asks_for_room_while_another_waits_for_a_message() {
    model(|| {
        let (a, b) = channel();
        b.set_mark(Mark { messages: 1, ..Mark::NONE });
        let a = Arc::new(a);
        let (_watcher, calls) = watched(&a);
        a.send(message(1)).unwrap();
        let asking = {
            let (a, calls) = (a.clone(), calls.clone());
            thread::spawn(move || (calls.get(), a.room_watched()))
        };
        let other = thread::spawn(move || {
            assert_eq!(number(b.poll()), Some(1));
            b.send(message(2)).unwrap();
            b
        });
        let before = calls.get();
        let found = number(a.poll_watched());
        let (asked, has_room) = asking.join().unwrap();
        let _b = other.join().unwrap();
        assert!(found == Some(2) || calls.get() > before, "who waits for a message is not woken");
        assert!(has_room != Some(false) || calls.get() > asked, "who waits for room is not woken");
    });
}

#[test]
fn an_endpoint_closes_while_its_peer_wakes_it() {
    model(|| {
        let (a, b) = channel();
        let (watcher, calls) = watched(&b);
        assert!(number(b.poll_watched()).is_none());
        let sender = thread::spawn(move || {
            // Refused if the other end is closed already.
            let _ = a.send(message(1));
            a
        });
        watcher.set(None);
        calls.free();
        drop(b);
        assert_eq!(number(sender.join().unwrap().poll()), Some(0));
    });
}

#[test]
fn who_reads_nothing_is_woken_by_room_all_the_same() {
    model(|| {
        let (a, b) = channel();
        b.set_mark(Mark { messages: 1, ..Mark::NONE });
        let (_watcher, calls) = watched(&a);
        assert!(number(a.poll_watched()).is_none());
        a.send(message(1)).unwrap();
        // Wakes once, and nobody looks at it.
        b.send(message(2)).unwrap();
        let before = calls.get();
        let reader = thread::spawn(move || {
            assert_eq!(number(b.poll()), Some(1));
            b
        });
        let has_room = a.room_watched();
        let _b = reader.join().unwrap();
        assert!(has_room == Some(true) || calls.get() > before, "nobody is woken");
    });
}
