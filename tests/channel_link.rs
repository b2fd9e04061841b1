//! Channels that leave the process: what is barred from them, why they end, and whose messages are taken by their owner.
#![cfg(not(loom))]

#[path = "channel_support/bell.rs"]
mod bell;

use bell::table;
use ferroport::channel::{Endpoint, Event, Key, Message, Parcel, Poll, Signal, Table, channel};
use ferroport::memory::Bytes;
use std::thread;

fn message(text: &str) -> Message {
    Message::new(Bytes::from(text.as_bytes()))
}

fn with_parcel() -> Message {
    message("parcel").with_parcel(Parcel::new())
}

fn with_signal() -> Message {
    message("signal").with_signals(vec![Signal::new()])
}

fn drain(table: &mut Table) -> Vec<(Key, &'static str)> {
    table.begin_drain();
    let events = std::iter::from_fn(|| table.next_event());
    let events = events.map(|(key, event)| {
        let name = match event {
            Event::Message(_) => "message",
            Event::Closed => "closed",
            Event::Room => "room",
            Event::Notice => "notice",
            Event::Ready => "ready",
        };
        (key, name)
    });
    let events = events.collect();
    table.end_drain();
    events
}

#[test]
fn a_native_end_takes_signals_and_a_link_does_not() {
    for (make, native, linked) in
        [(with_parcel as fn() -> Message, false, false), (with_signal, true, false), (|| message("x"), true, true)]
    {
        let (a, b) = channel();
        a.send(make()).unwrap();
        assert_eq!(b.become_linked(), linked);
        assert_eq!((a.is_linked(), a.is_native()), (linked, linked), "nothing has changed if it could not be");
        assert_eq!(b.become_native(), native);
        assert_eq!((a.is_native(), b.is_native()), (native, native));
        while let Poll::Message(message) = b.poll() {
            drop(message);
        }
        assert!(b.become_linked(), "nothing waits any more");
        assert!(a.is_linked() && a.is_native());
    }
}

#[test]
fn what_waits_at_the_other_end_stays_in_the_process() {
    let (a, b) = channel();
    a.send(with_parcel()).unwrap();
    assert!(a.become_linked());
    assert!(b.is_linked());
}

#[test]
fn of_several_all_are_marked_or_none() {
    let channels: Vec<_> = (0..3).map(|_| channel()).collect();
    let ends: Vec<&Endpoint> = channels.iter().map(|(_, end)| end).collect();
    assert!(channels[0].1.become_native());
    channels[2].0.send(with_signal()).unwrap();
    assert_eq!(Endpoint::become_all(&ends, true), Err(2));
    assert!(ends.iter().all(|end| !end.is_linked()));
    assert!(ends[0].is_native() && !ends[1].is_native(), "a mark that was there before stays");
    assert_eq!(Endpoint::become_all(&ends, false), Ok(()));
    assert!(ends.iter().all(|end| end.is_native()));
    drop(channels[2].1.poll());
    assert_eq!(Endpoint::become_all(&ends, true), Ok(()));
    assert!(ends.iter().all(|end| end.is_linked()));
}

#[test]
fn the_reason_is_the_first_one_and_stays_wherever_the_other_end_goes() {
    let ((mut one, _), (mut other, _), (a, b)) = (table(), table(), channel());
    assert!(a.become_linked());
    let key = one.attach(b).unwrap();
    a.send(message("last")).unwrap();
    a.give_reason(3);
    a.give_reason(4);
    drop(a);
    let b = one.detach(key).unwrap();
    assert_eq!(b.peer_reason_of_link(), Some(3));
    let key = other.attach(b).unwrap();
    other.start(key);
    assert_eq!(drain(&mut other), [(key, "message"), (key, "closed")]);
    assert_eq!(other.get(key).unwrap().peer_reason_of_link(), Some(3));
}

#[test]
fn without_a_reason_the_other_end_has_closed_and_a_channel_of_this_process_has_none() {
    let (a, b) = channel();
    a.give_reason(5);
    drop(a);
    assert_eq!(b.peer_reason_of_link(), None);
    let (a, b) = channel();
    assert!(a.become_linked());
    drop(a);
    assert_eq!(b.peer_reason_of_link(), Some(Endpoint::PEER_CLOSED));
}

#[test]
fn who_takes_by_itself_is_told_once_for_each_start() {
    let ((mut table, rings), (a, b)) = (table(), channel());
    let key = table.attach(b).unwrap();
    table.take_from(key);
    a.send(message("1")).unwrap();
    assert!(drain(&mut table).is_empty(), "not started");
    table.start(key);
    assert!(rings.try_recv().is_ok());
    assert_eq!(drain(&mut table), [(key, "ready")]);
    a.send(message("2")).unwrap();
    assert!(drain(&mut table).is_empty(), "it knows");
    assert_eq!(&*table.receive(key).unwrap().bytes, b"1");
    table.start(key);
    assert_eq!(drain(&mut table), [(key, "ready")], "there is one more");
    assert_eq!(&*table.receive(key).unwrap().bytes, b"2");
    table.start(key);
    assert!(drain(&mut table).is_empty());
    drop(a);
    assert_eq!(drain(&mut table), [(key, "closed")]);
}

#[test]
fn a_close_is_told_when_the_last_message_has_been_taken() {
    let ((mut table, rings), (a, b)) = (table(), channel());
    let key = table.attach(b).unwrap();
    table.take_from(key);
    table.start(key);
    a.send(message("last")).unwrap();
    drop(a);
    assert_eq!(drain(&mut table), [(key, "ready")]);
    let _ = rings.try_recv();
    assert!(table.receive(key).is_some() && table.receive(key).is_none());
    assert!(rings.try_recv().is_ok());
    assert_eq!(drain(&mut table), [(key, "closed")]);
}

#[test]
fn a_key_that_is_used_again_is_delivered_to_again() {
    let ((mut table, _), (a, b)) = (table(), channel());
    let key = table.attach(b).unwrap();
    table.take_from(key);
    let b = table.detach(key).unwrap();
    let key = table.attach(b).unwrap();
    table.start(key);
    a.send(message("1")).unwrap();
    assert_eq!(drain(&mut table), [(key, "message")]);
}

#[test]
fn no_message_is_missed_by_who_takes_while_others_send() {
    const COUNT: usize = 200_000;
    let ((mut table, rings), (a, b)) = (table(), channel());
    let key = table.attach(b).unwrap();
    table.take_from(key);
    table.start(key);
    let sender = thread::spawn(move || (0..COUNT).for_each(|n| a.send(message(&n.to_string())).unwrap()));
    let mut next = 0;
    let mut closed = false;
    while !closed {
        rings.recv().unwrap();
        table.begin_drain();
        while let Some((_, event)) = table.next_event() {
            match event {
                Event::Ready => {
                    while let Some(message) = table.receive(key) {
                        assert_eq!(&*message.bytes, next.to_string().as_bytes());
                        next += 1;
                    }
                    table.start(key);
                }
                Event::Closed => closed = true,
                other => panic!("{other:?}"),
            }
        }
        table.end_drain();
    }
    assert_eq!(next, COUNT);
    sender.join().unwrap();
}
