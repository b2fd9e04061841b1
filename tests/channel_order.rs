//! Random histories of broadcast groups, compared with a model: each table has a list of deliveries for each name, in the
//! order of sending, and at each sending in the order of joining.
//!
//! proptest prints the shortest failing history and keeps its seed in `channel_order.proptest-regressions`.
#![cfg(not(loom))]

#[path = "channel_support/records.rs"]
mod records;
#[path = "channel_support/thread.rs"]
mod thread;

use ferroport::channel::{Batch, Endpoint, Event, Key, Parcel, channel};
use ferroport::memory::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use records::{content, deliveries, number, records};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use thread::Thread;

const THREADS: usize = 3;
const NAMES: usize = 2;

/// Numbers choose among what there is, modulo how much there is.
#[derive(Clone, Debug)]
enum Step {
    Join {
        thread: usize,
        name: usize,
    },
    Leave(usize),
    Send {
        from: usize,
        count: usize,
        way: Way,
    },
    /// On the thread's port.
    Post {
        thread: usize,
        count: usize,
    },
    Receive(usize),
    Drain {
        thread: usize,
        events: usize,
        batches: Option<[usize; 3]>,
    },
    EndThread(usize),
}

#[derive(Clone, Copy, Debug)]
enum Way {
    Bytes,
    Owned,
    /// With a parcel that was sent before another member of this thread joined, if at all.
    Beside {
        late: Option<usize>,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let any = 0..1000usize;
    let way = prop_oneof![
        4 => Just(Way::Bytes),
        1 => Just(Way::Owned),
        1 => prop::option::of(any.clone()).prop_map(|late| Way::Beside { late }),
    ];
    let batches = (0..5000usize, 1..40usize, 0..100usize).prop_map(|(bytes, most, deliver)| [bytes, most, deliver]);
    prop_oneof![
        4 => (any.clone(), any.clone()).prop_map(|(thread, name)| Step::Join { thread, name }),
        1 => any.clone().prop_map(Step::Leave),
        10 => (any.clone(), 1..15usize, way).prop_map(|(from, count, way)| Step::Send { from, count, way }),
        2 => (any.clone(), 1..15usize).prop_map(|(thread, count)| Step::Post { thread, count }),
        3 => any.clone().prop_map(Step::Receive),
        8 => (any.clone(), 0..10usize, prop::option::of(batches))
            .prop_map(|(thread, events, batches)| Step::Drain { thread, events, batches }),
        1 => any.prop_map(Step::EndThread),
    ]
}

struct Host {
    thread: Thread,
    /// What sends to the port, its key, and what it was sent.
    sender: Endpoint,
    port: Key,
    posted: VecDeque<u64>,
    /// For each name, what is to be delivered to whom.
    due: [VecDeque<(u64, Key)>; NAMES],
}

impl Host {
    fn new() -> Self {
        let (sender, receiver) = channel();
        let mut thread = Thread::new();
        let port = thread.table.attach(receiver).unwrap();
        thread.table.start(port);
        Host { thread, sender, port, posted: VecDeque::new(), due: Default::default() }
    }

    fn is_quiet(&self) -> bool {
        self.posted.is_empty() && self.due.iter().all(VecDeque::is_empty)
    }

    /// A drain delivers this.
    fn got(&mut self, key: Key, bytes: &[u8]) {
        let number = number(bytes);
        if key == self.port {
            return assert_eq!(self.posted.pop_front(), Some(number), "on the port");
        }
        let of = self.due.iter_mut().find(|due| due.front() == Some(&(number, key)));
        let Some(due) = of else { panic!("{number} for {key:?} out of order, {:?} are next", self.due) };
        due.pop_front();
    }
}

#[derive(Clone, Copy)]
struct Member {
    thread: usize,
    name: usize,
    key: Key,
}

struct World {
    hosts: Vec<Host>,
    names: [String; NAMES],
    /// In the order of joining.
    members: Vec<Member>,
    sent: u64,
    parcels: BTreeMap<u64, Parcel>,
}

impl World {
    fn new() -> Self {
        static LAST: AtomicUsize = AtomicUsize::new(0);
        let names = [(); NAMES].map(|()| format!("order {}", LAST.fetch_add(1, Ordering::Relaxed)));
        let hosts = (0..THREADS).map(|_| Host::new()).collect();
        World { hosts, names, members: Vec::new(), sent: 0, parcels: BTreeMap::new() }
    }

    fn pick(&self, number: usize) -> Option<Member> {
        self.members.get(number % self.members.len().max(1)).copied()
    }

    fn join(&mut self, thread: usize, name: usize) {
        let key = self.hosts[thread].thread.table.join(&self.names[name]).unwrap();
        self.members.push(Member { thread, name, key });
    }

    fn send(&mut self, from: Member, way: Way) {
        self.sent += 1;
        let content = content(self.sent);
        let mut reached: Vec<_> = self.members.iter().filter(|other| other.name == from.name).copied().collect();
        reached.retain(|other| (other.thread, other.key) != (from.thread, from.key));
        let table = &mut self.hosts[from.thread].thread.table;
        let audience = table.audience(from.key).unwrap();
        assert_eq!(audience.others, reached.len());
        match way {
            Way::Bytes => table.broadcast_bytes(from.key, &content),
            Way::Owned => table.broadcast(from.key, Bytes::from(content)),
            Way::Beside { late } => {
                if let Some(thread) = late {
                    self.join(thread % THREADS, from.name);
                }
                let parcel = Parcel::new();
                self.parcels.insert(self.sent, parcel);
                let table = &mut self.hosts[from.thread].thread.table;
                table.broadcast_beside(from.key, Bytes::from(content), parcel, audience.youngest);
            }
        }
        for member in reached {
            self.hosts[member.thread].due[member.name].push_back((self.sent, member.key));
        }
    }

    fn drain(&mut self, thread: usize, events: usize, batches: Option<[usize; 3]>) {
        let host = &mut self.hosts[thread];
        host.thread.bell.rung.store(false, Ordering::Relaxed);
        let waiting = host.posted.len() + host.due.iter().map(VecDeque::len).sum::<usize>();
        assert!(host.thread.table.begin_drain() >= waiting.max(1000));
        let mut block = [0; 5000];
        for _ in 0..events {
            let next = match batches {
                Some([bytes, most, _]) => host.thread.table.next_batch(bytes, most, &mut block),
                None => host.thread.table.next_event().map(|(key, event)| match event {
                    Event::Message(message) => (key, Batch::Message(message)),
                    Event::Closed => (key, Batch::Closed),
                    Event::Room => (key, Batch::Room),
                    Event::Notice => (key, Batch::Notice),
                    Event::Ready => (key, Batch::Ready),
                }),
            };
            let Some((key, batch)) = next else { break };
            let targets = host.thread.table.targets().to_vec();
            let (count, all): (_, Vec<_>) = match batch {
                Batch::Closed => panic!("nothing closes here"),
                Batch::Room => panic!("nobody has asked for room"),
                Batch::Notice => panic!("nobody has left a notice"),
                Batch::Ready => panic!("nobody takes by itself"),
                Batch::Message(message) => {
                    let parcel = self.parcels.get(&number(&message.bytes)).copied();
                    assert_eq!(message.parcel(), parcel.filter(|_| key != host.port));
                    host.got(key, &message.bytes);
                    continue;
                }
                Batch::Records { count, bytes } => {
                    (count, records(&block[..bytes]).map(|content| (key, content)).collect())
                }
                Batch::Shared { count, bytes } => {
                    assert!(targets.len() > 1 && targets[0] == key);
                    (count, deliveries(&block[..bytes], &targets).collect())
                }
            };
            let [_, most, deliver] = batches.unwrap_or_default();
            assert!(count > 0 && count <= all.len() && all.len() <= most);
            let deliver = deliver % (all.len() + 1);
            all.into_iter().take(deliver).for_each(|(key, content)| host.got(key, content));
            host.thread.table.settle(deliver);
        }
        let asleep = host.thread.table.end_drain();
        assert_eq!(asleep, !host.thread.bell.rung.load(Ordering::Relaxed));
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Join { thread, name } => self.join(thread % THREADS, name % NAMES),
            Step::Leave(which) => {
                let Some(left) = self.pick(which) else { return };
                self.members.retain(|other| (other.thread, other.key) != (left.thread, left.key));
                let host = &mut self.hosts[left.thread];
                assert!(host.thread.table.close(left.key) && !host.thread.table.close(left.key));
                host.due[left.name].retain(|(_, key)| *key != left.key);
            }
            Step::Send { from, count, way } => {
                let Some(from) = self.pick(from) else { return };
                (0..count).for_each(|_| self.send(from, way));
            }
            Step::Post { thread, count } => {
                let host = &mut self.hosts[thread % THREADS];
                for _ in 0..count {
                    self.sent += 1;
                    host.sender.send_bytes(&content(self.sent)).unwrap();
                    host.posted.push_back(self.sent);
                }
            }
            Step::Receive(which) => {
                let Some(Member { thread, name, key }) = self.pick(which) else { return };
                let host = &mut self.hosts[thread];
                let received = host.thread.table.receive(key).map(|message| number(&message.bytes));
                let place = host.due[name].iter().position(|(_, target)| *target == key);
                let expected = place.and_then(|place| host.due[name].remove(place));
                assert_eq!(received, expected.map(|(number, _)| number));
            }
            Step::Drain { thread, events, batches } => self.drain(thread % THREADS, events, batches),
            Step::EndThread(thread) => {
                let thread = thread % THREADS;
                let ended = std::mem::replace(&mut self.hosts[thread], Host::new()).thread;
                drop(ended.table);
                ended.bell.gone.store(true, Ordering::Relaxed);
                self.members.retain(|member| member.thread != thread);
            }
        }
    }

    /// What must hold between any two steps: nothing waits that nobody was told of.
    fn check(&self) {
        for host in &self.hosts {
            assert!(host.is_quiet() || host.thread.bell.rung.load(Ordering::Relaxed), "nobody rang");
        }
    }

    /// Everything that was sent arrives.
    fn settle(&mut self) {
        for thread in 0..THREADS {
            while self.hosts[thread].thread.bell.rung.load(Ordering::Relaxed) {
                self.drain(thread, 1000, None);
            }
            assert!(self.hosts[thread].is_quiet(), "lost: {:?}", self.hosts[thread].due);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        max_shrink_iters: 20_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/channel_order.proptest-regressions"))),
        .. ProptestConfig::default()
    })]

    #[test]
    fn a_group_delivers_what_a_list_of_deliveries_does(steps in vec(step(), 1..120)) {
        let mut world = World::new();
        for step in steps {
            world.run(step);
            world.check();
        }
        world.settle();
    }
}
