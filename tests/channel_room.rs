//! Marks: what counts as full, who is told of room, and that nobody waits for ever.
#![cfg(not(loom))]

#[path = "channel_support/bell.rs"]
mod bell;
#[path = "channel_support/random.rs"]
mod random;

use ferroport::channel::{Batch, Endpoint, Event, Key, Mark, Message, Parcel, Poll, Table, channel};
use ferroport::memory::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use random::Random;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

struct Thread {
    table: Table,
    rings: mpsc::Receiver<()>,
}

fn thread_of(endpoint: Endpoint) -> (Thread, Key) {
    let (mut table, rings) = bell::table();
    let key = table.attach(endpoint).unwrap();
    (Thread { table, rings }, key)
}

impl Thread {
    fn has_room(&self, key: Key) -> bool {
        self.table.get(key).unwrap().has_room()
    }

    /// Drains, and counts the rooms that come.
    fn rooms(&mut self) -> usize {
        self.table.begin_drain();
        let rooms = std::iter::from_fn(|| self.table.next_event());
        let count = rooms.filter(|(_, event)| matches!(event, Event::Room)).count();
        self.table.end_drain();
        count
    }
}

fn messages(messages: usize) -> Mark {
    Mark { messages, ..Mark::NONE }
}

fn bytes(bytes: usize) -> Mark {
    Mark { bytes, ..Mark::NONE }
}

/// What messages of these lengths count for: as records.
fn weights(lengths: &VecDeque<usize>) -> usize {
    lengths.iter().map(|length| 8 + length.next_multiple_of(8)).sum()
}

#[test]
fn a_channel_has_no_mark_until_one_is_set_and_has_one_for_each_direction() {
    let (a, b) = channel();
    assert_eq!((a.mark(), b.mark()), (Mark::NONE, Mark::NONE));
    b.set_mark(messages(3));
    assert_eq!((a.mark(), b.mark()), (Mark::NONE, messages(3)));
    assert!((0..10).all(|_| b.send_bytes(b"x").is_ok() && b.has_room()), "the mark is that of the other direction");
}

#[test]
fn what_is_sent_beyond_the_mark_arrives() {
    let (a, b) = channel();
    b.set_mark(messages(2));
    (0..9).for_each(|_| a.send_bytes(b"x").unwrap());
    assert!(!a.has_room());
    assert_eq!(std::iter::from_fn(|| matches!(b.poll(), Poll::Message(_)).then_some(())).count(), 9);
    assert!(a.has_room());
}

#[test]
fn an_empty_queue_takes_a_message_of_any_size() {
    for mark in [bytes(1), bytes(0), messages(0)] {
        let (a, b) = channel();
        b.set_mark(mark);
        assert!(a.has_room());
        a.send_bytes(&[0; 5000]).unwrap();
        assert!(!a.has_room());
        assert!(matches!(b.poll(), Poll::Message(_)) && a.has_room());
    }
}

#[test]
fn what_a_parcel_moves_counts_with_the_messages_bytes() {
    let (a, b) = channel();
    b.set_mark(bytes(1000));
    let message = Message::new(Bytes::from(&[0; 10][..])).with_parcel(Parcel::new());
    a.send(message.weighing(960)).unwrap();
    assert!(a.has_room());
    a.send_bytes(b"x").unwrap();
    assert!(!a.has_room());
    let counts = a.counts();
    assert_eq!((counts.sent, counts.sent_bytes, counts.buffered, counts.buffered_bytes), (2, 1000, 2, 1000));
    let counts = b.counts();
    assert_eq!((counts.waiting, counts.waiting_bytes, counts.received_bytes), (2, 1000, 0));
    assert!(matches!(b.poll(), Poll::Message(_)));
    assert_eq!((b.counts().received_bytes, b.counts().waiting_bytes), (984, 16));
}

#[test]
fn a_context_goes_with_its_message_and_counts() {
    let (a, b) = channel();
    let context: Box<[u16]> = "span €".encode_utf16().collect();
    for number in 0..20 {
        a.send_bytes(&[number]).unwrap();
    }
    a.send(Message::new(Bytes::from(&[20][..])).in_context(context.clone())).unwrap();
    a.send(Message::with_endpoints(Bytes::default(), vec![channel().0]).in_context(context.clone())).unwrap();
    a.send_bytes(&[22]).unwrap();
    assert_eq!(a.counts().buffered_bytes, 21 * 16 + (16 + 12) + (8 + 12));
    let mut found = Vec::new();
    while let Poll::Message(message) = b.poll() {
        found.push((message.endpoint_count(), message.context().map(<[u16]>::to_vec)));
    }
    assert_eq!(found.len(), 23);
    for (place, (endpoints, came)) in found.into_iter().enumerate() {
        assert_eq!(endpoints, usize::from(place == 21));
        assert_eq!(came, [20, 21].contains(&place).then(|| context.to_vec()));
    }
    assert_eq!(a.counts().buffered_bytes, 0);
}

#[test]
fn a_batch_counts_until_it_is_settled() {
    let (a, b) = channel();
    b.set_mark(messages(30));
    let (mut receiver, at) = thread_of(b);
    receiver.table.start(at);
    let (mut sender, from) = thread_of(a);
    (0..40).for_each(|_| sender.table.get(from).unwrap().send_bytes(b"12345").unwrap());
    receiver.table.begin_drain();
    let mut block = [0; 4096];
    let (mut left, mut largest) = (40, 0);
    while left > 0 {
        let (_, batch) = receiver.table.next_batch(4096, 100, &mut block).unwrap();
        let before = left;
        match batch {
            Batch::Message(_) => left -= 1,
            Batch::Records { count, .. } => {
                assert_eq!(sender.has_room(from), before < 30, "{before} messages are not settled");
                // All but the last, which comes again.
                let delivered = (count - 1).max(1);
                receiver.table.settle(delivered);
                left -= delivered;
                largest = largest.max(delivered);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(sender.rooms(), usize::from(before >= 30 && left < 30));
        let counts = sender.table.get(from).unwrap().counts();
        assert_eq!((counts.buffered, counts.buffered_bytes), (left, left * 16));
    }
    receiver.table.end_drain();
    assert!(largest > 20, "they came in a batch");
}

#[test]
fn nobody_is_told_of_room_who_has_not_found_the_queue_full() {
    let (a, b) = channel();
    b.set_mark(messages(2));
    let (mut sender, from) = thread_of(a);
    for _ in 0..5 {
        sender.table.get(from).unwrap().send_bytes(b"x").unwrap();
        assert!(sender.has_room(from) && matches!(b.poll(), Poll::Message(_)));
    }
    assert_eq!(sender.rooms(), 0);
}

#[test]
fn who_has_sent_beyond_the_mark_is_told_of_room_without_asking() {
    let (a, b) = channel();
    b.set_mark(messages(2));
    let (mut sender, from) = thread_of(a);
    (0..3).for_each(|_| sender.table.get(from).unwrap().send_bytes(b"x").unwrap());
    assert!(matches!(b.poll(), Poll::Message(_)));
    assert_eq!(sender.rooms(), 0, "two wait still");
    assert!(matches!(b.poll(), Poll::Message(_)));
    assert_eq!(sender.rooms(), 1);
    assert!(matches!(b.poll(), Poll::Message(_)));
    assert_eq!(sender.rooms(), 0, "once");
}

#[test]
fn a_mark_travels_with_its_endpoint() {
    let (a, b) = channel();
    b.set_mark(messages(1));
    let (carrier, arrival) = channel();
    carrier.send(Message::with_endpoints(Bytes::default(), vec![b])).unwrap();
    let Poll::Message(mut message) = arrival.poll() else { panic!("a message") };
    let b = message.take_endpoint(0).unwrap();
    assert_eq!(b.mark(), messages(1));
    a.send_bytes(b"x").unwrap();
    assert!(!a.has_room());
}

#[test]
fn who_waits_in_vain_is_told_when_the_receiver_closes_though_something_waits_for_him() {
    let (a, b) = channel();
    b.set_mark(messages(1));
    b.send_bytes(b"unread").unwrap();
    let (mut sender, from) = thread_of(a);
    sender.table.get(from).unwrap().send_bytes(b"x").unwrap();
    assert!(!sender.has_room(from));
    drop(b);
    assert!(sender.rings.try_recv().is_ok());
    assert_eq!(sender.rooms(), 1);
    assert!(sender.has_room(from) && sender.table.get(from).unwrap().counts().buffered == 0);
}

#[derive(Clone, Debug)]
enum Step {
    Send(usize),
    Receive,
    Ask,
    Mark(Mark),
    Drain,
    Move,
}

fn step() -> impl Strategy<Value = Step> {
    let limit = prop_oneof![Just(usize::MAX), 0..6_usize, 0..4000_usize];
    prop_oneof![
        5 => prop_oneof![0..40_usize, 0..10_000_usize].prop_map(Step::Send),
        5 => Just(Step::Receive),
        3 => Just(Step::Ask),
        1 => (limit.clone(), limit).prop_map(|(messages, bytes)| Step::Mark(Mark { messages, bytes })),
        3 => Just(Step::Drain),
        1 => Just(Step::Move),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn room_is_what_a_simple_model_says(steps in vec(step(), 1..200)) {
        let (a, mut b) = channel();
        let (mut sender, from) = thread_of(a);
        let (mut queue, mut mark) = (VecDeque::<usize>::new(), Mark::NONE);
        // Whether the sender has found the queue full since it was last told; whether there has been room since.
        let (mut wants, mut due) = (false, false);
        for step in steps {
            let full = |queue: &VecDeque<usize>, mark: Mark| {
                !queue.is_empty() && (queue.len() >= mark.messages || weights(queue) >= mark.bytes)
            };
            match step {
                Step::Send(length) => {
                    sender.table.get(from).unwrap().send_bytes(&vec![1; length]).unwrap();
                    queue.push_back(length);
                    wants |= full(&queue, mark);
                }
                Step::Receive => match (b.poll(), queue.pop_front()) {
                    (Poll::Message(message), Some(length)) => prop_assert_eq!(message.bytes.len(), length),
                    (Poll::Empty, None) => {}
                    (found, expected) => panic!("{found:?} instead of {expected:?}"),
                },
                Step::Ask => {
                    prop_assert_eq!(sender.has_room(from), !full(&queue, mark));
                    wants |= full(&queue, mark);
                }
                Step::Mark(next) => {
                    b.set_mark(next);
                    mark = next;
                }
                Step::Drain => {
                    prop_assert_eq!(sender.rooms(), usize::from(due));
                    due = false;
                }
                Step::Move => {
                    let (carrier, arrival) = channel();
                    carrier.send(Message::with_endpoints(Bytes::default(), vec![b])).unwrap();
                    let Poll::Message(mut message) = arrival.poll() else { panic!("a message") };
                    b = message.take_endpoint(0).unwrap();
                }
            }
            if wants && !full(&queue, mark) {
                (wants, due) = (false, true);
            }
            let counts = sender.table.get(from).unwrap().counts();
            prop_assert_eq!((counts.buffered, counts.buffered_bytes), (queue.len(), weights(&queue)));
        }
    }
}

#[derive(Clone, Debug)]
enum Turn {
    Send(usize),
    /// Takes up to so many messages at once.
    Take(usize),
    /// Settles so many of them.
    Settle(usize),
    Ask,
    Mark(Mark),
    Drain,
    /// The sending end goes to another table.
    Hand,
}

fn turn() -> impl Strategy<Value = Turn> {
    let limit = prop_oneof![Just(usize::MAX), 0..12_usize, 0..600_usize];
    prop_oneof![
        8 => prop_oneof![9 => 0..40_usize, 1 => 8_000..9_000_usize].prop_map(Turn::Send),
        3 => (1..20_usize).prop_map(Turn::Take),
        3 => (0..20_usize).prop_map(Turn::Settle),
        2 => Just(Turn::Ask),
        1 => (limit.clone(), limit).prop_map(|(messages, bytes)| Turn::Mark(Mark { messages, bytes })),
        2 => Just(Turn::Drain),
        1 => Just(Turn::Hand),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// As above, where the receiver takes batches, of which what is not settled still counts, and the sender moves while it waits.
    #[test]
    fn room_is_what_a_simple_model_says_of_batches(turns in vec(turn(), 1..200)) {
        let (a, b) = channel();
        let (mut sender, mut from) = thread_of(a);
        let (mut receiver, at) = thread_of(b);
        receiver.table.start(at);
        receiver.table.begin_drain();
        let (mut queue, mut mark) = (VecDeque::<usize>::new(), Mark::NONE);
        let (mut wants, mut due, mut moved) = (false, false, false);
        let mut taken = 0;
        let mut block = [0; 16 * 1024];
        for turn in turns {
            let full = |queue: &VecDeque<usize>, mark: Mark| {
                !queue.is_empty() && (queue.len() >= mark.messages || weights(queue) >= mark.bytes)
            };
            match turn {
                Turn::Send(length) => {
                    sender.table.get(from).unwrap().send_bytes(&vec![1; length]).unwrap();
                    queue.push_back(length);
                    wants |= full(&queue, mark);
                }
                Turn::Take(most) if taken == 0 => match receiver.table.next_batch(16 * 1024, most, &mut block) {
                    Some((_, Batch::Message(message))) => prop_assert_eq!(Some(message.bytes.len()), queue.pop_front()),
                    Some((_, Batch::Records { count, .. })) => taken = count,
                    Some((_, other)) => panic!("{other:?}"),
                    None => prop_assert!(queue.is_empty()),
                },
                Turn::Settle(most) if taken > 0 => {
                    let delivered = most.min(taken);
                    receiver.table.settle(delivered);
                    queue.drain(..delivered);
                    taken = 0;
                }
                Turn::Take(_) | Turn::Settle(_) => {}
                Turn::Ask => {
                    prop_assert_eq!(sender.has_room(from), !full(&queue, mark));
                    wants |= full(&queue, mark);
                }
                Turn::Mark(next) => {
                    receiver.table.get(at).unwrap().set_mark(next);
                    mark = next;
                }
                Turn::Drain => {
                    let rooms = sender.rooms();
                    // Who has moved may hear of room that was there before.
                    prop_assert!(rooms == usize::from(due) || moved && rooms <= 1);
                    (due, moved) = (false, false);
                }
                Turn::Hand => {
                    let endpoint = sender.table.detach(from).unwrap();
                    (sender, from) = thread_of(endpoint);
                    (due, moved) = (false, true);
                }
            }
            if wants && !full(&queue, mark) {
                (wants, due) = (false, true);
            }
            let counts = sender.table.get(from).unwrap().counts();
            prop_assert_eq!((counts.buffered, counts.buffered_bytes), (queue.len(), weights(&queue)));
        }
    }
}

/// Senders in threads of their own that wait for room, and a receiver that takes, changes its mark, and ends at last in the middle.
#[test]
fn no_sender_waits_for_ever_while_receivers_take_and_end() {
    const MOST: usize = 8;
    let mut random = Random::seeded("room");
    for _ in 0..40 {
        let mut ends = Vec::new();
        let mut senders = Vec::new();
        let stopped = Arc::new(AtomicBool::new(false));
        for _ in 0..3 {
            let (a, b) = channel();
            b.set_mark(messages(1 + random.below(MOST)));
            ends.push(b);
            let mut random = random.fork();
            let stopped = stopped.clone();
            senders.push(thread::spawn(move || {
                let (mut sender, from) = thread_of(a);
                loop {
                    while !sender.has_room(from) {
                        let rung = sender.rings.recv_timeout(Duration::from_secs(30));
                        assert!(rung.is_ok(), "nobody has told of room");
                        sender.rooms();
                    }
                    let endpoint = sender.table.get(from).unwrap();
                    assert!(endpoint.counts().buffered <= MOST);
                    if endpoint.send_bytes(&[7; 20][..random.below(20)]).is_err() {
                        break;
                    }
                    random.stop();
                }
                assert!(stopped.load(Ordering::SeqCst), "the receiver has not ended");
            }));
        }
        for _ in 0..random.below(600) {
            let end = &ends[random.below(ends.len())];
            if random.one_in(20) {
                end.set_mark(messages(1 + random.below(MOST)));
            }
            end.poll();
            random.stop();
        }
        stopped.store(true, Ordering::SeqCst);
        drop(ends);
        senders.into_iter().for_each(|sender| sender.join().unwrap());
    }
}
