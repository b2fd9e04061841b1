//! Real threads, random stops: what must hold under any timing.
//!
//! Each test prints its seed; `FERROPORT_SEED=<seed>` makes the same random choices again (the timing is the
//! machine's).
#![cfg(not(loom))]

#[path = "channel_support/random.rs"]
mod random;
#[path = "channel_support/records.rs"]
mod records;

use ferroport::channel::{Batch, Doorbell, Endpoint, Event, Key, Mailbox, Message, Poll, SendError, Table, channel};
use ferroport::memory::Bytes;
use random::Random;
use records::{content, records};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// A thread that drains when it is rung for, like an event loop.
struct Host {
    table: Table,
    alarm: Arc<Alarm>,
    random: Random,
}

#[derive(Default)]
struct Alarm {
    rung: Mutex<bool>,
    wake: Condvar,
    gone: AtomicBool,
}

struct Bell(Arc<Alarm>);

impl Doorbell for Bell {
    fn ring(&self) {
        assert!(!self.0.gone.load(Ordering::SeqCst), "rung after the thread ended");
        *self.0.rung.lock().unwrap() = true;
        self.0.wake.notify_one();
    }
}

impl Host {
    fn new(random: Random) -> Self {
        let alarm = Arc::new(Alarm::default());
        Host { table: Table::new(Mailbox::new(Box::new(Bell(alarm.clone())))), alarm, random }
    }

    /// Waits to be rung for. A wake-up that is lost shows as a failure here, not as a hang.
    fn wait(&mut self) {
        let mut rung = self.alarm.rung.lock().unwrap();
        while !*rung {
            let (guard, timeout) = self.alarm.wake.wait_timeout(rung, Duration::from_secs(20)).unwrap();
            assert!(!timeout.timed_out(), "nobody rang for 20 s");
            rung = guard;
        }
        *rung = false;
    }

    /// One drain of random length.
    fn drain(&mut self, mut deliver: impl FnMut(&mut Table, &mut Random, Key, Event)) {
        self.table.begin_drain();
        for _ in 0..1 + self.random.below(40) {
            let Some((key, event)) = self.table.next_event() else { break };
            deliver(&mut self.table, &mut self.random, key, event);
            self.random.stop();
        }
        self.table.end_drain();
    }

    fn end(self) {
        drop(self.table);
        self.alarm.gone.store(true, Ordering::SeqCst);
    }
}

fn numbered(number: u64) -> Message {
    Message::new(Bytes::from(&number.to_le_bytes()[..]))
}

fn number(message: &Message) -> u64 {
    u64::from_le_bytes(message.bytes[..].try_into().unwrap())
}

/// A message with an endpoint in it, and the other end, which tells whether the message is gone.
fn traced() -> (Message, Endpoint) {
    let (inside, outside) = channel();
    (Message::with_endpoints(Bytes::default(), vec![inside]), outside)
}

#[test]
fn four_senders_arrive_complete_and_in_order_at_a_receiver_that_stops_and_starts() {
    const EACH: u64 = 20_000;
    let mut random = Random::seeded("four senders");
    let mut host = Host::new(random.fork());
    let mut expected = HashMap::new();
    thread::scope(|scope| {
        for _ in 0..4 {
            let (a, b) = channel();
            let key = host.table.attach(b).unwrap();
            host.table.start(key);
            expected.insert(key, 0);
            let mut random = random.fork();
            scope.spawn(move || {
                for number in 0..EACH {
                    a.send(numbered(number)).unwrap();
                    random.stop();
                }
            });
        }
        let keys: Vec<Key> = expected.keys().copied().collect();
        while !expected.is_empty() {
            host.wait();
            host.drain(|table, random, key, event| match event {
                Event::Message(message) => {
                    let expected = expected.get_mut(&key).expect("a message after the close");
                    assert_eq!(number(&message), *expected);
                    *expected += 1;
                    if random.one_in(20) {
                        table.stop(keys[random.below(keys.len())]);
                    }
                }
                Event::Closed => assert_eq!(expected.remove(&key), Some(EACH), "closed twice, or too early"),
                Event::Room | Event::Notice | Event::Ready => panic!("nobody has asked for room or left a notice"),
            });
            keys.iter().for_each(|key| host.table.start(*key));
        }
    });
}

#[test]
fn messages_taken_in_batches_arrive_complete_and_in_order_whatever_is_left_of_a_batch() {
    const EACH: u64 = 60_000;
    let mut random = Random::seeded("batches");
    let mut host = Host::new(random.fork());
    let mut expected = HashMap::new();
    thread::scope(|scope| {
        for _ in 0..3 {
            let (a, b) = channel();
            expected.insert(host.table.attach(b).unwrap(), 1);
            let mut random = random.fork();
            scope.spawn(move || {
                for number in 1..=EACH {
                    if random.one_in(500) {
                        // What carries something does not go into runs.
                        let bytes = Bytes::from(content(number));
                        a.send(Message::with_endpoints(bytes, vec![channel().0])).unwrap();
                    } else {
                        a.send_bytes(&content(number)).unwrap();
                    }
                    random.stop();
                }
            });
        }
        let mut block = vec![0; 4096];
        while !expected.is_empty() {
            expected.keys().for_each(|key| host.table.start(*key));
            host.wait();
            host.table.begin_drain();
            for _ in 0..random.below(100) {
                let most = (random.below(block.len()), 1 + random.below(100));
                let Some((key, batch)) = host.table.next_batch(most.0, most.1, &mut block) else { break };
                let next = expected.get_mut(&key).expect("a message after the close");
                match batch {
                    Batch::Records { count, bytes } => {
                        let delivered = random.below(count + 1);
                        for record in records(&block[..bytes]).take(delivered) {
                            assert_eq!(records::number(record), *next);
                            *next += 1;
                        }
                        random.stop();
                        host.table.settle(delivered);
                    }
                    Batch::Message(message) => {
                        assert_eq!(records::number(&message.bytes), *next);
                        *next += 1;
                    }
                    Batch::Shared { .. } => panic!("nobody has joined a group"),
                    Batch::Room => panic!("nobody has asked for room"),
                    Batch::Notice | Batch::Ready => panic!("nobody has left a notice"),
                    Batch::Closed => {
                        assert_eq!(expected.remove(&key), Some(EACH + 1), "closed twice, or too early");
                        continue;
                    }
                }
                if random.one_in(20) {
                    host.table.stop(key);
                }
                if random.one_in(50) {
                    let endpoint = host.table.detach(key).unwrap();
                    random.stop();
                    let next = expected.remove(&key).unwrap();
                    let key = host.table.attach(endpoint).unwrap();
                    expected.insert(key, next);
                    host.table.start(key);
                }
            }
            host.table.end_drain();
        }
    });
}

#[test]
fn endpoints_that_wander_between_threads_receive_everything_in_order_and_one_close() {
    const HOSTS: usize = 3;
    const WANDERERS: usize = 6;
    const EACH: u64 = 6_000;
    let mut random = Random::seeded("wanderers");
    let finished = AtomicUsize::new(0);
    // Host i posts to host i + 1, and leaves when its own `quit` closes.
    let (outs, ins): (Vec<_>, Vec<_>) = (0..HOSTS).map(|_| channel()).unzip();
    let (quits, quitting): (Vec<_>, Vec<_>) = (0..HOSTS).map(|_| channel()).unzip();
    let (sources, mut wanderers): (Vec<_>, Vec<_>) = (0..WANDERERS).map(|_| channel()).unzip();
    let quits = Mutex::new(quits);

    thread::scope(|scope| {
        for source in sources {
            let mut random = random.fork();
            scope.spawn(move || {
                for number in 0..EACH {
                    source.send(numbered(number)).unwrap();
                    random.stop();
                }
            });
        }
        let mut ins: Vec<Option<Endpoint>> = ins.into_iter().map(Some).collect();
        for ((host, out), quit) in (0..HOSTS).zip(outs).zip(quitting) {
            let random = random.fork();
            let arriving = ins[(host + HOSTS - 1) % HOSTS].take().unwrap();
            let starting: Vec<Endpoint> = if host == 0 { std::mem::take(&mut wanderers) } else { vec![] };
            let (finished, quits) = (&finished, &quits);
            scope.spawn(move || {
                let mut host = Host::new(random);
                let arriving = host.table.attach(arriving).unwrap();
                host.table.start(arriving);
                let quit = host.table.attach(quit).unwrap();
                // The next number each of the wanderers here waits for.
                let mut here = HashMap::new();
                for wanderer in starting {
                    here.insert(host.table.attach(wanderer).unwrap(), 0);
                }
                here.keys().for_each(|key| host.table.start(*key));
                let mut done = false;
                while !done {
                    host.wait();
                    host.drain(|table, random, key, event| match event {
                        Event::Message(mut message) if key == arriving => {
                            let endpoint = message.take_endpoint(0).unwrap();
                            random.stop();
                            let key = table.attach(endpoint).unwrap();
                            here.insert(key, number(&message));
                            random.stop();
                            table.start(key);
                        }
                        Event::Message(message) => {
                            let expected = here.get_mut(&key).expect("a message after the close");
                            assert_eq!(number(&message), *expected);
                            *expected += 1;
                            if random.one_in(8) {
                                let expected = here.remove(&key).unwrap();
                                let endpoint = table.detach(key).unwrap();
                                random.stop();
                                let bytes = Bytes::from(&expected.to_le_bytes()[..]);
                                out.send(Message::with_endpoints(bytes, vec![endpoint])).unwrap();
                            }
                        }
                        Event::Room | Event::Notice | Event::Ready => {
                            panic!("nobody has asked for room or left a notice")
                        }
                        Event::Closed if key == quit => done = true,
                        // A neighbour left, which it does when all is finished.
                        Event::Closed if key == arriving => {}
                        Event::Closed => {
                            assert_eq!(here.remove(&key), Some(EACH), "closed twice, or too early");
                            if finished.fetch_add(1, Ordering::SeqCst) + 1 == WANDERERS {
                                quits.lock().unwrap().clear();
                            }
                        }
                    });
                }
                host.end();
            });
        }
    });
    assert_eq!(finished.into_inner(), WANDERERS);
}

#[test]
fn ten_threads_may_post_to_a_thread_that_dies() {
    const ROUNDS: usize = 60;
    const SENDERS: usize = 10;
    let mut random = Random::seeded("a thread that dies");
    for _ in 0..ROUNDS {
        let mut host = Host::new(random.fork());
        // One port that all ten post to, and one for each.
        let (shared, target) = channel();
        let (own, targets): (Vec<_>, Vec<_>) = (0..SENDERS).map(|_| channel()).unzip();
        let keys: Vec<Key> = targets.into_iter().chain([target]).map(|it| host.table.attach(it).unwrap()).collect();
        keys.iter().for_each(|key| host.table.start(*key));
        let lifetime = random.below(100);
        thread::scope(|scope| {
            let senders: Vec<_> = own
                .into_iter()
                .map(|own| {
                    let (mut random, shared) = (random.fork(), &shared);
                    scope.spawn(move || {
                        let mut tracers = vec![];
                        let mut open = 2;
                        while open > 0 {
                            open = 0;
                            for endpoint in [shared, &own] {
                                let (message, tracer) = traced();
                                tracers.push(tracer);
                                match endpoint.send(message) {
                                    Ok(()) => open += 1,
                                    Err(SendError::Closed(_)) => {}
                                    Err(SendError::PostedToItself) => panic!("it was not"),
                                }
                                random.stop();
                            }
                        }
                        assert!(matches!(own.poll(), Poll::Closed) && matches!(own.poll(), Poll::Empty));
                        tracers
                    })
                })
                .collect();
            for _ in 0..lifetime {
                host.drain(|_, _, _, event| assert!(matches!(event, Event::Message(_))));
            }
            host.end();
            // All of them first: a sender's message may be in the hands of another, who is emptying the queue.
            let tracers: Vec<_> = senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect();
            assert!(tracers.iter().all(Endpoint::is_peer_closed), "a message stayed behind in a dead queue");
        });
        assert!(matches!(shared.poll(), Poll::Closed));
    }
}
