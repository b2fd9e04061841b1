//! Notices: what one owner lets the other know past the queue.
#![cfg(not(loom))]

#[path = "channel_support/bell.rs"]
mod bell;
#[path = "channel_support/random.rs"]
mod random;

use bell::table;
use ferroport::channel::{Endpoint, Key, Mark, Message, Poll, Table, channel};
use ferroport::memory::Bytes;
use random::Random;
use std::thread;
use std::time::Duration;

fn bytes(text: &str) -> Bytes {
    Bytes::from(text.as_bytes())
}

fn drain(table: &mut Table) -> Vec<(Key, String)> {
    table.begin_drain();
    let events = std::iter::from_fn(|| table.next_event()).map(|(key, event)| (key, format!("{event:?}"))).collect();
    table.end_drain();
    events
}

fn told(key: Key) -> (Key, String) {
    (key, "Notice".to_owned())
}

#[test]
fn a_notice_passes_by_what_waits_and_reaches_who_has_not_started() {
    let ((mut table, rings), (a, b)) = (table(), channel());
    let key = table.attach(b).unwrap();
    a.send(Message::new(bytes("unread"))).unwrap();
    assert!(rings.try_recv().is_err());
    a.leave_notice(bytes("stop"));
    assert!(rings.try_recv().is_ok());
    assert_eq!(drain(&mut table), [told(key)]);
    assert_eq!(table.get(key).unwrap().notice().as_deref(), Some(&b"stop"[..]));
    assert_eq!(table.get(key).unwrap().queued(), 1);
    assert!(drain(&mut table).is_empty(), "it is told once");
}

#[test]
fn the_first_notice_of_each_direction_stays() {
    let (a, b) = channel();
    assert!(a.notice().is_none() && b.notice().is_none());
    a.leave_notice(bytes("one"));
    a.leave_notice(bytes("two"));
    b.leave_notice(bytes("back"));
    assert_eq!((a.notice().as_deref(), b.notice().as_deref()), (Some(&b"back"[..]), Some(&b"one"[..])));
    drop(a);
    assert_eq!(b.notice().as_deref(), Some(&b"one"[..]));
}

#[test]
fn a_notice_waits_for_an_endpoint_that_is_under_way() {
    let (carrier, arrival) = channel();
    let (a, b) = channel();
    carrier.send(Message::with_endpoints(Bytes::default(), vec![b])).unwrap();
    a.leave_notice(bytes("late"));
    let Poll::Message(mut message) = arrival.poll() else { panic!("nothing came") };
    let b = message.take_endpoint(0).unwrap();
    let (mut table, _rings) = table();
    let key = table.attach(b).unwrap();
    assert_eq!(table.get(key).unwrap().notice().as_deref(), Some(&b"late"[..]));
}

#[test]
fn room_and_a_notice_are_both_told() {
    let ((mut table, _rings), (a, b)) = (table(), channel());
    b.set_mark(Mark { messages: 1, ..Mark::NONE });
    let key = table.attach(a).unwrap();
    table.get(key).unwrap().send_bytes(b"x").unwrap();
    assert!(!table.get(key).unwrap().has_room());
    b.poll();
    b.leave_notice(bytes("x"));
    assert_eq!(drain(&mut table), [(key, "Room".to_owned()), told(key)]);
}

#[test]
fn a_sender_bounds_a_queue_that_has_no_mark_and_no_other() {
    let mark = |messages, bytes| Mark { messages, bytes };
    let (a, b) = channel();
    a.bound_peer(Mark::NONE);
    assert_eq!(b.mark(), Mark::NONE);
    a.bound_peer(mark(2, 1000));
    assert_eq!(b.mark(), mark(2, 1000));
    a.bound_peer(mark(9, 9));
    assert_eq!(b.mark(), mark(2, 1000));
    b.set_mark(mark(5, usize::MAX));
    a.bound_peer(mark(9, 9));
    assert_eq!((a.mark(), b.mark()), (Mark::NONE, mark(5, usize::MAX)));
    (0..5).for_each(|_| a.send_bytes(b"x").unwrap());
    assert!(!a.has_room());
    b.set_mark(Mark::NONE);
    assert!(a.has_room());
}

/// A queue is bounded by its sender while it is read and while its owner changes the mark: the sender never waits in vain.
#[test]
fn a_sender_that_bounds_a_busy_queue_and_posts_is_told_of_room() {
    let mut random = Random::seeded("a_sender_that_bounds_a_busy_queue");
    for round in 0..300 {
        let (a, b) = channel();
        let (first, pause, sets) = (random.below(3), random.below(200), random.one_in(3));
        (0..first).for_each(|_| a.send_bytes(b"before").unwrap());
        let reader = thread::spawn(move || read(b, sets));
        for _ in 0..pause {
            std::hint::spin_loop();
        }
        let (mut table, rings) = table();
        let key = table.attach(a).unwrap();
        table.get(key).unwrap().bound_peer(Mark { messages: 1, bytes: 1 });
        for _ in 0..50 {
            table.get(key).unwrap().send_bytes(b"x").unwrap();
            while !table.get(key).unwrap().has_room() {
                let rung = rings.recv_timeout(Duration::from_secs(20));
                assert!(rung.is_ok(), "round {round}: it waits in vain");
                drain(&mut table);
            }
        }
        drop(table);
        assert_eq!(reader.join().unwrap(), first + 50);
    }
}

/// Reads until the other end has closed.
fn read(endpoint: Endpoint, sets: bool) -> usize {
    let mut count = 0;
    loop {
        match endpoint.poll() {
            Poll::Message(_) => count += 1,
            Poll::Closed => return count,
            Poll::Empty => thread::yield_now(),
        }
        if sets && count == 3 {
            endpoint.set_mark(Mark { messages: 2, bytes: usize::MAX });
        }
    }
}

#[test]
fn an_order_comes_in_its_turn_and_is_told_from_messages() {
    let (a, b) = channel();
    a.send(Message::new(bytes("before"))).unwrap();
    a.send(Message::new(bytes("end")).as_order()).unwrap();
    a.send(Message::new(bytes("after"))).unwrap();
    let come = std::iter::from_fn(|| match b.poll() {
        Poll::Message(message) => Some((message.is_order(), message.bytes.to_vec())),
        _ => None,
    });
    let expected = [(false, "before"), (true, "end"), (false, "after")];
    assert_eq!(come.collect::<Vec<_>>(), expected.map(|(is_order, text)| (is_order, text.as_bytes().to_vec())));
}
