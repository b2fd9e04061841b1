//! Loom models of what can go wrong quietly: a wake-up lost between two threads, a message lost or left behind.
//!
//! `RUSTFLAGS="--cfg loom" cargo test --no-default-features --release --test loom_channel`
#![cfg(loom)]

#[path = "loom_support/blocked.rs"]
mod blocked;
#[path = "loom_support/runs.rs"]
mod runs;

use ferroport::channel::{
    Aborter, Batch, Doorbell, Endpoint, Event, Key, Mailbox, Mark, Message, Poll, Reason, Signal, Table, channel,
};
use ferroport::memory::Bytes;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;
use std::sync::atomic::AtomicI32;

/// Remembers that it was rung. Asserts that nobody rings after `hang_up`.
#[derive(Clone)]
struct Bell {
    rung: Arc<AtomicBool>,
    hung_up: Arc<AtomicBool>,
}

impl Bell {
    fn new() -> Self {
        Bell { rung: Arc::new(AtomicBool::new(false)), hung_up: Arc::new(AtomicBool::new(false)) }
    }

    fn take(&self) -> bool {
        self.rung.swap(false, Ordering::AcqRel)
    }
}

impl Doorbell for Bell {
    fn ring(&self) {
        assert!(!self.hung_up.load(Ordering::Acquire), "rung after hanging up");
        // Not a store: loom would let one be overtaken by a swap that ran before it.
        self.rung.swap(true, Ordering::AcqRel);
    }
}

/// A thread's table and what it has delivered: message numbers, `CLOSED`, `ROOM` and `NOTICE`.
struct Thread {
    bell: Bell,
    table: Table,
    seen: Vec<u8>,
}

const CLOSED: u8 = 0;
const ROOM: u8 = 99;
const NOTICE: u8 = 98;

impl Thread {
    fn new() -> Self {
        let bell = Bell::new();
        Thread { table: Table::new(Mailbox::new(Box::new(bell.clone()))), bell, seen: Vec::new() }
    }

    fn attach_started(&mut self, endpoint: Endpoint) -> Key {
        let key = self.table.attach(endpoint).unwrap();
        self.table.start(key);
        key
    }

    /// One drain to the end, if the thread was rung for.
    fn answer(&mut self) -> bool {
        let rung = self.bell.take();
        if rung {
            self.drain();
        }
        rung
    }

    fn drain(&mut self) {
        self.table.begin_drain();
        while let Some((_, event)) = self.table.next_event() {
            self.seen.push(match event {
                Event::Message(message) => message.bytes[0],
                Event::Closed => CLOSED,
                Event::Room => ROOM,
                Event::Notice => NOTICE,
                Event::Ready => unreachable!("nobody takes by itself"),
            });
        }
        self.table.end_drain();
    }

    /// As `answer`, in batches, of which it settles all but the last message if that is not the only one.
    fn answer_in_batches(&mut self) {
        if self.bell.take() {
            self.table.begin_drain();
            while self.next_batch() {}
            self.table.end_drain();
        }
    }

    fn next_batch(&mut self) -> bool {
        let mut block = [0; 64];
        let Some((_, batch)) = self.table.next_batch(64, 64, &mut block) else { return false };
        match batch {
            Batch::Message(message) => self.seen.push(message.bytes[0]),
            Batch::Shared { count, bytes } => {
                assert_eq!(bytes, count * 16, "a header, and a byte in a word");
                let members = self.table.targets().len();
                let delivered = (count * members).max(2) - 1;
                let all = block.chunks(16).flat_map(|record| std::iter::repeat_n(record[8], members));
                self.seen.extend(all.take(delivered));
                self.table.settle(delivered);
            }
            Batch::Closed => self.seen.push(CLOSED),
            Batch::Room => self.seen.push(ROOM),
            Batch::Notice => self.seen.push(NOTICE),
            Batch::Ready => unreachable!("nobody takes by itself"),
            Batch::Records { count, bytes } => {
                assert_eq!(bytes, count * 16, "a header, and a byte in a word");
                let delivered = count.max(2) - 1;
                self.seen.extend(block.chunks(16).take(delivered).map(|record| record[8]));
                self.table.settle(delivered);
            }
        }
        true
    }

    /// What the event loop does from now on, with nobody sending any more.
    fn settle(&mut self) -> &[u8] {
        while self.answer() {}
        &self.seen
    }
}

fn message(number: u8) -> Message {
    Message::new(Bytes::from(&[number][..]))
}

/// A message with an endpoint in it, and the other end, which sees when the message is dropped.
fn traced(number: u8) -> (Message, Endpoint) {
    let (inside, outside) = channel();
    (Message::with_endpoints(Bytes::from(&[number][..]), vec![inside]), outside)
}

fn model(f: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(3));
    builder.check(f);
}

#[test]
fn a_send_while_the_receiver_goes_to_sleep_is_delivered() {
    model(|| {
        let (a, b) = channel();
        let mut receiver = Thread::new();
        receiver.attach_started(b);
        a.send(message(1)).unwrap();
        let sender = thread::spawn(move || {
            a.send(message(2)).unwrap();
            a.send(message(3)).unwrap();
            a
        });
        receiver.answer();
        let _a = sender.join().unwrap();
        assert_eq!(receiver.settle(), [1, 2, 3]);
    });
}

#[test]
fn two_endpoints_listed_while_the_receiver_goes_to_sleep_are_both_delivered() {
    model(|| {
        let ((a, b), (c, d)) = (channel(), channel());
        let mut receiver = Thread::new();
        receiver.attach_started(b);
        receiver.attach_started(d);
        let first = thread::spawn(move || {
            a.send(message(1)).unwrap();
            a
        });
        let second = thread::spawn(move || {
            c.send(message(2)).unwrap();
            c
        });
        receiver.answer();
        let _open = (first.join().unwrap(), second.join().unwrap());
        receiver.settle();
        receiver.seen.sort();
        assert_eq!(receiver.seen, [1, 2]);
    });
}

#[test]
fn a_send_while_the_receivers_rest_is_put_aside_is_delivered_within_the_drain() {
    model(|| {
        let (a, b) = channel();
        let mut receiver = Thread::new();
        receiver.attach_started(b);
        [1, 2].iter().for_each(|number| a.send(message(*number)).unwrap());
        assert!(receiver.bell.take());
        receiver.table.begin_drain();
        assert!(receiver.table.next_event().is_some());
        let sender = thread::spawn(move || {
            a.send(message(3)).unwrap();
            a
        });
        receiver.table.suspend();
        let _a = sender.join().unwrap();
        receiver.table.enter();
        assert_eq!(receiver.settle(), [2, 3]);
        receiver.table.leave();
        assert!(receiver.table.next_event().is_none() && receiver.table.end_drain());
    });
}

#[test]
fn a_send_while_the_receiver_starts_is_delivered() {
    model(|| {
        let (a, b) = channel();
        let mut receiver = Thread::new();
        let key = receiver.table.attach(b).unwrap();
        let sender = thread::spawn(move || {
            a.send(message(1)).unwrap();
            a
        });
        receiver.table.start(key);
        let _a = sender.join().unwrap();
        assert_eq!(receiver.settle(), [1]);
    });
}

#[test]
fn a_send_while_the_receiver_stops_and_starts_again_is_delivered() {
    model(|| {
        let (a, b) = channel();
        let mut receiver = Thread::new();
        let key = receiver.attach_started(b);
        let sender = thread::spawn(move || {
            a.send(message(1)).unwrap();
            a
        });
        receiver.table.stop(key);
        receiver.answer();
        receiver.table.start(key);
        let _a = sender.join().unwrap();
        assert_eq!(receiver.settle(), [1]);
    });
}

#[test]
fn what_was_sent_before_a_close_is_delivered_before_it() {
    model(|| {
        let (a, b) = channel();
        let mut receiver = Thread::new();
        receiver.attach_started(b);
        a.send(message(1)).unwrap();
        let sender = thread::spawn(move || {
            a.send(message(2)).unwrap();
            drop(a);
        });
        receiver.answer();
        sender.join().unwrap();
        assert_eq!(receiver.settle(), [1, 2, CLOSED]);
    });
}

#[test]
fn a_close_reaches_a_stopped_endpoint_that_is_read_meanwhile() {
    model(|| {
        let (a, b) = channel();
        let mut receiver = Thread::new();
        let key = receiver.table.attach(b).unwrap();
        a.send(message(1)).unwrap();
        let sender = thread::spawn(move || drop(a));
        let first = receiver.table.receive(key).expect("sent before");
        assert_eq!(first.bytes[0], 1);
        receiver.answer();
        sender.join().unwrap();
        assert!(receiver.table.receive(key).is_none());
        assert_eq!(receiver.settle(), [CLOSED]);
    });
}

#[test]
fn a_message_sent_while_the_receiver_closes_is_dropped_not_left_behind() {
    model(|| {
        let (a, b) = channel();
        let (message, tracer) = traced(1);
        let closer = thread::spawn(move || drop(b));
        let outcome = a.send(message);
        drop(outcome);
        closer.join().unwrap();
        assert!(tracer.is_peer_closed());
        assert!(matches!(a.poll(), Poll::Closed));
        assert!(matches!(a.poll(), Poll::Empty));
    });
}

#[test]
fn both_ends_may_close_at_once_while_they_hold_messages() {
    model(|| {
        let (a, b) = channel();
        let (to_b, tracer_b) = traced(1);
        let (to_a, tracer_a) = traced(2);
        a.send(to_b).unwrap();
        let other = thread::spawn(move || {
            let _ = b.send(to_a);
            drop(b);
        });
        drop(a);
        other.join().unwrap();
        assert!(tracer_a.is_peer_closed() && tracer_b.is_peer_closed());
    });
}

#[test]
fn a_send_while_the_receiver_moves_to_another_thread_is_delivered_there() {
    model(|| {
        let (a, b) = channel();
        let (mut here, mut there) = (Thread::new(), Thread::new());
        let key = here.attach_started(b);
        let sender = thread::spawn(move || {
            a.send(message(1)).unwrap();
            a
        });
        let b = here.table.detach(key).unwrap();
        there.attach_started(b);
        there.answer();
        let _a = sender.join().unwrap();
        assert_eq!(there.settle(), [1]);
        assert!(here.settle().is_empty());
    });
}

#[test]
fn a_send_while_the_receiver_moves_and_is_started_late_is_delivered() {
    model(|| {
        let (a, b) = channel();
        let (mut here, mut there) = (Thread::new(), Thread::new());
        let key = here.attach_started(b);
        let sender = thread::spawn(move || {
            a.send(message(1)).unwrap();
            a
        });
        let b = here.table.detach(key).unwrap();
        let key = there.table.attach(b).unwrap();
        there.answer();
        there.table.start(key);
        let _a = sender.join().unwrap();
        assert_eq!(there.settle(), [1]);
    });
}

#[test]
fn a_send_to_an_endpoint_in_a_message_is_delivered_where_the_message_arrives() {
    model(|| {
        let ((a, b), (c, d)) = (channel(), channel());
        let mut here = Thread::new();
        let key = here.attach_started(b);
        let sender = thread::spawn(move || {
            a.send(message(1)).unwrap();
            a
        });
        let b = here.table.detach(key).unwrap();
        c.send(Message::with_endpoints(Bytes::default(), vec![b])).unwrap();
        let Poll::Message(mut carrier) = d.poll() else { panic!("the carrier was sent before") };
        let mut there = Thread::new();
        there.attach_started(carrier.take_endpoint(0).unwrap());
        let _a = sender.join().unwrap();
        assert_eq!(there.settle(), [1]);
    });
}

#[test]
fn a_close_while_the_peer_moves_to_another_thread_is_heard_there_once() {
    model(|| {
        let (a, b) = channel();
        let (mut here, mut there) = (Thread::new(), Thread::new());
        let key = here.table.attach(b).unwrap();
        let closer = thread::spawn(move || drop(a));
        here.answer();
        let b = here.table.detach(key).unwrap();
        there.table.attach(b).unwrap();
        closer.join().unwrap();
        there.settle();
        here.settle();
        assert_eq!([&here.seen[..], &there.seen[..]].concat(), [CLOSED]);
    });
}

/// A thread with two members of a group, and one with one. Groups are the process's, so each model has a name of its own.
fn members(name: &str) -> (Thread, Thread, Key) {
    let (mut here, mut there) = (Thread::new(), Thread::new());
    for _ in 0..2 {
        here.table.join(name).unwrap();
    }
    let sender = there.table.join(name).unwrap();
    (here, there, sender)
}

#[test]
fn a_broadcast_while_the_members_thread_goes_to_sleep_reaches_all_of_them_in_order() {
    model(|| {
        let (mut here, mut there, key) = members("asleep");
        there.table.broadcast_bytes(key, &[1]);
        let sender = thread::spawn(move || {
            there.table.broadcast_bytes(key, &[2]);
            there.table.broadcast_bytes(key, &[3]);
            there
        });
        here.answer();
        let _there = sender.join().unwrap();
        assert_eq!(here.settle(), [1, 1, 2, 2, 3, 3]);
    });
}

#[test]
fn broadcasts_taken_in_batches_that_are_cut_short_reach_all_members_in_order() {
    model(|| {
        let (mut here, mut there, key) = members("cut short");
        (1..4).for_each(|number| there.table.broadcast_bytes(key, &[number]));
        let sender = thread::spawn(move || {
            there.table.broadcast_bytes(key, &[4]);
            there
        });
        here.answer_in_batches();
        let _there = sender.join().unwrap();
        while here.bell.take() {
            here.bell.ring();
            here.answer_in_batches();
        }
        assert_eq!(here.seen, [1, 1, 2, 2, 3, 3, 4, 4]);
    });
}

#[test]
fn what_a_member_sends_while_another_thread_does_comes_to_the_others_once_each() {
    model(|| {
        let (mut here, mut there, key) = members("crossing");
        let own = here.table.join("crossing").unwrap();
        let sender = thread::spawn(move || {
            there.table.broadcast_bytes(key, &[1]);
            there
        });
        here.table.broadcast_bytes(own, &[2]);
        here.answer();
        let _there = sender.join().unwrap();
        // Two hear what the third has sent, and all three what the other thread has; in either order, and neither in between.
        let seen = here.settle();
        assert!(seen == [1, 1, 1, 2, 2] || seen == [2, 2, 1, 1, 1], "{seen:?}");
    });
}

#[test]
fn nobody_rings_after_hanging_up() {
    model(|| {
        let (a, b) = channel();
        let bell = Bell::new();
        let mailbox = Mailbox::new(Box::new(bell.clone()));
        let mut table = Table::new(mailbox.clone());
        let key = table.attach(b).unwrap();
        table.start(key);
        let sender = thread::spawn(move || {
            let _ = a.send(message(1));
            a
        });
        mailbox.hang_up();
        bell.hung_up.store(true, Ordering::Release);
        let a = sender.join().unwrap();
        drop(table);
        assert!(matches!(a.poll(), Poll::Closed));
    });
}

#[test]
fn a_ring_of_queues_closed_by_two_threads_at_once_is_freed() {
    model(|| {
        let ((a1, a2), (b1, b2)) = (channel(), channel());
        let (tracing, tracer) = traced(1);
        a1.send(tracing).unwrap();
        let other = thread::spawn(move || {
            let _ = a1.send(Message::with_endpoints(Bytes::default(), vec![b2]));
            a1
        });
        let _ = b1.send(Message::with_endpoints(Bytes::default(), vec![a2]));
        let a1 = other.join().unwrap();
        drop((a1, b1));
        assert!(tracer.is_peer_closed());
    });
}

/// An endpoint whose peer's queue has a mark of one message and is full, attached to a thread that has been told nothing.
fn full() -> (Thread, Key, Endpoint) {
    let (a, b) = channel();
    b.set_mark(Mark { messages: 1, ..Mark::NONE });
    let mut sender = Thread::new();
    let key = sender.table.attach(a).unwrap();
    sender.table.get(key).unwrap().send(message(1)).unwrap();
    (sender, key, b)
}

fn has_room(sender: &Thread, key: Key) -> bool {
    sender.table.get(key).unwrap().has_room()
}

#[test]
fn room_that_is_made_while_it_is_asked_for_is_seen_or_told() {
    model(|| {
        let (mut sender, key, b) = full();
        let receiver = thread::spawn(move || {
            assert!(matches!(b.poll(), Poll::Message(_)));
            b
        });
        let seen = has_room(&sender, key);
        let _b = receiver.join().unwrap();
        assert!(seen || sender.settle().contains(&ROOM));
        assert!(has_room(&sender, key));
    });
}

#[test]
fn room_that_is_made_while_the_queue_is_filled_is_told() {
    model(|| {
        let (mut sender, key, b) = full();
        let receiver = thread::spawn(move || {
            assert!(matches!(b.poll(), Poll::Message(_)));
            b
        });
        sender.table.get(key).unwrap().send(message(2)).unwrap();
        let seen = has_room(&sender, key);
        let b = receiver.join().unwrap();
        sender.settle();
        sender.seen.clear();
        assert!(!seen && !has_room(&sender, key));
        assert!(matches!(b.poll(), Poll::Message(_)));
        assert!(sender.settle().contains(&ROOM));
    });
}

#[test]
fn a_mark_that_is_raised_while_room_is_asked_for_gives_room() {
    model(|| {
        let (mut sender, key, b) = full();
        let receiver = thread::spawn(move || {
            b.set_mark(Mark::NONE);
            b
        });
        let seen = has_room(&sender, key);
        let _b = receiver.join().unwrap();
        assert!(seen || sender.settle().contains(&ROOM));
    });
}

#[test]
fn a_receiver_that_closes_while_room_is_asked_for_wakes_who_asks() {
    model(|| {
        let (mut sender, key, b) = full();
        let receiver = thread::spawn(move || drop(b));
        let seen = has_room(&sender, key);
        receiver.join().unwrap();
        assert!(seen || sender.settle().contains(&ROOM));
    });
}

#[test]
fn room_is_told_once_for_each_time_it_was_asked_for_while_the_sender_goes_to_sleep() {
    model(|| {
        let (mut sender, key, b) = full();
        assert!(!has_room(&sender, key));
        let receiver = thread::spawn(move || {
            assert!(matches!(b.poll(), Poll::Message(_)));
            b
        });
        sender.answer();
        let _b = receiver.join().unwrap();
        assert_eq!(sender.settle(), [ROOM]);
    });
}

#[test]
fn who_was_refused_once_is_told_of_room_though_the_next_question_finds_it() {
    model(|| {
        let (mut sender, key, b) = full();
        assert!(!has_room(&sender, key));
        let receiver = thread::spawn(move || {
            assert!(matches!(b.poll(), Poll::Message(_)));
            b
        });
        has_room(&sender, key);
        let _b = receiver.join().unwrap();
        assert!(sender.settle().contains(&ROOM));
    });
}

/// A signal, and the right to abort it.
fn signal() -> (std::sync::Arc<Signal>, Aborter) {
    let signal = Signal::new();
    let aborter = Aborter::new(&signal);
    (signal, aborter)
}

#[test]
fn who_watches_a_signal_while_it_is_aborted_is_woken_once_or_not_at_all_if_the_watch_is_gone() {
    model(|| {
        let (signal, _aborter) = signal();
        let woken = Arc::new(AtomicUsize::new(0));
        let watcher = {
            let (signal, woken) = (signal.clone(), woken.clone());
            thread::spawn(move || signal.watch(std::sync::Arc::new(move || _ = woken.fetch_add(1, Ordering::AcqRel))))
        };
        signal.abort(Reason::Timeout, None);
        let watch = watcher.join().unwrap();
        assert_eq!(woken.load(Ordering::Acquire), 1);
        drop(watch);
        assert_eq!(woken.load(Ordering::Acquire), 1);
    });
}

#[test]
fn who_gets_or_forgets_a_signal_while_it_is_aborted_has_its_flag_up_and_not_touched_afterwards() {
    model(|| {
        let (signal, _aborter) = signal();
        let holder = {
            let signal = signal.clone();
            thread::spawn(move || {
                let flag = Box::new(AtomicI32::new(0));
                // SAFETY: the flag lives until the signal has forgotten it.
                unsafe { signal.hold(1, 0, &raw const *flag) };
                let aborted = signal.is_aborted();
                let is_up = flag.load(Ordering::SeqCst) == 1;
                assert!(is_up || !aborted);
                signal.forget(1);
                drop(flag);
            })
        };
        signal.abort(Reason::Timeout, None);
        holder.join().unwrap();
    });
}

#[test]
fn a_signal_that_begins_to_follow_one_that_is_aborted_or_given_up_is_so_itself() {
    for aborts in [true, false] {
        model(move || {
            let (source, aborter) = signal();
            let follower = Signal::new();
            let other = {
                let source = source.clone();
                thread::spawn(move || {
                    if aborts {
                        source.abort(Reason::Timeout, None);
                    }
                    drop(aborter);
                })
            };
            let said = follower.follow(&source);
            other.join().unwrap();
            assert!(follower.is_settled());
            assert_eq!(follower.is_aborted(), aborts && said.is_ok());
        });
    }
}

#[test]
fn a_mark_that_is_lowered_and_raised_while_room_is_asked_for_leaves_nobody_waiting() {
    model(|| {
        let (mut sender, key, b) = full();
        let receiver = thread::spawn(move || {
            b.set_mark(Mark { messages: 0, ..Mark::NONE });
            b.set_mark(Mark { messages: 2, ..Mark::NONE });
            b
        });
        let seen = has_room(&sender, key);
        let _b = receiver.join().unwrap();
        assert!(seen || sender.settle().contains(&ROOM));
        assert!(has_room(&sender, key));
    });
}

#[test]
fn a_sender_that_is_handed_over_while_room_is_made_waits_in_vain_neither_there_nor_here() {
    model(|| {
        let (mut sender, key, b) = full();
        assert!(!has_room(&sender, key));
        let receiver = thread::spawn(move || {
            assert!(matches!(b.poll(), Poll::Message(_)));
            b
        });
        let moved = sender.table.detach(key).unwrap();
        let mut next = Thread::new();
        let key = next.table.attach(moved).unwrap();
        let seen = has_room(&next, key);
        let _b = receiver.join().unwrap();
        assert!(seen || next.settle().contains(&ROOM));
        assert!(has_room(&next, key));
    });
}

#[test]
fn a_receiver_that_is_handed_over_takes_who_waits_for_room_along() {
    model(|| {
        let (mut sender, key, b) = full();
        let (carrier, arrival) = channel();
        let receiver = thread::spawn(move || {
            let Poll::Message(mut message) = arrival.poll() else { return arrival };
            let b = message.take_endpoint(0).unwrap();
            assert!(matches!(b.poll(), Poll::Message(_)));
            b
        });
        carrier.send(Message::with_endpoints(Bytes::default(), vec![b])).unwrap();
        let seen = has_room(&sender, key);
        // Either the other thread has taken it, or it closes with the message that was not read.
        drop(carrier);
        drop(receiver.join().unwrap());
        assert!(seen || sender.settle().contains(&ROOM));
        assert!(has_room(&sender, key));
    });
}

#[test]
fn what_is_settled_of_a_batch_gives_room_to_who_asks_meanwhile() {
    model(|| {
        let (a, b) = channel();
        b.set_mark(Mark { messages: 2, ..Mark::NONE });
        let mut sender = Thread::new();
        let key = sender.table.attach(a).unwrap();
        for number in 1..=3 {
            sender.table.get(key).unwrap().send_bytes(&[number]).unwrap();
        }
        let mut reader = Thread::new();
        reader.attach_started(b);
        let receiver = thread::spawn(move || {
            reader.answer_in_batches();
            reader.answer_in_batches();
            reader
        });
        let seen = has_room(&sender, key);
        let mut reader = receiver.join().unwrap();
        reader.answer_in_batches();
        assert_eq!(reader.seen, [1, 2, 3]);
        assert!(seen || sender.settle().contains(&ROOM));
        assert!(has_room(&sender, key));
    });
}

#[test]
fn a_notice_is_told_or_found_while_the_endpoint_is_attached() {
    model(|| {
        let (a, b) = channel();
        let other = thread::spawn(move || {
            a.leave_notice(Bytes::from(&b"x"[..]));
            a
        });
        let mut owner = Thread::new();
        let key = owner.table.attach(b).unwrap();
        let found = owner.table.get(key).unwrap().notice().is_some();
        let _a = other.join().unwrap();
        assert!(found || owner.settle().contains(&NOTICE));
        assert!(owner.table.get(key).unwrap().notice().is_some());
    });
}

#[test]
fn a_notice_is_told_once_while_its_receiver_goes_to_sleep() {
    model(|| {
        let (a, b) = channel();
        let mut owner = Thread::new();
        owner.attach_started(b);
        a.send_bytes(&[1]).unwrap();
        let other = thread::spawn(move || {
            a.leave_notice(Bytes::from(&b"x"[..]));
            a
        });
        owner.answer();
        let _a = other.join().unwrap();
        let mut seen = owner.settle().to_vec();
        seen.sort_unstable();
        assert_eq!(seen, [1, NOTICE]);
    });
}
