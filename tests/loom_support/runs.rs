//! Models of the runs that small messages share: one thread appends while another reads, gives up or closes.
//!
//! Under loom, a run is begun by the second of two messages that wait, and has room for two of one byte.

use super::{CLOSED, Thread, message, model, traced};
use ferroport::channel::{Endpoint, Poll, channel};
use loom::sync::Arc;
use loom::thread;

/// A channel whose first end has sent 1 and 2, of which the second is in a run that has room for another.
fn with_a_run() -> (Endpoint, Endpoint) {
    let (a, b) = channel();
    a.send_bytes(&[1]).unwrap();
    a.send_bytes(&[2]).unwrap();
    (a, b)
}

#[test]
fn messages_appended_to_a_run_that_is_read_are_delivered_in_order() {
    model(|| {
        let (a, b) = with_a_run();
        let mut receiver = Thread::new();
        receiver.attach_started(b);
        let sender = thread::spawn(move || {
            (3..5).for_each(|number| a.send_bytes(&[number]).unwrap());
            a
        });
        receiver.answer_in_batches();
        let _a = sender.join().unwrap();
        assert_eq!(receiver.settle(), [1, 2, 3, 4]);
    });
}

#[test]
fn a_message_that_is_counted_is_found() {
    model(|| {
        let (a, b) = with_a_run();
        let sender = thread::spawn(move || {
            a.send_bytes(&[3]).unwrap();
            a.send(message(4)).unwrap();
            a
        });
        // The two that are there from the start first: what they read would otherwise bring the others to light.
        for look in [|_: &Endpoint| 2, Endpoint::queued] {
            (0..look(&b)).for_each(|_| assert!(matches!(b.poll(), Poll::Message(_))));
        }
        drop(sender.join().unwrap());
    });
}

#[test]
fn a_message_appended_to_a_run_that_the_receiver_gives_up_is_delivered() {
    model(|| {
        let (a, b) = with_a_run();
        let mut receiver = Thread::new();
        receiver.attach_started(b);
        assert!(receiver.bell.take());
        receiver.table.begin_drain();
        assert!(receiver.next_batch() && receiver.next_batch());
        let sender = thread::spawn(move || {
            a.send_bytes(&[3]).unwrap();
            a
        });
        while receiver.next_batch() {}
        receiver.table.end_drain();
        let _a = sender.join().unwrap();
        assert_eq!(receiver.settle(), [1, 2, 3]);
    });
}

#[test]
fn two_threads_may_append_to_the_run_of_one_endpoint() {
    model(|| {
        let (a, b) = with_a_run();
        let mut receiver = Thread::new();
        receiver.attach_started(b);
        let a = Arc::new(a);
        let other = a.clone();
        let sender = thread::spawn(move || other.send_bytes(&[3]).unwrap());
        a.send_bytes(&[4]).unwrap();
        receiver.answer_in_batches();
        sender.join().unwrap();
        let seen = receiver.settle();
        assert!(seen == [1, 2, 3, 4] || seen == [1, 2, 4, 3], "{seen:?}");
    });
}

#[test]
fn what_was_appended_before_a_close_is_delivered_before_it() {
    model(|| {
        let (a, b) = with_a_run();
        let mut receiver = Thread::new();
        receiver.attach_started(b);
        let sender = thread::spawn(move || {
            a.send_bytes(&[3]).unwrap();
            drop(a);
        });
        receiver.answer_in_batches();
        sender.join().unwrap();
        assert_eq!(receiver.settle(), [1, 2, 3, CLOSED]);
    });
}

#[test]
fn messages_sent_around_a_run_while_the_receiver_closes_are_dropped_not_left_behind() {
    // Loom itself sees whether the run is freed.
    model(|| {
        let (a, b) = with_a_run();
        let (message, tracer) = traced(4);
        let closer = thread::spawn(move || drop(b));
        let _ = a.send_bytes(&[3]);
        drop(a.send(message));
        let _ = a.send_bytes(&[5]);
        closer.join().unwrap();
        assert!(tracer.is_peer_closed());
        assert!(matches!(a.poll(), Poll::Closed));
    });
}

#[test]
fn a_run_that_is_read_on_two_threads_while_it_grows_is_read_to_its_end() {
    model(|| {
        let (a, b) = with_a_run();
        let (mut here, mut there) = (Thread::new(), Thread::new());
        let key = here.attach_started(b);
        let sender = thread::spawn(move || {
            a.send_bytes(&[3]).unwrap();
            a.send_bytes(&[4]).unwrap();
            a
        });
        here.next_batch();
        here.next_batch();
        let b = here.table.detach(key).unwrap();
        there.attach_started(b);
        there.answer_in_batches();
        let _a = sender.join().unwrap();
        there.settle();
        assert_eq!([&here.seen[..], &there.seen[..]].concat(), [1, 2, 3, 4]);
    });
}
