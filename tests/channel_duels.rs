//! Two threads against each other, again and again: what may happen at the same moment.
//!
//! Each test prints its seed; `FERROPORT_SEED=<seed>` makes the same random choices again (the timing is the
//! machine's).
#![cfg(not(loom))]

#[path = "channel_support/random.rs"]
mod random;

use ferroport::channel::{Doorbell, Endpoint, Event, Mailbox, Message, Table, channel};
use ferroport::memory::Bytes;
use random::Random;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

struct Bell(Arc<AtomicBool>);

impl Doorbell for Bell {
    fn ring(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A thread's table, and whether it was rung for.
fn thread() -> (Table, Arc<AtomicBool>) {
    let rung = Arc::new(AtomicBool::new(false));
    (Table::new(Mailbox::new(Box::new(Bell(rung.clone())))), rung)
}

/// A message with an endpoint in it, and the other end, which tells whether the message is gone.
fn traced() -> (Message, Endpoint) {
    let (inside, outside) = channel();
    (Message::with_endpoints(Bytes::default(), vec![inside]), outside)
}

/// Where two threads meet before each round. Whoever waits for one that panicked panics as well, instead of for ever.
#[derive(Default)]
struct Meeting {
    arrivals: AtomicUsize,
    failed: AtomicBool,
}

impl Meeting {
    fn wait(&self) {
        let round = self.arrivals.fetch_add(1, Ordering::SeqCst) / 2;
        while self.arrivals.load(Ordering::SeqCst) < 2 * (round + 1) {
            assert!(!self.failed.load(Ordering::SeqCst), "the other thread failed");
            std::thread::yield_now();
        }
    }
}

/// Tells the meeting when its thread panics.
struct Attendance<'a>(&'a Meeting);

impl Drop for Attendance<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.failed.store(true, Ordering::SeqCst);
        }
    }
}

/// Runs `left` and `right` on two threads, round by round at the same moment, each with its share of `deal`.
fn duel<L: Send, R: Send>(
    rounds: usize,
    random: &mut Random,
    mut deal: impl FnMut() -> (L, R),
    left: impl Fn(L) + Sync,
    right: impl Fn(R) + Sync,
) {
    let (lefts, rights): (Vec<_>, Vec<_>) = (0..rounds).map(|_| deal()).unzip();
    let (mut here, mut there) = (random.fork(), random.fork());
    let meeting = Meeting::default();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _attendance = Attendance(&meeting);
            for share in lefts {
                meeting.wait();
                here.stop();
                left(share);
            }
        });
        let _attendance = Attendance(&meeting);
        for share in rights {
            meeting.wait();
            there.stop();
            right(share);
        }
    });
}

#[test]
fn both_ends_may_close_at_once_with_full_queues_and_nothing_is_left_behind() {
    let mut random = Random::seeded("both ends close");
    let mut tracers = vec![];
    let deal = || {
        let (a, b) = channel();
        let (mut to_a, mut to_b) = (vec![], vec![]);
        for messages in [&mut to_a, &mut to_b] {
            for _ in 0..3 {
                let (message, tracer) = traced();
                messages.push(message);
                tracers.push(tracer);
            }
        }
        ((a, to_b), (b, to_a))
    };
    let fight = |(endpoint, messages): (Endpoint, Vec<Message>)| {
        for message in messages {
            let _ = endpoint.send(message);
        }
        drop(endpoint);
    };
    duel(3_000, &mut random, deal, fight, fight);
    assert!(tracers.iter().all(Endpoint::is_peer_closed), "a message stayed behind in a dead queue");
}

#[test]
fn rings_of_queues_closed_by_two_threads_at_once_are_freed() {
    let mut random = Random::seeded("rings");
    let mut tracers = vec![];
    let deal = || {
        let ((a1, a2), (b1, b2)) = (channel(), channel());
        for endpoint in [&a1, &b1] {
            let (message, tracer) = traced();
            endpoint.send(message).unwrap();
            tracers.push(tracer);
        }
        ((a1, b2), (b1, a2))
    };
    let close_the_ring = |(endpoint, carried): (Endpoint, Endpoint)| {
        let _ = endpoint.send(Message::with_endpoints(Bytes::default(), vec![carried]));
    };
    duel(3_000, &mut random, deal, close_the_ring, close_the_ring);
    assert!(tracers.iter().all(Endpoint::is_peer_closed), "a ring was left behind");
}

#[test]
fn a_close_races_with_a_transfer_and_is_heard_exactly_once() {
    let mut random = Random::seeded("close and transfer");
    let hear = |table: &mut Table| {
        let mut heard = 0;
        loop {
            table.begin_drain();
            while let Some((_, event)) = table.next_event() {
                assert!(matches!(event, Event::Closed));
                heard += 1;
            }
            // Not empty after all when the close came in between.
            if table.end_drain() {
                break heard;
            }
        }
    };
    let transfer = |b: Endpoint| {
        let ((mut here, _), (mut there, rung)) = (thread(), thread());
        let key = here.attach(b).unwrap();
        let heard_here = hear(&mut here);
        let b = here.detach(key).unwrap();
        there.attach(b).unwrap();
        if heard_here == 0 {
            let start = Instant::now();
            while !rung.swap(false, Ordering::SeqCst) {
                assert!(start.elapsed() < Duration::from_secs(20), "nobody rang for 20 s");
                std::thread::yield_now();
            }
        }
        assert_eq!(heard_here + hear(&mut there), 1);
        assert_eq!(hear(&mut here) + hear(&mut there), 0);
    };
    duel(2_000, &mut random, channel, drop, transfer);
}
