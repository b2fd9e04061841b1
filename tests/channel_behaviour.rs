//! What a channel promises, one sentence at a time.
#![cfg(not(loom))]

use ferroport::channel::channel;
use ferroport::channel::{Batch, Doorbell, Endpoint, Event, Key, Mailbox, Message, Poll, SendError, Table};
use ferroport::memory::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Clone, Default)]
struct Bell(Arc<AtomicUsize>);

impl Bell {
    fn take(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

impl Doorbell for Bell {
    fn ring(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn thread() -> (Table, Bell) {
    let bell = Bell::default();
    (Table::new(Mailbox::new(Box::new(bell.clone()))), bell)
}

fn text(content: &str) -> Message {
    Message::new(Bytes::from(content.as_bytes()))
}

fn content(message: Message) -> String {
    String::from_utf8(message.bytes.to_vec()).unwrap()
}

fn attach_started(table: &mut Table, endpoint: Endpoint) -> Key {
    let key = table.attach(endpoint).unwrap();
    table.start(key);
    key
}

/// One drain to its end, as `key: content`, closes as `key: (closed)`.
fn drain(table: &mut Table) -> Vec<(Key, String)> {
    table.begin_drain();
    let mut seen = vec![];
    while let Some((key, event)) = table.next_event() {
        seen.push(match event {
            Event::Message(message) => (key, content(message)),
            Event::Closed => (key, "(closed)".into()),
            Event::Room => (key, "(room)".into()),
            Event::Notice => (key, "(notice)".into()),
            Event::Ready => (key, "(ready)".into()),
        });
    }
    assert!(table.end_drain());
    seen
}

#[test]
fn what_is_hot_is_small() {
    assert!(size_of::<Message>() <= 24);
    assert!(size_of::<Option<Message>>() <= 24);
    assert!(size_of::<Endpoint>() <= 16);
    assert!(size_of::<Option<Endpoint>>() <= 16);
    assert!(size_of::<Key>() == 8);
}

#[test]
fn what_crosses_threads_may_cross_threads() {
    fn sendable<T: Send>() {}
    fn shared<T: Send + Sync>() {}
    sendable::<Table>();
    sendable::<Message>();
    shared::<Endpoint>();
    shared::<Mailbox>();
}

#[test]
fn an_idle_mailbox_rings_once_however_much_is_sent() {
    let (mut table, bell) = thread();
    let ((a, b), (c, d)) = (channel(), channel());
    let (b, d) = (attach_started(&mut table, b), attach_started(&mut table, d));
    assert_eq!(bell.take(), 0);
    for number in 0..3 {
        a.send(text(&number.to_string())).unwrap();
        c.send(text(&number.to_string())).unwrap();
    }
    assert_eq!(bell.take(), 1);
    let seen = drain(&mut table);
    assert_eq!(bell.take(), 0, "rang a thread that was awake");
    let expected = ["0", "1", "2"].map(|number| [(b, number.to_string()), (d, number.to_string())]);
    assert_eq!(seen, expected.concat(), "not in turn");
    a.send(text("3")).unwrap();
    assert_eq!(bell.take(), 1);
}

#[test]
fn a_busy_endpoint_does_not_hold_up_one_that_is_listed_in_the_middle_of_a_drain() {
    let (mut table, _bell) = thread();
    let ((a, b), (c, d)) = (channel(), channel());
    let (_busy, quiet) = (attach_started(&mut table, b), attach_started(&mut table, d));
    (0..500).for_each(|_| a.send(text("busy")).unwrap());
    table.begin_drain();
    (0..10).for_each(|_| assert!(table.next_event().is_some()));
    c.send(text("quiet")).unwrap();
    let soon: Vec<_> = (0..2).map(|_| table.next_event().unwrap().0).collect();
    assert!(soon.contains(&quiet));
}

#[test]
fn a_drain_that_stops_early_rings_again() {
    let (mut table, bell) = thread();
    let (a, b) = channel();
    attach_started(&mut table, b);
    (0..3).for_each(|_| a.send(text("x")).unwrap());
    assert_eq!(bell.take(), 1);
    table.begin_drain();
    assert!(table.next_event().is_some());
    assert!(!table.end_drain());
    assert_eq!(bell.take(), 1);
    assert_eq!(drain(&mut table).len(), 2);
}

#[test]
fn a_drains_budget_is_what_waits_and_at_least_a_thousand() {
    let (mut table, _bell) = thread();
    let ((a, b), (c, d)) = (channel(), channel());
    attach_started(&mut table, b);
    attach_started(&mut table, d);
    a.send(text("x")).unwrap();
    assert_eq!(table.begin_drain(), 1000);
    (0..1500).for_each(|_| a.send(text("x")).unwrap());
    (0..700).for_each(|_| c.send(text("x")).unwrap());
    assert_eq!(table.begin_drain(), 2201);
}

/// What a drain within the one that runs delivers, from being rung for to its end.
fn drain_within(table: &mut Table) -> Vec<String> {
    table.enter();
    table.begin_drain();
    let seen = std::iter::from_fn(|| table.next_event()).map(|(_, event)| named(event)).collect();
    assert!(table.end_drain());
    table.leave();
    seen
}

/// Begins a drain that delivers the first of two messages.
fn deliver_first_of_two(table: &mut Table, sender: &Endpoint) {
    for each in ["1", "2"] {
        sender.send(text(each)).unwrap();
    }
    table.begin_drain();
    assert_eq!(named(table.next_event().unwrap().1), "1");
}

fn named(event: Event) -> String {
    match event {
        Event::Message(message) => content(message),
        Event::Closed => "(closed)".into(),
        Event::Room => "(room)".into(),
        Event::Notice => "(notice)".into(),
        Event::Ready => "(ready)".into(),
    }
}

#[test]
fn what_had_come_before_a_drain_is_not_delivered_within_it_but_when_it_goes_on() {
    let (mut table, bell) = thread();
    let (a, b) = channel();
    let b = attach_started(&mut table, b);
    deliver_first_of_two(&mut table, &a);
    bell.take();
    assert!(table.suspend() && table.suspend());
    assert_eq!(bell.take(), 0);
    assert_eq!((table.get(b).unwrap().queued(), named(table.next_event().unwrap().1)), (1, "2".into()));
    assert!(table.next_event().is_none() && table.end_drain());
}

#[test]
fn what_comes_while_a_drain_waits_is_delivered_within_it_after_what_had_come_before() {
    for suspended_first in [false, true] {
        let (mut table, bell) = thread();
        let (a, b) = channel();
        attach_started(&mut table, b);
        deliver_first_of_two(&mut table, &a);
        bell.take();
        assert!(!suspended_first || table.suspend());
        a.send(text("3")).unwrap();
        assert!(suspended_first || !table.suspend());
        assert_eq!(bell.take(), 1);
        assert_eq!(drain_within(&mut table), ["2", "3"]);
        assert!(table.next_event().is_none() && table.end_drain());
    }
}

#[test]
fn others_are_delivered_within_a_drain_whenever_their_messages_have_come() {
    let (mut table, bell) = thread();
    let ((a, b), (c, d)) = (channel(), channel());
    attach_started(&mut table, b);
    attach_started(&mut table, d);
    for (sender, each) in [(&a, "1"), (&c, "x"), (&a, "2")] {
        sender.send(text(each)).unwrap();
    }
    table.begin_drain();
    assert_eq!(named(table.next_event().unwrap().1), "1");
    bell.take();
    assert!(!table.suspend());
    assert_eq!((bell.take(), drain_within(&mut table)), (1, vec!["x".into()]));
    drop(c);
    assert_eq!((bell.take(), drain_within(&mut table)), (1, vec!["(closed)".into()]));
    assert_eq!(named(table.next_event().unwrap().1), "2");
    assert!(table.end_drain() || bell.take() == 1);
}

#[test]
fn each_of_several_drains_within_one_another_goes_on_with_its_own() {
    let (mut table, bell) = thread();
    let ((a, b), (c, d)) = (channel(), channel());
    attach_started(&mut table, b);
    attach_started(&mut table, d);
    deliver_first_of_two(&mut table, &a);
    assert!(table.suspend());
    for each in ["x", "y"] {
        c.send(text(each)).unwrap();
    }
    table.enter();
    table.begin_drain();
    assert_eq!(named(table.next_event().unwrap().1), "x");
    bell.take();
    assert!(table.suspend());
    assert_eq!((bell.take(), drain_within(&mut table)), (0, vec![]));
    assert_eq!(named(table.next_event().unwrap().1), "y");
    assert!(table.next_event().is_none() && table.end_drain());
    table.leave();
    assert_eq!(named(table.next_event().unwrap().1), "2");
}

#[test]
fn what_was_put_aside_is_rung_for_when_the_drain_stops_early() {
    let (mut table, bell) = thread();
    let (a, b) = channel();
    let b = attach_started(&mut table, b);
    deliver_first_of_two(&mut table, &a);
    assert!(table.suspend());
    bell.take();
    assert!(!table.end_drain());
    assert_eq!((bell.take(), drain(&mut table)), (1, vec![(b, "2".into())]));
}

#[test]
fn what_was_put_aside_goes_with_its_endpoint() {
    let (mut table, _bell) = thread();
    let (a, b) = channel();
    let b = attach_started(&mut table, b);
    deliver_first_of_two(&mut table, &a);
    assert!(table.suspend());
    let elsewhere = table.detach(b).unwrap();
    assert!(table.next_event().is_none() && table.end_drain());
    let (mut there, _bell) = thread();
    let b = attach_started(&mut there, elsewhere);
    assert_eq!(drain(&mut there), [(b, "2".into())]);
}

#[test]
fn an_endpoint_that_is_not_started_queues_without_ringing() {
    let (mut table, bell) = thread();
    let (a, b) = channel();
    let b = table.attach(b).unwrap();
    a.send(text("1")).unwrap();
    a.send(text("2")).unwrap();
    assert_eq!((bell.take(), table.get(b).unwrap().queued()), (0, 2));
    assert_eq!(content(table.receive(b).unwrap()), "1");
    table.start(b);
    assert_eq!(bell.take(), 1);
    assert_eq!(drain(&mut table), [(b, "2".into())]);
}

#[test]
fn a_message_is_received_into_a_block_if_it_is_in_a_run_and_as_it_is_if_not() {
    let (mut table, _bell) = thread();
    let (a, b) = channel();
    let b = table.attach(b).unwrap();
    let texts: Vec<String> = (0..40).map(|number| "x".repeat(number * 13 % 50)).chain(["y".repeat(9000)]).collect();
    let mut block = [77; 64];
    let (mut copied, mut whole) = (0, 0);
    for expected in texts.iter().inspect(|text| a.send(self::text(text)).unwrap()).collect::<Vec<_>>() {
        match table.receive_into(b, &mut block) {
            Some(Batch::Records { count: 1, bytes }) => {
                let length = u32::from_ne_bytes(*block.first_chunk().unwrap()) as usize;
                assert_eq!((&block[8..8 + length], bytes), (expected.as_bytes(), 8 + length.next_multiple_of(8)));
                copied += 1;
            }
            Some(Batch::Message(message)) => {
                assert_eq!(content(message), *expected);
                whole += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(copied > 20 && whole > 3, "{copied} and {whole}");
    assert!(table.receive_into(b, &mut block).is_none() && table.get(b).unwrap().queued() == 0);
    drop(a);
    assert!(table.receive_into(b, &mut block).is_none());
    assert_eq!(drain(&mut table), [(b, "(closed)".into())]);
}

#[test]
fn an_endpoint_stopped_in_the_middle_of_a_drain_keeps_the_rest() {
    let (mut table, _bell) = thread();
    let (a, b) = channel();
    let b = attach_started(&mut table, b);
    (0..3).for_each(|number| a.send(text(&number.to_string())).unwrap());
    table.begin_drain();
    assert!(table.next_event().is_some());
    table.stop(b);
    assert!(table.next_event().is_none());
    assert!(table.end_drain());
    assert_eq!(table.get(b).unwrap().queued(), 2);
    table.start(b);
    assert_eq!(drain(&mut table), [(b, "1".into()), (b, "2".into())]);
}

#[test]
fn the_peer_hears_a_close_after_it_has_read_its_queue_and_once() {
    let (mut table, bell) = thread();
    let (a, b) = channel();
    let b = attach_started(&mut table, b);
    a.send(text("last words")).unwrap();
    drop(a);
    assert_eq!(drain(&mut table), [(b, "last words".into()), (b, "(closed)".into())]);
    bell.take();
    table.start(b);
    assert!(table.receive(b).is_none());
    assert_eq!((bell.take(), drain(&mut table)), (0, vec![]));
}

#[test]
fn an_endpoint_that_never_started_hears_a_close_too() {
    let (mut table, bell) = thread();
    let (a, b) = channel();
    let b = table.attach(b).unwrap();
    drop(a);
    assert_eq!(bell.take(), 1);
    assert_eq!(drain(&mut table), [(b, "(closed)".into())]);
}

#[test]
fn a_close_waits_for_the_call_that_finds_the_queue_empty() {
    let (mut table, bell) = thread();
    let (a, b) = channel();
    let b = table.attach(b).unwrap();
    a.send(text("1")).unwrap();
    drop(a);
    assert_eq!(drain(&mut table), []);
    bell.take();
    assert_eq!(content(table.receive(b).unwrap()), "1");
    assert_eq!(bell.take(), 0);
    assert!(table.receive(b).is_none());
    assert_eq!(bell.take(), 1);
    assert_eq!(drain(&mut table), [(b, "(closed)".into())]);
}

#[test]
fn a_close_heard_before_a_transfer_is_not_heard_again_after_it() {
    let (mut here, _) = thread();
    let (mut there, bell) = thread();
    let (a, b) = channel();
    let b = here.attach(b).unwrap();
    drop(a);
    assert_eq!(drain(&mut here).len(), 1);
    there.attach(here.detach(b).unwrap()).unwrap();
    assert_eq!((bell.take(), drain(&mut there)), (0, vec![]));
}

#[test]
fn a_close_not_heard_before_a_transfer_is_heard_after_it() {
    let (mut here, _) = thread();
    let (mut there, bell) = thread();
    let (a, b) = channel();
    let b = here.attach(b).unwrap();
    drop(a);
    let b = there.attach(here.detach(b).unwrap()).unwrap();
    assert_eq!(bell.take(), 1);
    assert_eq!(drain(&mut there), [(b, "(closed)".into())]);
    assert_eq!(drain(&mut here), []);
}

#[test]
fn a_transferred_endpoint_keeps_its_queue_and_arrives_stopped() {
    let (mut here, _) = thread();
    let (mut there, bell) = thread();
    let ((a, b), (c, d)) = (channel(), channel());
    let (b, d) = (attach_started(&mut here, b), attach_started(&mut there, d));
    a.send(text("before")).unwrap();
    let b = here.detach(b).unwrap();
    c.send(Message::with_endpoints(Bytes::default(), vec![b])).unwrap();
    a.send(text("on the way")).unwrap();
    there.begin_drain();
    let Some((key, Event::Message(mut message))) = there.next_event() else { panic!("nothing came") };
    assert_eq!((key, message.endpoint_count()), (d, 1));
    let b = there.attach(message.take_endpoint(0).unwrap()).unwrap();
    assert!(message.take_endpoint(0).is_none() && message.take_endpoint(1).is_none());
    assert!(there.next_event().is_none() && there.end_drain());
    bell.take();
    a.send(text("arrived")).unwrap();
    assert_eq!(bell.take(), 0, "arrived started");
    there.start(b);
    let words: Vec<_> = drain(&mut there).into_iter().map(|(_, words)| words).collect();
    assert_eq!(words, ["before", "on the way", "arrived"]);
    assert_eq!(drain(&mut here), []);
}

#[test]
fn closing_drops_what_waits_and_closes_the_endpoints_in_it() {
    let (mut table, _bell) = thread();
    let ((a, b), (inside, outside)) = (channel(), channel());
    let b = table.attach(b).unwrap();
    a.send(Message::with_endpoints(Bytes::default(), vec![inside])).unwrap();
    assert!(table.close(b) && !table.close(b));
    assert!(matches!(outside.poll(), Poll::Closed));
    assert!(matches!(a.poll(), Poll::Closed));
    assert!(matches!(a.poll(), Poll::Empty));
    let Err(SendError::Closed(message)) = a.send(text("too late")) else { panic!("sent to a closed endpoint") };
    assert_eq!(content(message), "too late");
}

#[test]
fn a_thread_that_ends_closes_its_endpoints_and_is_not_rung_for_it() {
    let (mut table, bell) = thread();
    let (mut other, other_bell) = thread();
    let ((a, b), (c, d)) = (channel(), channel());
    attach_started(&mut table, a);
    attach_started(&mut table, b);
    attach_started(&mut table, c);
    let d = attach_started(&mut other, d);
    drop(table);
    assert_eq!((bell.take(), other_bell.take()), (0, 1));
    assert_eq!(drain(&mut other), [(d, "(closed)".into())]);
}

#[test]
fn a_key_that_outlived_its_endpoint_names_nothing() {
    let (mut table, _bell) = thread();
    let ((_a, b), (_c, d)) = (channel(), channel());
    let dead = table.attach(b).unwrap();
    assert!(table.close(dead));
    let live = table.attach(d).unwrap();
    assert_ne!(dead, live);
    for key in [dead, Key::from(0), Key::from(u64::MAX), Key::from(u64::from(live) | 1 << 53), Key::from(12345)] {
        assert!(table.get(key).is_none() && table.detach(key).is_none() && table.receive(key).is_none());
        assert!(!table.close(key));
        table.start(key);
        table.stop(key);
    }
    assert_eq!(table.len(), 1);
}

#[test]
fn a_closed_endpoints_successor_in_the_table_is_delivered_to_as_usual() {
    let (mut table, bell) = thread();
    let ((a, b), (c, d)) = (channel(), channel());
    let b = attach_started(&mut table, b);
    a.send(text("never read")).unwrap();
    table.begin_drain();
    table.close(b);
    let d = attach_started(&mut table, d);
    c.send(text("read")).unwrap();
    let Some((key, Event::Message(message))) = table.next_event() else { panic!("nothing came") };
    assert_eq!((key, content(message)), (d, "read".into()));
    assert!(table.next_event().is_none() && table.end_drain());
    bell.take();
    c.send(text("again")).unwrap();
    assert_eq!(bell.take(), 1);
}

#[test]
fn an_endpoint_says_where_it_is() {
    let (mut table, _bell) = thread();
    let ((a, b), (c, _d)) = (channel(), channel());
    let place = |endpoint: &Endpoint| format!("{endpoint:?}");
    assert!(place(&b).contains("held"));
    let key = table.attach(b).unwrap();
    assert!(place(table.get(key).unwrap()).contains("attached"));
    let b = table.detach(key).unwrap();
    c.send(Message::with_endpoints(Bytes::default(), vec![b])).unwrap();
    a.send(text("x")).unwrap();
    assert!(place(&a).contains("peer_closed: false"));
}

#[test]
fn who_sends_to_an_endpoint_that_is_served_can_tell_wherever_that_goes() {
    let (sender, receiver) = channel();
    assert!(!sender.is_peer_served());
    receiver.serve();
    assert!(sender.is_peer_served() && !receiver.is_peer_served());
    let mut table = thread().0;
    let key = table.attach(receiver).unwrap();
    let receiver = table.detach(key).unwrap();
    sender.send(text("kept")).unwrap();
    assert!(sender.is_peer_served());
    let Poll::Message(message) = receiver.poll() else { panic!("nothing has come") };
    assert_eq!(content(message), "kept");
}

#[test]
fn the_first_number_that_is_proposed_holds_for_both_ends() {
    let (a, b) = channel();
    assert_eq!(a.agree(0), 0);
    assert_eq!(b.agree(7), 0);
    assert_eq!(a.agree(8), 7);
    assert_eq!(b.agree(0), 7);
}

#[test]
fn of_numbers_that_are_proposed_at_once_one_holds() {
    for _ in 0..100 {
        let (a, b) = channel();
        let other = std::thread::spawn(move || (b.agree(2), b.agree(0)));
        let (before, held) = (a.agree(1), a.agree(0));
        let (their_before, their_held) = other.join().unwrap();
        assert_eq!(held, their_held);
        assert_eq!((before, their_before), if held == 1 { (0, 1) } else { (2, 0) });
    }
}
