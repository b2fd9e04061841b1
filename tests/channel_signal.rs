//! What a signal promises those who have it, one sentence at a time, and under any timing.
#![cfg(not(loom))]

#[path = "channel_support/random.rs"]
mod random;

use ferroport::channel::{Aborter, Listener, Message, Poll, Reason, Signal, channel, expiring};
use ferroport::memory::Bytes;
use random::Random;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// What a listener has heard: numbers, below zero for signals that nobody can abort any more.
#[derive(Default)]
struct Ear(Mutex<Vec<i64>>);

impl Listener for Ear {
    fn aborted(&self, number: u32) {
        self.0.lock().unwrap().push(i64::from(number));
    }

    fn settled(&self, number: u32) {
        self.0.lock().unwrap().push(-i64::from(number));
    }
}

impl Ear {
    fn heard(&self) -> Vec<i64> {
        self.0.lock().unwrap().clone()
    }
}

/// A reason that can be told from others.
fn reason(number: u8) -> Reason {
    Reason::Value(Bytes::from(&[number][..]), Bytes::default())
}

fn number_of(signal: &Signal) -> Option<u8> {
    match signal.reason().as_deref() {
        Some(Reason::Value(value, _)) => value.first().copied(),
        _ => None,
    }
}

/// That an owner has a signal, with its flag. The memory of the flag is freed when this is dropped: nobody may write to it then.
struct Holding {
    signal: Arc<Signal>,
    owner: u64,
    flag: Box<AtomicI32>,
}

impl Holding {
    fn is_up(&self) -> bool {
        self.flag.load(Ordering::SeqCst) == 1
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.signal.forget(self.owner);
    }
}

fn hold(signal: &Arc<Signal>, owner: u64, name: u32) -> Holding {
    let flag = Box::new(AtomicI32::new(0));
    // SAFETY: the flag is freed after the signal has forgotten it; no test holds a signal twice for one owner.
    unsafe { signal.hold(owner, name, &raw const *flag) };
    Holding { signal: signal.clone(), owner, flag }
}

fn abortable() -> (Arc<Signal>, Aborter) {
    let signal = Signal::new();
    let aborter = Aborter::new(&signal);
    (signal, aborter)
}

#[test]
fn everybody_who_has_the_signal_knows_when_abort_returns() {
    let (signal, _aborter) = abortable();
    let flags = [1, 2, 3].map(|owner| hold(&signal, owner, 0));
    assert!(!signal.is_aborted() && !flags.iter().any(Holding::is_up) && !signal.is_settled());
    signal.abort(reason(1), None);
    assert!(signal.is_aborted() && flags.iter().all(Holding::is_up) && signal.is_settled());
    assert!(hold(&signal, 4, 0).is_up(), "whoever gets it later knows at once");
}

#[test]
fn the_first_reason_stays() {
    let (signal, _aborter) = abortable();
    let _held = hold(&signal, 1, 9);
    assert_eq!(signal.abort(reason(1), Some(1)), [(9, None)]);
    assert_eq!(signal.abort(reason(2), Some(1)), []);
    assert_eq!(number_of(&signal), Some(1));
}

#[test]
fn a_listener_hears_once_but_for_who_aborts() {
    let (signal, _aborter) = abortable();
    let ears: [Arc<Ear>; 3] = Default::default();
    let _held: Vec<_> = (1..4).map(|owner| hold(&signal, owner, owner as u32 * 10)).collect();
    for (owner, ear) in (1..).zip(&ears) {
        assert!(signal.listen(owner, ear.clone(), owner as u32));
    }
    signal.stop_listening(3);
    assert_eq!(signal.abort(reason(1), Some(2)), [(20, Some(2))]);
    assert_eq!(ears.each_ref().map(|ear| ear.heard()), [vec![1], vec![], vec![]]);
    assert!(!signal.listen(1, ears[0].clone(), 7), "it is aborted already");
}

#[test]
fn who_has_forgotten_it_is_not_told_and_its_flag_is_not_touched() {
    let (signal, _aborter) = abortable();
    let ear = Arc::new(Ear::default());
    let held = hold(&signal, 1, 0);
    assert!(signal.listen(1, ear.clone(), 1));
    signal.forget(1);
    assert_eq!(signal.abort(reason(1), Some(1)), []);
    assert!(!held.is_up() && ear.heard().is_empty());
    assert_eq!(Arc::strong_count(&ear), 1);
}

#[test]
fn listeners_hear_when_nobody_can_abort_it_any_more() {
    let (signal, first) = abortable();
    let second = Aborter::new(&signal);
    let ear = Arc::new(Ear::default());
    let _held = hold(&signal, 1, 0);
    assert!(signal.listen(1, ear.clone(), 5));
    drop(first);
    assert!(ear.heard().is_empty() && !signal.is_settled());
    drop(second);
    assert_eq!(ear.heard(), [-5]);
    assert!(signal.is_settled() && !signal.listen(1, ear.clone(), 6));
    drop(Aborter::new(&signal));
    assert_eq!(ear.heard(), [-5], "it was told");
}

#[test]
fn a_watch_wakes_once_at_once_if_need_be_and_not_when_it_is_gone() {
    let (signal, _aborter) = abortable();
    let woken = Arc::new(AtomicUsize::new(0));
    let wake = |by: usize| {
        let woken = woken.clone();
        Arc::new(move || _ = woken.fetch_add(by, Ordering::SeqCst))
    };
    let _kept = signal.watch(wake(1));
    drop(signal.watch(wake(10)));
    signal.abort(reason(1), None);
    signal.abort(reason(2), None);
    assert_eq!(woken.load(Ordering::SeqCst), 1);
    drop(signal.watch(wake(100)));
    assert_eq!(woken.load(Ordering::SeqCst), 101);
    assert_eq!(Arc::strong_count(&woken), 1, "nothing is kept of who was woken");
}

#[test]
fn what_follows_a_signal_is_aborted_with_it_for_the_same_reason_and_before_anybody_hears() {
    struct Looks(Mutex<Vec<Weak<Signal>>>);
    impl Listener for Looks {
        fn aborted(&self, _: u32) {
            assert!(self.0.lock().unwrap().iter().all(|each| each.upgrade().unwrap().is_aborted()));
        }
        fn settled(&self, _: u32) {
            panic!("it is aborted");
        }
    }
    let (source, _aborter) = abortable();
    let (near, far) = (Signal::new(), Signal::new());
    near.follow(&source).unwrap_or_else(|_| panic!("not aborted"));
    far.follow(&near).unwrap_or_else(|_| panic!("not aborted"));
    let all = [&source, &near, &far];
    let looks = Arc::new(Looks(Mutex::new(all.map(Arc::downgrade).to_vec())));
    let mut held = Vec::new();
    for (signal, name) in all.into_iter().zip(1..) {
        held.push(hold(signal, 1, name));
        assert!(signal.listen(1, looks.clone(), name));
    }
    held.push(hold(&far, 2, 4));
    assert_eq!(source.abort(reason(3), Some(2)), [(4, None)]);
    assert!(all.iter().all(|signal| number_of(signal) == Some(3)));
    assert!(Arc::ptr_eq(&source.reason().unwrap(), &far.reason().unwrap()));
}

#[test]
fn of_several_sources_the_first_gives_the_reason_and_an_aborted_one_says_so() {
    let (one, _of_one) = abortable();
    let (other, _of_other) = abortable();
    let both = Signal::new();
    // Twice the same makes no difference.
    for source in [&one, &other, &one] {
        assert!(both.follow(source).is_ok());
    }
    other.abort(reason(7), None);
    one.abort(reason(8), None);
    assert_eq!(number_of(&both), Some(7));
    let late = Signal::new();
    let found = late.follow(&other).expect_err("it is aborted");
    assert!(matches!(&*found, Reason::Value(value, _) if value[..] == [7]));
    assert!(!late.is_aborted() && late.is_settled());
}

#[test]
fn a_signal_that_follows_is_settled_when_all_that_it_follows_are() {
    let (one, of_one) = abortable();
    let (other, of_other) = abortable();
    let both = Signal::new();
    for source in [&one, &other, &one] {
        assert!(both.follow(source).is_ok());
    }
    let ear = Arc::new(Ear::default());
    let _held = hold(&both, 1, 0);
    assert!(both.listen(1, ear.clone(), 3));
    drop(of_one);
    assert!(ear.heard().is_empty());
    drop(of_other);
    assert_eq!(ear.heard(), [-3]);
    let nothing = Signal::new();
    assert!(nothing.follow(&one).is_ok() && nothing.is_settled());
}

#[test]
fn a_signal_holds_what_it_follows_and_is_not_held_by_it() {
    let (source, aborter) = abortable();
    let middle = Signal::new();
    assert!(middle.follow(&source).is_ok());
    let last = Signal::new();
    assert!(last.follow(&middle).is_ok());
    let seen = Arc::downgrade(&middle);
    drop(middle);
    assert!(seen.upgrade().is_some(), "the last is aborted through it");
    source.abort(reason(1), None);
    assert!(last.is_aborted() && seen.upgrade().is_none(), "nobody needs it any more");
    drop(aborter);

    let (source, _aborter) = abortable();
    for _ in 0..1000 {
        assert!(Signal::new().follow(&source).is_ok());
    }
    assert_eq!((Arc::strong_count(&source), Arc::weak_count(&source)), (2, 0));
}

#[test]
fn a_long_chain_is_aborted_and_dropped_without_recursion() {
    let chain = |length: usize| {
        let (source, aborter) = abortable();
        let mut last = source.clone();
        for _ in 0..length {
            let next = Signal::new();
            assert!(next.follow(&last).is_ok());
            last = next;
        }
        (source, aborter, last)
    };
    let (source, _aborter, last) = chain(200_000);
    source.abort(reason(1), None);
    assert!(last.is_aborted());
    drop(last);
    let (source, _aborter, last) = chain(200_000);
    drop(last);
    assert_eq!(Arc::strong_count(&source), 2);
    let (_source, aborter, last) = chain(200_000);
    drop(aborter);
    assert!(last.is_settled());
}

#[test]
fn a_message_holds_its_signals_and_each_copy_of_it_its_own() {
    let (signal, _aborter) = abortable();
    let count = || Arc::strong_count(&signal);
    let before = count();
    let (near, far) = channel();
    let post = || near.send(Message::new(Bytes::default()).with_signals(vec![signal.clone(), signal.clone()]));
    post().unwrap();
    post().unwrap();
    post().unwrap();
    assert_eq!(count(), before + 6);
    let Poll::Message(mut message) = far.poll() else { panic!("there are three") };
    assert!(message.has_attachments());
    let taken = message.take_signals();
    assert!(
        taken.len() == 2 && taken.iter().all(|each| Arc::ptr_eq(each, &signal)) && message.take_signals().is_empty()
    );
    drop(taken);
    assert_eq!(count(), before + 4);
    assert!(matches!(far.poll(), Poll::Message(_)), "one is dropped unread");
    assert_eq!(count(), before + 2);
    drop(far);
    assert_eq!(count(), before, "what waited is dropped with the queue");
    assert!(!Message::new(Bytes::default()).with_signals(Vec::new()).has_attachments());
}

#[test]
fn a_signal_that_expires_does_so_in_time_and_not_before() {
    let begin = Instant::now();
    let after = [50, 20, 0, 35].map(Duration::from_millis);
    let signals = after.map(|after| expiring(after).unwrap());
    let never = expiring(Duration::from_secs(3600)).unwrap();
    for (signal, after) in signals.iter().zip(after) {
        assert!(!signal.is_settled() || signal.is_aborted());
        while !signal.is_aborted() {
            assert!(begin.elapsed() < Duration::from_secs(20), "it has not expired");
            thread::sleep(Duration::from_millis(1));
        }
        assert!(begin.elapsed() >= after);
        assert!(matches!(signal.reason().as_deref(), Some(Reason::Timeout)));
    }
    assert!(!never.is_aborted());
    let seen = Arc::downgrade(&never);
    drop(never);
    assert_eq!((seen.strong_count(), seen.weak_count()), (0, 0), "nobody waits for one that nobody has");
}

#[test]
fn one_that_is_aborted_before_its_time_keeps_its_reason() {
    let signal = expiring(Duration::from_millis(10)).unwrap();
    signal.abort(reason(4), None);
    thread::sleep(Duration::from_millis(30));
    assert_eq!(number_of(&signal), Some(4));
}

/// Threads hold, listen to, watch, forget and follow signals that others abort at any moment, or give up.
#[test]
fn under_any_timing_all_that_has_a_signal_hears_of_its_end_once() {
    let mut random = Random::seeded("signals");
    for _ in 0..300 {
        let (source, aborter) = abortable();
        let signal = Signal::new();
        assert!(signal.follow(&source).is_ok());
        let threads = 2 + random.below(3);
        let barrier = Barrier::new(threads + 1);
        let aborts = random.below(4) > 0;
        let delays: Vec<_> = (0..=threads).map(|_| random.below(300)).collect();
        let wait = |spins: usize| (0..spins).for_each(|_| std::hint::spin_loop());
        thread::scope(|scope| {
            for owner in 1..=threads as u64 {
                let (signal, barrier, delay) = (signal.clone(), &barrier, delays[owner as usize]);
                scope.spawn(move || {
                    barrier.wait();
                    wait(delay);
                    let held = hold(&signal, owner, 0);
                    let ear = Arc::new(Ear::default());
                    let woken = Arc::new(AtomicUsize::new(0));
                    let counted = woken.clone();
                    let watch = signal.watch(Arc::new(move || _ = counted.fetch_add(1, Ordering::SeqCst)));
                    let listens = signal.listen(owner, ear.clone(), 1);
                    if delay % 5 == 0 {
                        signal.forget(owner);
                        let before = held.is_up();
                        wait(100);
                        assert_eq!(held.is_up(), before, "a flag is not touched that was forgotten");
                        return;
                    }
                    let begin = Instant::now();
                    while !signal.is_settled() || (listens && ear.heard().is_empty()) {
                        assert!(begin.elapsed() < Duration::from_secs(20), "nothing is heard");
                        thread::yield_now();
                    }
                    if aborts {
                        while woken.load(Ordering::SeqCst) == 0 {
                            thread::yield_now();
                        }
                    }
                    assert_eq!(signal.is_aborted(), aborts);
                    assert_eq!(held.is_up(), aborts);
                    assert_eq!(woken.load(Ordering::SeqCst), usize::from(aborts));
                    assert_eq!(ear.heard(), if listens { vec![if aborts { 1 } else { -1 }] } else { vec![] });
                    drop((watch, held));
                });
            }
            barrier.wait();
            wait(delays[0]);
            if aborts {
                source.abort(reason(1), None);
            }
            drop(aborter);
        });
        assert_eq!(Arc::strong_count(&signal), 1);
    }
}
