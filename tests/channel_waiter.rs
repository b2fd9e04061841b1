//! Blocked threads: what ends a wait, and when all who could end it are blocked, too.
#![cfg(not(loom))]

#[path = "channel_support/random.rs"]
mod random;

use ferroport::channel::{
    Doorbell, Endpoint, Key, Limits, Mailbox, Mark, Message, Table, Waiter, Want, Woken, channel,
};
use random::Random;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

struct Silent;

impl Doorbell for Silent {
    fn ring(&self) {}
}

/// A thread that has these endpoints in its table. To be made in that thread.
struct Host {
    table: Table,
    mailbox: Arc<Mailbox>,
    keys: Vec<Key>,
}

/// No test is to last longer.
const LONG: Duration = Duration::from_secs(60);

const LIMITS: Limits = Limits { until: None, slice: Duration::from_millis(5), is_open: false, detects: true };

impl Host {
    fn new(endpoints: impl IntoIterator<Item = Endpoint>) -> Host {
        let mailbox = Mailbox::new(Box::new(Silent));
        let mut table = Table::new(mailbox.clone());
        let keys = endpoints.into_iter().map(|endpoint| table.attach(endpoint).unwrap()).collect();
        Host { table, mailbox, keys }
    }

    fn send(&self, index: usize) {
        let _ = self.table.get(self.keys[index]).unwrap().send_bytes(b"x");
    }

    fn waiter(&self, want: impl Fn(Key) -> Want) -> Waiter {
        self.table.waiter(&self.keys.iter().map(|key| want(*key)).collect::<Vec<_>>()).unwrap()
    }

    /// Waits for a message on one of all endpoints.
    fn wait(&self, limits: Limits) -> Woken {
        self.waiter(Want::Message).wait(limits, || false)
    }
}

fn within(time: Duration) -> Limits {
    Limits { until: Some(Instant::now() + time), ..LIMITS }
}

fn one(mark: &Endpoint) {
    mark.set_mark(Mark { messages: 1, ..Mark::NONE });
}

/// Runs `work` in a thread that has `endpoint`, and gives what it returns.
fn beside<R: Send + 'static>(
    endpoint: Endpoint,
    work: impl FnOnce(Host) -> R + Send + 'static,
) -> thread::JoinHandle<R> {
    thread::spawn(move || work(Host::new([endpoint])))
}

#[test]
fn what_is_there_already_ends_a_wait_at_once() {
    let (a, b) = channel();
    let (c, d) = channel();
    let host = Host::new([b, d]);
    c.send(Message::default()).unwrap();
    assert_eq!(host.wait(LIMITS), Woken::Ready(1));
    a.send(Message::default()).unwrap();
    assert_eq!(host.wait(LIMITS), Woken::Ready(0), "the first wins");
    assert!(host.table.get(host.keys[0]).unwrap().queued() == 1, "nothing was taken");
}

#[test]
fn a_message_a_close_and_room_wake_whether_the_endpoint_is_started_or_listed_or_not() {
    for (start, list) in [(false, false), (true, false), (true, true)] {
        for close in [false, true] {
            let (a, b) = channel();
            let sleeper = beside(b, move |mut host| {
                if start {
                    host.table.start(host.keys[0]);
                }
                let peer = host.table.get(host.keys[0]).unwrap();
                // Listed, and not drained: who sends next need not list the endpoint again.
                if list {
                    peer.send_bytes(b"list me").unwrap();
                    while host.table.receive(host.keys[0]).is_none() {
                        thread::yield_now();
                    }
                }
                host.wait(Limits { slice: LONG, ..within(LONG) })
            });
            if list {
                while a.queued() == 0 {
                    thread::yield_now();
                }
                a.send_bytes(b"listed").unwrap();
            }
            thread::sleep(Duration::from_millis(5));
            if close {
                drop(a)
            } else {
                a.send_bytes(b"x").unwrap()
            }
            assert_eq!(sleeper.join().unwrap(), Woken::Ready(0));
        }
    }
    for close in [false, true] {
        let (a, b) = channel();
        one(&b);
        a.send_bytes(b"full").unwrap();
        let sleeper = beside(a, |host| host.waiter(Want::Room).wait(Limits { slice: LONG, ..within(LONG) }, || false));
        thread::sleep(Duration::from_millis(5));
        if close {
            drop(b)
        } else {
            assert!(matches!(b.poll(), ferroport::channel::Poll::Message(_)))
        }
        assert_eq!(sleeper.join().unwrap(), Woken::Ready(0));
    }
}

#[test]
fn a_mark_that_is_raised_wakes_and_one_that_is_lowered_again_does_not_lose_the_next_room() {
    let (a, b) = channel();
    one(&b);
    a.send_bytes(b"full").unwrap();
    let sleeper = beside(a, |host| host.waiter(Want::Room).wait(Limits { slice: LONG, ..within(LONG) }, || false));
    for _ in 0..100 {
        b.set_mark(Mark { messages: 2, ..Mark::NONE });
        one(&b);
    }
    b.set_mark(Mark::NONE);
    assert_eq!(sleeper.join().unwrap(), Woken::Ready(0));
}

#[test]
fn a_wait_ends_in_time_and_when_it_is_stopped() {
    let (_a, b) = channel();
    let host = Host::new([b]);
    assert_eq!(host.wait(within(Duration::from_millis(3))), Woken::TimedOut);
    assert_eq!(host.wait(within(Duration::ZERO)), Woken::TimedOut);
    assert_eq!(host.waiter(Want::Message).wait(LIMITS, || true), Woken::Stopped);
    // Whoever wakes the thread lets it look up, long before its slice is over.
    let (waiter, mailbox) = (host.waiter(Want::Message), host.mailbox.clone());
    let stops = Arc::new(AtomicBool::new(false));
    let stopper = stops.clone();
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(5));
        stopper.store(true, Ordering::SeqCst);
        mailbox.wake();
    });
    let woken = waiter.wait(Limits { slice: LONG, ..within(LONG) }, || stops.load(Ordering::SeqCst));
    assert_eq!(woken, Woken::Stopped);
    other.join().unwrap();
}

#[test]
fn a_thread_that_has_both_ends_is_told_at_once_however_its_wait_is_limited() {
    let (a, b) = channel();
    let host = Host::new([a, b]);
    assert_eq!(host.wait(LIMITS), Woken::Deadlocked);
    assert_eq!(host.wait(within(LONG)), Woken::Deadlocked);
    assert_eq!(host.wait(Limits { is_open: true, ..LIMITS }), Woken::Deadlocked);
    assert_eq!(host.wait(Limits { detects: false, ..within(Duration::from_millis(3)) }), Woken::TimedOut);
}

#[test]
fn nobody_is_told_of_a_deadlock_while_a_peer_is_in_no_table() {
    let (_in_a_variable, held) = channel();
    let (parked, waits) = channel();
    let token = ferroport::channel::registry::park(parked).unwrap();
    let (sent, waits_too) = channel();
    let (carrier, carried) = channel();
    carrier.send(Message::with_endpoints(Default::default(), vec![sent])).unwrap();
    for endpoint in [held, waits, waits_too] {
        let host = Host::new([endpoint, channel().0]);
        let waiter = host.table.waiter(&[Want::Message(host.keys[0])]).unwrap();
        assert_eq!(waiter.wait(within(Duration::from_millis(20)), || false), Woken::TimedOut);
    }
    drop(carried);
    ferroport::channel::registry::revoke(&token);
}

/// Threads in a ring, each of which waits for the one before; the outcomes, by thread.
fn ring(count: usize, limits: impl Fn(usize) -> Limits + Sync) -> Vec<Woken> {
    let mut ends: Vec<(Endpoint, Endpoint)> = (0..count).map(|_| channel()).collect();
    let mut lasts: Vec<Endpoint> = Vec::new();
    let mut firsts: Vec<Endpoint> = Vec::new();
    for (first, last) in ends.drain(..) {
        firsts.push(first);
        lasts.push(last);
    }
    lasts.rotate_right(1);
    thread::scope(|scope| {
        let threads: Vec<_> = firsts
            .into_iter()
            .zip(lasts)
            .enumerate()
            .map(|(index, (own, next))| {
                let limits = limits(index);
                scope.spawn(move || {
                    let host = Host::new([own, next]);
                    let woken = host.table.waiter(&[Want::Message(host.keys[0])]).unwrap().wait(limits, || false);
                    if woken != Woken::Ready(0) {
                        // Lets the next one go on.
                        host.send(1);
                    }
                    // Nobody hears of an end before it has a message.
                    let _ = host.table.waiter(&[Want::Message(host.keys[0])]).unwrap().wait(within(LONG), || false);
                    woken
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn one_thread_of_a_ring_is_told_of_the_deadlock() {
    for count in [2, 3, 5] {
        let outcomes = ring(count, |_| LIMITS);
        let told = outcomes.iter().filter(|woken| **woken == Woken::Deadlocked).count();
        assert_eq!(told, 1, "{outcomes:?}");
    }
}

#[test]
fn a_ring_in_which_one_wait_is_limited_is_no_deadlock() {
    let limited = |index| if index == 1 { within(Duration::from_millis(60)) } else { LIMITS };
    let outcomes = ring(3, limited);
    assert_eq!(outcomes[1], Woken::TimedOut);
    assert!(!outcomes.contains(&Woken::Deadlocked), "{outcomes:?}");
    let open = |index| if index == 2 { Limits { is_open: true, ..within(Duration::from_millis(60)) } } else { LIMITS };
    assert!(!ring(3, open).contains(&Woken::Deadlocked));
}

/// What a thread of a random program does, with one of its endpoints.
#[derive(Clone, Copy, Debug)]
enum Step {
    Send(usize),
    /// Waits for room first.
    SendWhenRoom(usize),
    Receive(usize),
}

/// A program of several threads. A channel is between two of them, or has both ends in one.
struct Program {
    /// For each endpoint: whose it is, its peer, and how much may wait there.
    endpoints: Vec<(usize, usize, usize)>,
    steps: Vec<Vec<Step>>,
}

fn program(random: &mut Random) -> Program {
    let threads = 2 + random.below(3);
    let mut endpoints = Vec::new();
    for _ in 0..1 + random.below(5) {
        let (at, mark) = (endpoints.len(), 1 + random.below(3));
        endpoints.push((random.below(threads), at + 1, mark));
        endpoints.push((random.below(threads), at, mark));
    }
    let steps = (0..threads).map(|thread| {
        let own: Vec<usize> = (0..endpoints.len()).filter(|at| endpoints[*at].0 == thread).collect();
        let count = if own.is_empty() { 0 } else { random.below(12) };
        let step = |_| {
            let at = own[random.below(own.len())];
            match random.below(5) {
                0 => Step::Send(at),
                1 | 2 => Step::SendWhenRoom(at),
                _ => Step::Receive(at),
            }
        };
        (0..count).map(step).collect()
    });
    let steps = steps.collect();
    Program { endpoints, steps }
}

impl Program {
    /// Runs the program step by step. Where each thread stops, which does not depend on the order of steps: no step takes from one of several
    /// endpoints. Each time that all that are left are stuck, the next thread of `ended` ends; `None` if that is not stuck.
    fn simulate(&self, ended: &[usize]) -> Option<Vec<usize>> {
        let mut ended = ended.iter();
        let mut queued = vec![0; self.endpoints.len()];
        let mut at = vec![0; self.steps.len()];
        let mut gone = vec![false; self.steps.len()];
        let is_gone = |gone: &[bool], endpoint: usize| gone[self.endpoints[endpoint].0];
        loop {
            let mut moved = false;
            for thread in 0..self.steps.len() {
                while let Some(step) = self.steps[thread].get(at[thread]).filter(|_| !gone[thread]) {
                    match *step {
                        Step::Send(end) | Step::SendWhenRoom(end) => {
                            let peer = self.endpoints[end].1;
                            let waits = matches!(step, Step::SendWhenRoom(_)) && queued[peer] >= self.endpoints[peer].2;
                            if waits && !is_gone(&gone, peer) {
                                break;
                            }
                            queued[peer] += 1;
                        }
                        Step::Receive(end) => {
                            if queued[end] > 0 {
                                queued[end] -= 1;
                            } else if !is_gone(&gone, self.endpoints[end].1) {
                                break;
                            }
                        }
                    }
                    at[thread] += 1;
                    moved = true;
                }
                if at[thread] == self.steps[thread].len() && !gone[thread] {
                    gone[thread] = true;
                    moved = true;
                }
            }
            if !moved {
                match ended.next() {
                    Some(&thread) if gone[thread] => return None,
                    Some(&thread) => gone[thread] = true,
                    None => return Some(at),
                }
            }
        }
    }

    /// Runs the program on threads. Where each thread has stopped, and whether that is because it was told of a deadlock.
    fn run(&self, random: &mut Random) -> Vec<(usize, bool)> {
        let mut ends: Vec<Option<Endpoint>> = Vec::new();
        for pair in self.endpoints.chunks(2) {
            let (a, b) = channel();
            a.set_mark(Mark { messages: pair[0].2, ..Mark::NONE });
            b.set_mark(Mark { messages: pair[1].2, ..Mark::NONE });
            ends.extend([Some(a), Some(b)]);
        }
        // A peer that is in no table yet is no deadlock, but nobody would look again before its slice is over.
        let is_ready = AtomicUsize::new(0);
        let mailboxes = Mutex::new(Vec::new());
        let count = self.steps.len();
        thread::scope(|scope| {
            let threads: Vec<_> = (0..count)
                .map(|thread| {
                    let own: Vec<usize> = (0..ends.len()).filter(|at| self.endpoints[*at].0 == thread).collect();
                    let mine: Vec<Endpoint> = own.iter().filter_map(|at| ends[*at].take()).collect();
                    let (steps, mut random) = (&self.steps[thread], random.fork());
                    let (is_ready, mailboxes) = (&is_ready, &mailboxes);
                    scope.spawn(move || {
                        let mut host = Host::new(mine);
                        mailboxes.lock().unwrap().push(host.mailbox.clone());
                        is_ready.fetch_add(1, Ordering::AcqRel);
                        while is_ready.load(Ordering::Acquire) < count {
                            thread::yield_now();
                        }
                        let limits = Limits { slice: Duration::from_millis(1), ..LIMITS };
                        for (at, step) in steps.iter().enumerate() {
                            random.stop();
                            let index = |end: usize| own.iter().position(|own| *own == end).unwrap();
                            let wait = |host: &Host, want| host.table.waiter(&[want]).unwrap().wait(limits, || false);
                            match *step {
                                Step::Send(end) => host.send(index(end)),
                                Step::SendWhenRoom(end) => {
                                    if wait(&host, Want::Room(host.keys[index(end)])) == Woken::Deadlocked {
                                        return (at, true);
                                    }
                                    host.send(index(end));
                                }
                                Step::Receive(end) => {
                                    let key = host.keys[index(end)];
                                    if wait(&host, Want::Message(key)) == Woken::Deadlocked {
                                        return (at, true);
                                    }
                                    host.table.receive(key);
                                }
                            }
                        }
                        (steps.len(), false)
                    })
                })
                .collect();
            // Somebody who wakes threads for no reason.
            for _ in 0..random.below(4) {
                random.stop();
                if let Some(mailbox) = mailboxes.lock().unwrap().last() {
                    mailbox.wake();
                }
            }
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }
}

/// All orders of these.
fn orders(of: &[usize]) -> Vec<Vec<usize>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let begin = |first: usize| {
        let others: Vec<usize> = of.iter().copied().filter(|each| *each != first).collect();
        orders(&others).into_iter().map(move |rest| [vec![first], rest].concat())
    };
    of.iter().flat_map(|first| begin(*first)).collect()
}

#[test]
fn ten_thousand_random_programs_hear_of_each_deadlock_and_of_no_other() {
    let mut random = Random::seeded("ten_thousand_random_programs");
    let (done, watched) = mpsc::channel::<()>();
    let watcher = thread::spawn(move || {
        // A deadlock of which nobody is told hangs the test.
        let late = watched.recv_timeout(Duration::from_secs(300)) == Err(mpsc::RecvTimeoutError::Timeout);
        if late {
            eprintln!("a deadlock was not told of");
            std::process::abort();
        }
    });
    let (mut deadlocks, mut finished) = (0, 0);
    for _ in 0..10_000 {
        let program = program(&mut random);
        let outcomes = program.run(&mut random);
        let told: Vec<usize> = (0..outcomes.len()).filter(|thread| outcomes[*thread].1).collect();
        match told.len() {
            0 => finished += 1,
            count => deadlocks += count,
        }
        let stopped: Vec<usize> = outcomes.iter().map(|(at, _)| *at).collect();
        let is_true = orders(&told).iter().any(|order| program.simulate(order).as_ref() == Some(&stopped));
        assert!(is_true, "{outcomes:?}: {:?} {:?}", program.endpoints, program.steps);
    }
    assert!(deadlocks > 1000 && finished > 1000, "{deadlocks} deadlocks, {finished} programs without");
    drop(done);
    watcher.join().unwrap();
}
