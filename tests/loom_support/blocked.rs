//! Models of threads that block: who brings what a thread waits for, and the thread that goes to sleep, do not miss one another. Under
//! loom, a sleep has no limit: a thread that is not woken hangs the model.

use super::{Thread, full, message, model};
use ferroport::channel::{Key, Limits, Poll, Want, Woken, channel};
use loom::thread;
use std::time::Duration;

/// How the thread's wait ends.
fn wait(blocked: &Thread, want: Want) -> Woken {
    let limits = Limits { until: None, slice: Duration::from_secs(1), is_open: false, detects: false };
    blocked.table.waiter(&[want]).unwrap().wait(limits, || false)
}

/// A thread with an endpoint, which is started or not.
fn thread_of(endpoint: ferroport::channel::Endpoint, is_started: bool) -> (Thread, Key) {
    let mut blocked = Thread::new();
    let key = blocked.table.attach(endpoint).unwrap();
    if is_started {
        blocked.table.start(key);
    }
    (blocked, key)
}

#[test]
fn a_message_that_is_sent_while_a_thread_falls_asleep_wakes_it() {
    for is_started in [false, true] {
        model(move || {
            let (a, b) = channel();
            let (mut blocked, key) = thread_of(b, is_started);
            let sender = thread::spawn(move || {
                a.send(message(1)).unwrap();
                a
            });
            assert_eq!(wait(&blocked, Want::Message(key)), Woken::Ready(0));
            assert_eq!(blocked.table.receive(key).unwrap().bytes[0], 1);
            let _a = sender.join().unwrap();
        });
    }
}

#[test]
fn a_message_wakes_a_thread_whose_endpoint_is_listed_already() {
    model(|| {
        let (a, b) = channel();
        let (mut blocked, key) = thread_of(b, true);
        a.send(message(1)).unwrap();
        assert!(blocked.table.receive(key).is_some());
        let sender = thread::spawn(move || {
            a.send(message(2)).unwrap();
            a
        });
        assert_eq!(wait(&blocked, Want::Message(key)), Woken::Ready(0));
        let _a = sender.join().unwrap();
        assert_eq!(blocked.settle(), [2]);
    });
}

#[test]
fn a_close_wakes_a_thread_that_falls_asleep_listed_or_not() {
    for is_listed in [false, true] {
        model(move || {
            let (a, b) = channel();
            let (mut blocked, key) = thread_of(b, true);
            if is_listed {
                a.send(message(1)).unwrap();
                assert!(blocked.table.receive(key).is_some());
            }
            let closer = thread::spawn(move || drop(a));
            assert_eq!(wait(&blocked, Want::Message(key)), Woken::Ready(0));
            closer.join().unwrap();
        });
    }
}

#[test]
fn room_wakes_a_thread_that_falls_asleep() {
    model(|| {
        let (blocked, key, b) = full();
        let receiver = thread::spawn(move || {
            assert!(matches!(b.poll(), Poll::Message(_)));
            b
        });
        assert_eq!(wait(&blocked, Want::Room(key)), Woken::Ready(0));
        let _b = receiver.join().unwrap();
    });
}

#[test]
fn a_receiver_that_closes_wakes_a_thread_that_waits_for_room() {
    model(|| {
        let (blocked, key, b) = full();
        let receiver = thread::spawn(move || drop(b));
        assert_eq!(wait(&blocked, Want::Room(key)), Woken::Ready(0));
        receiver.join().unwrap();
    });
}

#[test]
fn two_threads_that_answer_one_another_never_both_sleep() {
    model(|| {
        let (a, b) = channel();
        let other = thread::spawn(move || {
            let (mut blocked, key) = thread_of(b, false);
            assert_eq!(wait(&blocked, Want::Message(key)), Woken::Ready(0));
            let bytes = blocked.table.receive(key).unwrap().bytes[0] + 1;
            blocked.table.get(key).unwrap().send(message(bytes)).unwrap();
        });
        let (mut blocked, key) = thread_of(a, false);
        blocked.table.get(key).unwrap().send(message(1)).unwrap();
        assert_eq!(wait(&blocked, Want::Message(key)), Woken::Ready(0));
        assert_eq!(blocked.table.receive(key).unwrap().bytes[0], 2);
        other.join().unwrap();
    });
}
