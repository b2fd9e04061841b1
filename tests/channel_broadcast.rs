//! What the members of a name promise one another, one sentence at a time, and under any timing.
#![cfg(not(loom))]

#[path = "channel_support/random.rs"]
mod random;
#[path = "channel_support/records.rs"]
mod records;

use ferroport::channel::{Batch, Doorbell, Endpoint, Event, Key, Mailbox, Member, Message, Parcel, Poll, Table};
use ferroport::memory::Bytes;
use random::Random;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

#[derive(Clone, Default)]
struct Bell(Arc<AtomicUsize>);

impl Doorbell for Bell {
    fn ring(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn table() -> (Table, Bell) {
    let bell = Bell::default();
    (Table::new(Mailbox::new(Box::new(bell.clone()))), bell)
}

/// A name that no other test uses.
fn name(of: &str) -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("{of} {}", LAST.fetch_add(1, Ordering::Relaxed))
}

fn joined(name: &str, count: usize) -> (Vec<Member>, Vec<Endpoint>) {
    (0..count).map(|_| Member::join(name)).unzip()
}

fn poll(endpoint: &Endpoint) -> Option<Message> {
    match endpoint.poll() {
        Poll::Message(message) => Some(message),
        Poll::Closed => panic!("the group has left its member"),
        Poll::Empty => None,
    }
}

fn all(endpoint: &Endpoint) -> Vec<Vec<u8>> {
    std::iter::from_fn(|| poll(endpoint)).map(|message| message.bytes.to_vec()).collect()
}

#[test]
fn everybody_but_the_sender_gets_a_message() {
    let name = name("everybody");
    for count in 1..5 {
        let (members, endpoints) = joined(&name, count);
        for (sender, member) in members.iter().enumerate() {
            member.send_bytes(b"bytes");
            member.send(Bytes::from(&b"message"[..]), None, u64::MAX);
            for (index, endpoint) in endpoints.iter().enumerate() {
                let expected: &[&[u8]] = if index == sender { &[] } else { &[b"bytes", b"message"] };
                assert_eq!(all(endpoint), expected, "{index} of {count}, from {sender}");
            }
        }
    }
}

#[test]
fn a_name_is_nothing_to_another_one() {
    let (name, other) = (name("one"), name("other"));
    let (members, _endpoints) = joined(&name, 2);
    let (_others, elsewhere) = joined(&other, 2);
    members[0].send_bytes(b"x");
    assert!(elsewhere.iter().all(|endpoint| poll(endpoint).is_none()));
}

#[test]
fn the_bytes_of_a_message_are_the_same_memory_for_everybody() {
    let (members, endpoints) = joined(&name("shared"), 64);
    for length in [1, 100, 5_000, 1_000_000] {
        members[0].send_bytes(&vec![7; length]);
        let messages: Vec<_> = endpoints[1..].iter().filter_map(poll).collect();
        assert_eq!(messages.len(), 63);
        assert!(messages.iter().all(|message| message.bytes.len() == length), "{length}");
        assert!(messages.iter().all(|message| message.bytes.as_ptr() == messages[0].bytes.as_ptr()), "{length}");
    }
}

#[test]
fn long_bytes_stay_shared_where_messages_pile_up_and_short_ones_share_runs() {
    let (members, endpoints) = joined(&name("piled up"), 3);
    for number in 0..100 {
        members[0].send_bytes(&records::content(number));
        members[0].send_bytes(&[number as u8; 4000]);
    }
    for number in 0..100 {
        let short = [1, 2].map(|index| poll(&endpoints[index]).unwrap().bytes);
        assert!(short.iter().all(|bytes| records::number(bytes) == number));
        let long = [1, 2].map(|index| poll(&endpoints[index]).unwrap().bytes);
        assert!(long[0].as_ptr() == long[1].as_ptr() && *long[0] == [number as u8; 4000], "{number}");
    }
}

#[test]
fn who_joins_later_has_missed_what_was_sent_before() {
    let name = name("later");
    let (members, endpoints) = joined(&name, 2);
    members[0].send_bytes(b"before");
    let (late, late_endpoint) = Member::join(&name);
    members[0].send_bytes(b"after");
    late.send_bytes(b"from the late one");
    assert_eq!(all(&late_endpoint), [b"after"]);
    assert_eq!(all(&endpoints[0]), [b"from the late one"]);
    assert_eq!(all(&endpoints[1]), [&b"before"[..], b"after", b"from the late one"]);
}

#[test]
fn who_has_left_gets_nothing_and_is_not_counted() {
    let name = name("left");
    let (mut members, mut endpoints) = joined(&name, 4);
    // Both go, in either order, as a thread's table may.
    drop(endpoints.remove(3));
    assert_eq!(members[0].audience().others, 2);
    drop(members.remove(3));
    drop((members.remove(2), endpoints.remove(2)));
    assert_eq!(members[0].audience().others, 1);
    members[0].send_bytes(b"x");
    assert_eq!(all(&endpoints[1]), [b"x"]);
    drop((members.remove(1), endpoints.remove(1)));
    assert_eq!(members[0].audience().others, 0);
    members[0].send_bytes(b"to nobody");
    drop((members, endpoints));
    let (alone, _endpoint) = Member::join(&name);
    assert_eq!(alone.audience().others, 0);
}

#[test]
fn a_message_with_a_parcel_is_for_those_who_were_there_when_the_parcel_was_sent() {
    let name = name("parcel");
    let (members, endpoints) = joined(&name, 3);
    let audience = members[0].audience();
    assert_eq!(audience.others, 2);
    let (_late, late) = Member::join(&name);
    assert!(members[0].audience().youngest > audience.youngest);
    let parcel = Parcel::new();
    members[0].send(Bytes::default(), Some(parcel), audience.youngest);
    assert!(poll(&late).is_none() && poll(&endpoints[0]).is_none());
    for endpoint in &endpoints[1..] {
        assert_eq!(poll(endpoint).and_then(|message| message.parcel()), Some(parcel));
    }
}

#[test]
fn one_message_rings_each_sleeping_thread_once() {
    let name = name("bells");
    let (sender, _endpoint) = Member::join(&name);
    let mut threads: Vec<_> = (0..3).map(|_| table()).collect();
    let mut members = Vec::new();
    for (table, _) in &mut threads {
        for _ in 0..10 {
            let (member, endpoint) = Member::join(&name);
            let key = table.attach(endpoint).unwrap();
            table.start(key);
            members.push(member);
        }
    }
    sender.send_bytes(b"x");
    for (table, bell) in &mut threads {
        assert_eq!(bell.0.swap(0, Ordering::Relaxed), 1);
        let mut reached = 0;
        while let Some((_, event)) = table.next_event() {
            assert!(matches!(event, Event::Message(_)));
            reached += 1;
        }
        assert!(reached == 10 && table.end_drain());
    }
}

#[test]
fn a_member_hears_of_no_close_while_it_is_one() {
    let name = name("no close");
    let (mut table, _) = table();
    let (first, endpoint) = Member::join(&name);
    let key = table.attach(endpoint).unwrap();
    table.start(key);
    let (second, other) = Member::join(&name);
    drop((second, other));
    assert!(table.next_event().is_none());
    drop(first);
    assert!(matches!(table.next_event(), Some((closed, Event::Closed)) if closed == key));
}

/// Who sent a message, and its number there.
fn stamp(bytes: &[u8]) -> (u32, u64) {
    let sender = u32::from_le_bytes(bytes[..4].try_into().unwrap());
    (sender, records::number(&bytes[4..]))
}

fn stamped(sender: u32, number: u64) -> Vec<u8> {
    [&sender.to_le_bytes()[..], &records::content(number)].concat()
}

/// Members of one thread: what each has got last from whom.
struct Host {
    table: Table,
    members: HashMap<Key, (Member, HashMap<u32, u64>)>,
    /// Where Rust copies to, as in a thread's block.
    block: Vec<u8>,
}

impl Host {
    fn join(&mut self, name: &str) -> Key {
        let (member, endpoint) = Member::join(name);
        let key = self.table.attach(endpoint).unwrap();
        self.table.start(key);
        self.members.insert(key, (member, HashMap::new()));
        key
    }

    fn leave(&mut self, key: Key, random: &mut Random) {
        let member = self.members.remove(&key);
        if random.one_in(2) {
            drop(member);
            self.table.close(key);
        } else {
            self.table.close(key);
            drop(member);
        }
    }

    /// Nothing of a sender's is missing in between, whoever has come and gone meanwhile.
    fn got(&mut self, key: Key, bytes: &[u8]) {
        let (sender, number) = stamp(bytes);
        let Some((_, last)) = self.members.get_mut(&key) else { panic!("{key:?} has left") };
        if let Some(before) = last.insert(sender, number) {
            assert_eq!(number, before + 1, "from {sender}");
        }
    }

    fn drain(&mut self, random: &mut Random) {
        let mut budget = random.below(50);
        while budget > 0 {
            budget -= 1;
            let mut block = std::mem::take(&mut self.block);
            let (most, bytes) = (1 + random.below(20), random.below(block.len()));
            let next = self.table.next_batch(bytes, most, &mut block);
            match &next {
                None => budget = 0,
                Some((_, Batch::Closed)) => panic!("a member was closed by somebody else"),
                Some((key, Batch::Message(message))) => self.got(*key, &message.bytes),
                Some((key, Batch::Records { count, bytes })) => {
                    let deliver = random.below(count + 1);
                    for record in records::records(&block[..*bytes]).take(deliver) {
                        self.got(*key, record);
                    }
                    self.table.settle(deliver);
                }
            }
            self.block = block;
        }
    }
}

#[test]
fn order_holds_for_every_sender_at_every_member_while_members_come_and_go_on_many_threads() {
    let mut random = Random::seeded("order_holds");
    for _ in 0..20 {
        let name = name("many threads");
        let threads = 2 + random.below(5) as u32;
        let fixed: Vec<_> = (0..threads).map(|number| (number, random.fork())).collect();
        let barrier = Arc::new(std::sync::Barrier::new(fixed.len()));
        let counts: Vec<HashMap<u32, u64>> = thread::scope(|scope| {
            let running: Vec<_> = fixed
                .into_iter()
                .map(|(number, mut random)| {
                    let (name, barrier) = (name.clone(), barrier.clone());
                    scope.spawn(move || {
                        let (table, _bell) = table();
                        let mut host = Host { table, members: HashMap::new(), block: vec![0; 16 * 1024] };
                        let stays = host.join(&name);
                        let mut guests = Vec::new();
                        barrier.wait();
                        for sent in 0..300 {
                            host.members[&stays].0.send_bytes(&stamped(number, sent));
                            match random.below(20) {
                                0 => guests.push(host.join(&name)),
                                1 if !guests.is_empty() => {
                                    let guest = guests.swap_remove(random.below(guests.len()));
                                    host.leave(guest, &mut random);
                                }
                                2..8 => host.drain(&mut random),
                                _ => {}
                            }
                            random.stop();
                        }
                        barrier.wait();
                        while host.table.has_listed() {
                            host.drain(&mut random);
                        }
                        barrier.wait();
                        host.members.remove(&stays).unwrap().1
                    })
                })
                .collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for (own, last) in counts.iter().enumerate() {
            for sender in 0..threads {
                let expected = (sender as usize != own).then_some(299);
                assert_eq!(last.get(&sender).copied(), expected, "{own} from {sender}");
            }
        }
    }
}

#[test]
fn threads_that_join_send_and_end_at_any_moment_leave_no_group_behind() {
    let mut random = Random::seeded("end_at_any_moment");
    let name = name("endings");
    let threads: Vec<_> = (0..6)
        .map(|number| {
            let (name, mut random) = (name.clone(), random.fork());
            thread::spawn(move || {
                for _ in 0..200 {
                    let (table, _bell) = table();
                    let mut host = Host { table, members: HashMap::new(), block: vec![0; 1024] };
                    let key = host.join(&name);
                    for sent in 0..random.below(10) as u64 {
                        host.members[&key].0.send_bytes(&stamped(number, sent));
                        random.stop();
                    }
                    let Host { table, members, .. } = host;
                    // As a thread that ends: the table first.
                    drop(table);
                    random.stop();
                    drop(members);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(Member::join(&name).0.audience().others, 0);
}
