//! Random histories of channels, each step compared with a model that is too simple to be wrong.
//!
//! proptest prints the shortest failing history and keeps its seed in `channel_model.proptest-regressions`.
#![cfg(not(loom))]

#[path = "channel_support/records.rs"]
mod records;
#[path = "channel_support/steps.rs"]
mod steps;
#[path = "channel_support/thread.rs"]
mod thread;

use ferroport::channel::registry::{self, Token};
use ferroport::channel::{Batch, Event, Key, Message, SendError, channel};
use ferroport::memory::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use records::{content, number, records};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;
use steps::{Batches, Step, step};
use thread::Thread;

const THREADS: usize = 3;

type Id = usize;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Attached(usize),
    /// In a message in this endpoint's queue.
    Queue(Id),
    Parked,
    Closed,
}

/// The model of an endpoint.
struct Twin {
    peer: Id,
    place: Place,
    started: bool,
    queue: VecDeque<(u64, Vec<Id>)>,
    heard: bool,
    /// The last message was taken by `receive` from a stopped endpoint: its close waits for the call that finds nothing.
    unlooked: bool,
}

struct World {
    twins: Vec<Twin>,
    threads: Vec<Thread>,
    keys: BTreeMap<Id, Key>,
    tokens: BTreeMap<Id, Token>,
    posted: u64,
}

impl World {
    fn new() -> Self {
        let threads = (0..THREADS).map(|_| Thread::new()).collect();
        World { twins: vec![], threads, keys: BTreeMap::new(), tokens: BTreeMap::new(), posted: 0 }
    }

    fn attached(&self) -> Vec<Id> {
        self.keys.keys().copied().collect()
    }

    fn pick(&self, number: usize) -> Option<(Id, usize, Key)> {
        let attached = self.attached();
        let id = *attached.get(number % attached.len().max(1))?;
        let Place::Attached(thread) = self.twins[id].place else { panic!("{id} has a key and is not attached") };
        Some((id, thread, self.keys[&id]))
    }

    fn attach(&mut self, id: Id, endpoint: ferroport::channel::Endpoint, thread: usize) {
        let key = self.threads[thread].table.attach(endpoint).unwrap();
        assert!(self.threads[thread].ids.insert(key.into(), id).is_none(), "a key was given out twice");
        self.keys.insert(id, key);
        self.twins[id].place = Place::Attached(thread);
        self.twins[id].started = false;
        self.twins[id].unlooked = false;
    }

    fn detach(&mut self, id: Id) -> ferroport::channel::Endpoint {
        let Place::Attached(thread) = self.twins[id].place else { panic!("{id} is not attached") };
        let key = self.keys.remove(&id).unwrap();
        self.threads[thread].ids.remove(&key.into());
        let endpoint = self.threads[thread].table.detach(key).expect("attached");
        assert!(self.threads[thread].table.detach(key).is_none(), "a dead key named something");
        endpoint
    }

    /// What closing means: it, and whatever is in its queue.
    fn model_close(&mut self, id: Id) {
        let mut closing = vec![id];
        while let Some(id) = closing.pop() {
            self.twins[id].place = Place::Closed;
            self.keys.remove(&id);
            closing.extend(self.twins[id].queue.drain(..).flat_map(|(_, carried)| carried));
        }
    }

    /// Whether the endpoint would wait, somehow, in its own queue.
    fn never_arrives(&self, target: Id, carried: &[Id]) -> bool {
        let mut around = target;
        loop {
            if carried.contains(&around) {
                return true;
            }
            match self.twins[around].place {
                Place::Queue(outer) => around = outer,
                _ => return false,
            }
        }
    }

    fn is_due(&self, id: Id) -> bool {
        let twin = &self.twins[id];
        !twin.heard && twin.queue.is_empty() && self.twins[twin.peer].place == Place::Closed
    }

    fn is_deliverable(&self, id: Id) -> bool {
        self.is_due(id) && !self.twins[id].unlooked || self.twins[id].started && !self.twins[id].queue.is_empty()
    }

    /// The endpoint has received this content. What came along with it.
    fn read(&mut self, id: Id, bytes: &[u8]) -> Vec<Id> {
        let (posted, carried) = self.twins[id].queue.pop_front().expect("a message that was never posted, or twice");
        assert_eq!(number(bytes), posted, "out of order");
        carried
    }

    fn arrived(&mut self, id: Id, mut message: Message, thread: usize, open: bool) {
        let carried = self.read(id, &message.bytes);
        assert_eq!(message.endpoint_count(), carried.len());
        if open {
            // Back to front: taking them out in any order must do.
            for index in (0..carried.len()).rev() {
                let endpoint = message.take_endpoint(index).expect("carried");
                assert!(message.take_endpoint(index).is_none(), "taken twice");
                self.attach(carried[index], endpoint, thread);
            }
        } else {
            drop(message);
            carried.into_iter().for_each(|id| self.model_close(id));
        }
    }

    fn drain(&mut self, thread: usize, events: usize, batches: Option<Batches>, open: bool) {
        self.threads[thread].bell.rung.store(false, Ordering::Relaxed);
        let waiting: usize = self
            .attached()
            .into_iter()
            .filter(|id| self.twins[*id].place == Place::Attached(thread) && self.is_deliverable(*id))
            .map(|id| self.twins[id].queue.len())
            .sum();
        assert!(self.threads[thread].table.begin_drain() >= waiting.max(1000));
        let mut block = [0; 5000];
        for _ in 0..events {
            let table = &mut self.threads[thread].table;
            let batch = match batches {
                Some(most) => table.next_batch(most.bytes, most.messages, &mut block),
                None => table.next_event().map(|(key, event)| match event {
                    Event::Message(message) => (key, Batch::Message(message)),
                    Event::Closed => (key, Batch::Closed),
                    Event::Room => (key, Batch::Room),
                    Event::Notice => (key, Batch::Notice),
                    Event::Ready => (key, Batch::Ready),
                }),
            };
            let Some((key, batch)) = batch else { break };
            let id = self.threads[thread].ids[&key.into()];
            assert_eq!(self.twins[id].place, Place::Attached(thread));
            assert!(self.twins[id].started || matches!(batch, Batch::Closed), "delivered to a stopped endpoint");
            match batch {
                Batch::Message(message) => self.arrived(id, message, thread, open),
                Batch::Records { count, bytes } => {
                    let most = batches.expect("a batch");
                    assert!((1..=most.messages).contains(&count) && bytes <= most.bytes);
                    assert_eq!(records(&block[..bytes]).count(), count);
                    let delivered = most.deliver % (count + 1);
                    for content in records(&block[..bytes]).take(delivered) {
                        assert!(self.read(id, content).is_empty(), "what came along is lost");
                    }
                    self.threads[thread].table.settle(delivered);
                }
                Batch::Shared { .. } => panic!("nobody has joined a group"),
                Batch::Room => panic!("nobody has asked for room"),
                Batch::Notice => panic!("nobody has left a notice"),
                Batch::Ready => panic!("nobody takes by itself"),
                Batch::Closed => {
                    assert!(self.is_due(id), "closed too early, or twice");
                    self.twins[id].heard = true;
                }
            }
        }
        let asleep = self.threads[thread].table.end_drain();
        assert_eq!(asleep, !self.threads[thread].bell.rung.load(Ordering::Relaxed));
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Open { first, second } => {
                let id = self.twins.len();
                let (a, b) = channel();
                assert!(a.is_entangled_with(&b) && !a.is_entangled_with(&a));
                for peer in [id + 1, id] {
                    let queue = VecDeque::new();
                    self.twins.push(Twin {
                        peer,
                        place: Place::Parked,
                        started: false,
                        queue,
                        heard: false,
                        unlooked: false,
                    });
                }
                self.attach(id, a, first % THREADS);
                self.attach(id + 1, b, second % THREADS);
            }
            Step::Post { from, carry } => {
                let Some((from, thread, key)) = self.pick(from) else { return };
                let mut carried: Vec<Id> = vec![];
                for number in carry {
                    let Some((id, ..)) = self.pick(number) else { continue };
                    if id != from && !carried.contains(&id) {
                        carried.push(id);
                    }
                }
                let endpoints: Vec<_> = carried.iter().map(|id| self.detach(*id)).collect();
                self.posted += 1;
                let message = Message::with_endpoints(Bytes::from(content(self.posted)), endpoints);
                let target = self.twins[from].peer;
                let outcome = self.threads[thread].table.get(key).unwrap().send(message);
                if self.twins[target].place == Place::Closed {
                    assert!(matches!(outcome, Err(SendError::Closed(_))));
                    drop(outcome);
                    carried.into_iter().for_each(|id| self.model_close(id));
                } else if self.never_arrives(target, &carried) {
                    assert!(matches!(outcome, Err(SendError::PostedToItself)));
                    carried.into_iter().for_each(|id| self.model_close(id));
                } else {
                    outcome.unwrap();
                    carried.iter().for_each(|id| self.twins[*id].place = Place::Queue(target));
                    self.twins[target].queue.push_back((self.posted, carried));
                }
            }
            Step::Burst { from, count } => {
                let Some((from, thread, key)) = self.pick(from) else { return };
                let target = self.twins[from].peer;
                for _ in 0..count {
                    self.posted += 1;
                    let outcome = self.threads[thread].table.get(key).unwrap().send_bytes(&content(self.posted));
                    if self.twins[target].place == Place::Closed {
                        assert!(matches!(outcome, Err(SendError::Closed(_))));
                    } else {
                        outcome.unwrap();
                        self.twins[target].queue.push_back((self.posted, vec![]));
                    }
                }
            }
            Step::Start(which) => {
                let Some((id, thread, key)) = self.pick(which) else { return };
                self.threads[thread].table.start(key);
                self.twins[id].started = true;
                self.twins[id].unlooked = false;
            }
            Step::Stop(which) => {
                let Some((id, thread, key)) = self.pick(which) else { return };
                self.threads[thread].table.stop(key);
                self.twins[id].started = false;
            }
            Step::Receive { at, open } => {
                let Some((id, thread, key)) = self.pick(at) else { return };
                match self.threads[thread].table.receive(key) {
                    Some(message) => {
                        self.arrived(id, message, thread, open);
                        self.twins[id].unlooked = self.twins[id].queue.is_empty() && !self.twins[id].started;
                    }
                    None => {
                        assert!(self.twins[id].queue.is_empty(), "lost");
                        self.twins[id].unlooked = false;
                    }
                }
            }
            Step::Move { which, to } => {
                let Some((id, ..)) = self.pick(which) else { return };
                let endpoint = self.detach(id);
                self.attach(id, endpoint, to % THREADS);
            }
            Step::Close(which) => {
                let Some((id, thread, key)) = self.pick(which) else { return };
                assert!(self.threads[thread].table.close(key));
                self.model_close(id);
                assert!(!self.threads[thread].table.close(key));
            }
            Step::Park(which) => {
                let Some((id, ..)) = self.pick(which) else { return };
                let endpoint = self.detach(id);
                self.tokens.insert(id, registry::park(endpoint).unwrap());
                self.twins[id].place = Place::Parked;
            }
            Step::Claim { which, to } => {
                let Some((id, token)) = self.unpark(which) else { return };
                let endpoint = registry::claim(&token).expect("parked");
                assert!(registry::claim(&token).is_none());
                self.attach(id, endpoint, to % THREADS);
            }
            Step::Revoke(which) => {
                let Some((id, token)) = self.unpark(which) else { return };
                assert!(registry::revoke(&token));
                assert!(!registry::revoke(&token));
                self.model_close(id);
            }
            Step::Drain { thread, events, batches, open } => self.drain(thread % THREADS, events, batches, open),
            Step::EndThread(thread) => {
                let thread = thread % THREADS;
                let ended = std::mem::replace(&mut self.threads[thread], Thread::new());
                drop(ended.table);
                ended.bell.gone.store(true, Ordering::Relaxed);
                ended.ids.into_values().for_each(|id| self.model_close(id));
            }
        }
    }

    fn unpark(&mut self, which: usize) -> Option<(Id, Token)> {
        let parked: Vec<Id> = self.tokens.keys().copied().collect();
        let id = *parked.get(which % parked.len().max(1))?;
        Some((id, self.tokens.remove(&id).unwrap()))
    }

    /// What must hold between any two steps.
    fn check(&self) {
        for (id, key) in &self.keys {
            let Place::Attached(thread) = self.twins[*id].place else { panic!("{id} is not attached") };
            let thread = &self.threads[thread];
            let endpoint = thread.table.get(*key).expect("attached");
            assert_eq!(endpoint.queued(), self.twins[*id].queue.len());
            assert_eq!(endpoint.is_peer_closed(), self.twins[self.twins[*id].peer].place == Place::Closed);
            if self.is_deliverable(*id) {
                assert!(thread.bell.rung.load(Ordering::Relaxed), "something waits, and nobody rang");
            }
        }
    }

    /// Starts everything and drains until all is quiet: what was posted to the living arrives.
    fn settle(&mut self) {
        while let Some((id, token)) = self.unpark(0) {
            let endpoint = registry::claim(&token).expect("parked");
            self.attach(id, endpoint, 0);
        }
        loop {
            for id in self.attached() {
                let Place::Attached(thread) = self.twins[id].place else { panic!("{id} is not attached") };
                self.threads[thread].table.start(self.keys[&id]);
                self.twins[id].started = true;
                self.twins[id].unlooked = false;
            }
            let Some(thread) = self.threads.iter().position(|it| it.bell.rung.load(Ordering::Relaxed)) else { break };
            self.drain(thread, 1000, None, true);
            self.check();
        }
        for (id, twin) in self.twins.iter().enumerate() {
            assert!(twin.queue.is_empty(), "a message for {id} ({:?}) never arrived", twin.place);
            let alive = matches!(twin.place, Place::Attached(_));
            assert!(alive || twin.place == Place::Closed, "{id} was lost: {:?}", twin.place);
            if alive {
                assert_eq!(twin.heard, self.twins[twin.peer].place == Place::Closed, "{id} did not hear the close");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1500,
        max_shrink_iters: 20_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/channel_model.proptest-regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_history_ends_as_in_the_model(steps in vec(step(), 1..150)) {
        let mut world = World::new();
        for step in steps {
            world.run(step);
            world.check();
        }
        world.settle();
    }
}
