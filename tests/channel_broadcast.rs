//! What the members of a name promise one another, one sentence at a time, and under any timing.
#![cfg(not(loom))]

#[path = "channel_support/random.rs"]
mod random;
#[path = "channel_support/records.rs"]
mod records;

use ferroport::channel::{Batch, Doorbell, Event, Key, Mailbox, Message, Parcel, Table, channel};
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

/// Members of one name, of which each knows in which table it is.
struct Crowd {
    name: String,
    tables: Vec<Table>,
    members: Vec<(usize, Key)>,
}

impl Crowd {
    /// One member for each number, in the table of that number.
    fn new(name: String, places: &[usize]) -> Self {
        let tables = (0..=places.iter().copied().max().unwrap_or(0)).map(|_| table().0).collect();
        let mut crowd = Crowd { name, tables, members: Vec::new() };
        for place in places {
            crowd.join(*place);
        }
        crowd
    }

    fn join(&mut self, place: usize) -> usize {
        self.members.push((place, self.tables[place].join(&self.name).unwrap()));
        self.members.len() - 1
    }

    fn table(&mut self, member: usize) -> (&mut Table, Key) {
        let (place, key) = self.members[member];
        (&mut self.tables[place], key)
    }

    fn send(&mut self, member: usize, bytes: &[u8]) {
        let (table, key) = self.table(member);
        table.broadcast_bytes(key, bytes);
    }

    fn close(&mut self, member: usize) {
        let (table, key) = self.table(member);
        assert!(table.close(key) && !table.close(key));
    }

    fn others(&mut self, member: usize) -> usize {
        let (table, key) = self.table(member);
        table.audience(key).unwrap().others
    }

    fn next(&mut self, member: usize) -> Option<Message> {
        let (table, key) = self.table(member);
        table.receive(key)
    }

    fn all(&mut self, member: usize) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| self.next(member)).map(|message| message.bytes.to_vec()).collect()
    }
}

/// Members all in one table, each in its own, and some here, some there.
fn places(count: usize) -> [Vec<usize>; 3] {
    [vec![0; count], (0..count).collect(), (0..count).map(|member| member % 2).collect()]
}

#[test]
fn everybody_but_the_sender_gets_a_message() {
    for count in 1..5 {
        for places in places(count) {
            let mut crowd = Crowd::new(name("everybody"), &places);
            for sender in 0..count {
                crowd.send(sender, b"bytes");
                let (table, key) = crowd.table(sender);
                table.broadcast(key, Bytes::from(&b"message"[..]));
                for member in 0..count {
                    let expected: &[&[u8]] = if member == sender { &[] } else { &[b"bytes", b"message"] };
                    assert_eq!(crowd.all(member), expected, "{member} of {places:?}, from {sender}");
                }
            }
        }
    }
}

#[test]
fn a_name_is_nothing_to_another_one() {
    let mut crowd = Crowd::new(name("one"), &[0, 0]);
    let other = crowd.tables[0].join(&name("other")).unwrap();
    crowd.send(0, b"x");
    assert!(crowd.tables[0].receive(other).is_none());
}

#[test]
fn the_bytes_of_a_message_are_the_same_memory_for_everybody() {
    for places in places(64) {
        let mut crowd = Crowd::new(name("shared"), &places);
        for length in [1, 100, 5_000, 1_000_000] {
            crowd.send(0, &vec![7; length]);
            let messages: Vec<_> = (1..64).filter_map(|member| crowd.next(member)).collect();
            assert_eq!(messages.len(), 63);
            assert!(messages.iter().all(|message| message.bytes.len() == length), "{length}");
            assert!(messages.iter().all(|message| message.bytes.as_ptr() == messages[0].bytes.as_ptr()), "{length}");
        }
    }
}

#[test]
fn long_bytes_stay_shared_where_messages_pile_up_and_short_ones_share_runs() {
    let mut crowd = Crowd::new(name("piled up"), &[0, 1, 2]);
    for number in 0..100 {
        crowd.send(0, &records::content(number));
        crowd.send(0, &[number as u8; 4000]);
    }
    for number in 0..100 {
        let short = [1, 2].map(|member| crowd.next(member).unwrap().bytes);
        assert!(short.iter().all(|bytes| records::number(bytes) == number));
        let long = [1, 2].map(|member| crowd.next(member).unwrap().bytes);
        assert!(long[0].as_ptr() == long[1].as_ptr() && *long[0] == [number as u8; 4000], "{number}");
    }
}

#[test]
fn who_joins_later_has_missed_what_was_sent_before() {
    for places in [[0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 2]] {
        let mut crowd = Crowd::new(name("later"), &places[..2]);
        crowd.tables.resize_with(3, || table().0);
        crowd.send(0, b"before");
        let late = crowd.join(places[2]);
        crowd.send(0, b"after");
        crowd.send(late, b"from the late one");
        assert_eq!(crowd.all(late), [b"after"]);
        assert_eq!(crowd.all(0), [b"from the late one"]);
        assert_eq!(crowd.all(1), [&b"before"[..], b"after", b"from the late one"]);
    }
}

#[test]
fn who_has_left_gets_nothing_and_is_not_counted() {
    for places in places(4) {
        let mut crowd = Crowd::new(name("left"), &places);
        for left in [3, 2, 1] {
            assert_eq!(crowd.others(0), left);
            crowd.send(0, b"x");
            crowd.close(left);
            assert!(crowd.next(left).is_none());
            assert!((1..left).all(|member| crowd.all(member) == [b"x"]));
        }
        assert_eq!(crowd.others(0), 0);
        crowd.send(0, b"to nobody");
        crowd.close(0);
        let alone = crowd.join(0);
        assert_eq!(crowd.others(alone), 0);
    }
}

#[test]
fn the_members_of_a_table_that_ends_leave_and_so_do_those_whose_group_is_gone() {
    let mut crowd = Crowd::new(name("ended"), &[0, 1, 1]);
    drop(crowd.tables.pop());
    assert_eq!(crowd.others(0), 0);
    crowd.send(0, b"to nobody");
    crowd.tables.push(table().0);
    let late = crowd.join(1);
    crowd.send(late, b"x");
    assert_eq!(crowd.all(0), [b"x"]);
}

#[test]
fn a_message_with_a_parcel_is_for_those_who_were_there_when_the_parcel_was_sent() {
    for places in places(3) {
        let mut crowd = Crowd::new(name("parcel"), &places);
        let (table, key) = crowd.table(0);
        let audience = table.audience(key).unwrap();
        assert_eq!(audience.others, 2);
        let late: Vec<_> = (0..crowd.tables.len()).map(|place| crowd.join(place)).collect();
        let (table, key) = crowd.table(0);
        assert!(table.audience(key).unwrap().youngest > audience.youngest);
        let parcel = Parcel::new();
        table.broadcast_beside(key, Bytes::default(), parcel, audience.youngest);
        assert!(late.into_iter().chain([0]).all(|member| crowd.next(member).is_none()));
        for member in 1..3 {
            assert_eq!(crowd.next(member).and_then(|message| message.parcel()), Some(parcel));
        }
    }
}

#[test]
fn one_message_rings_each_sleeping_thread_once() {
    let name = name("bells");
    let (mut here, _) = table();
    let sender = here.join(&name).unwrap();
    let mut threads: Vec<_> = (0..3).map(|_| table()).collect();
    for (table, _) in &mut threads {
        assert!((0..10).all(|_| table.join(&name).is_ok()));
    }
    here.broadcast_bytes(sender, b"x");
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
fn nobody_hears_or_is_woken_when_members_leave() {
    let (mut table, bell) = table();
    let name = name("no close");
    let members: Vec<_> = (0..3).map(|_| table.join(&name).unwrap()).collect();
    assert!(members.into_iter().all(|key| table.close(key)));
    assert!(table.next_event().is_none() && bell.0.load(Ordering::Relaxed) == 0);
}

#[test]
fn keys_of_members_are_no_endpoints() {
    let (mut table, _) = table();
    let member = table.join(&name("keys")).unwrap();
    assert!(table.get(member).is_none() && table.detach(member).is_none() && table.peer_key(member).is_none());
    table.stop(member);
    assert!(table.is_empty() && table.audience(member).is_some() && table.close(member));
    let endpoint = table.attach(channel().0).unwrap();
    table.broadcast_bytes(endpoint, b"x");
    assert!(table.seat(endpoint).is_none() && table.audience(endpoint).is_none());
}

/// What a drain delivers, of whatever is small in batches of at most `most` deliveries.
fn delivered(table: &mut Table, most: usize) -> Vec<(Key, Vec<u8>)> {
    let mut found = Vec::new();
    let mut block = [0; 16 * 1024];
    while let Some((key, batch)) = table.next_batch(16 * 1024, most, &mut block) {
        match batch {
            Batch::Closed | Batch::Room | Batch::Notice | Batch::Ready => {}
            Batch::Message(message) => found.push((key, message.bytes.to_vec())),
            Batch::Records { count, bytes } => {
                found.extend(records::records(&block[..bytes]).map(|record| (key, record.to_vec())));
                table.settle(count);
            }
            Batch::Shared { count, bytes } => {
                let before = found.len();
                let all = records::deliveries(&block[..bytes], table.targets());
                found.extend(all.map(|(target, content)| (target, content.to_vec())));
                assert!((count..=most).contains(&(found.len() - before)));
                table.settle(found.len() - before);
            }
        }
    }
    found
}

#[test]
fn a_message_reaches_all_members_of_a_table_before_the_next_one_does_whoever_sends() {
    for most in [1, 2, 3, 7, 1000] {
        let mut crowd = Crowd::new(name("in order"), &[0, 0, 0, 0, 1]);
        let mut expected = Vec::new();
        for number in 0..200_u64 {
            let sender = [0, 1, 1, 1, 1, 4, 4, 2, 3][number as usize % 9];
            crowd.send(sender, &records::content(number));
            let reached = (0..4).filter(|member| *member != sender);
            expected.extend(reached.map(|member| (crowd.members[member].1, records::content(number))));
        }
        assert!(delivered(&mut crowd.tables[0], most) == expected, "{most} at a time");
    }
}

#[test]
fn members_are_not_too_many_for_a_batch() {
    let mut crowd = Crowd::new(name("many"), &[0; 3000]);
    for number in 0..10 {
        crowd.send(0, &[number]);
    }
    let keys: Vec<_> = crowd.members[1..].iter().map(|(_, key)| *key).collect();
    let found = delivered(&mut crowd.tables[0], usize::MAX);
    assert_eq!(found.len(), 29_990);
    assert!(found.chunks(2999).zip(0..).all(|(chunk, number)| {
        chunk.iter().zip(&keys).all(|((reached, content), key)| reached == key && *content == [number])
    }));
}

#[test]
fn ports_have_their_turn_between_the_messages_of_a_group() {
    let mut crowd = Crowd::new(name("turns"), &[0, 0, 0]);
    let table = &mut crowd.tables[0];
    let (sender, receiver) = channel();
    let port = table.attach(receiver).unwrap();
    table.start(port);
    for number in 0..100 {
        crowd.send(0, &[number]);
    }
    sender.send_bytes(b"port").unwrap();
    let found = delivered(&mut crowd.tables[0], 1000);
    let place = found.iter().position(|(key, _)| *key == port).unwrap();
    assert!(place < 40, "after {place}");
    assert_eq!(found.len(), 201);
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
    members: HashMap<Key, HashMap<u32, u64>>,
    /// What any of them has got last from whom.
    heard: HashMap<u32, u64>,
    /// Where Rust copies to, as in a thread's block.
    block: Vec<u8>,
}

impl Host {
    fn join(&mut self, name: &str) -> Key {
        let key = self.table.join(name).unwrap();
        self.members.insert(key, HashMap::new());
        key
    }

    fn leave(&mut self, key: Key) {
        self.members.remove(&key);
        self.table.close(key);
    }

    /// Nothing of a sender's is missing in between, whoever has come and gone meanwhile; and all members have got a message
    /// before any gets the next one.
    fn got(&mut self, key: Key, bytes: &[u8]) {
        let (sender, number) = stamp(bytes);
        let Some(last) = self.members.get_mut(&key) else { panic!("{key:?} has left") };
        if let Some(before) = last.insert(sender, number) {
            assert_eq!(number, before + 1, "from {sender}");
        }
        let heard = self.heard.insert(sender, number);
        assert!(heard.is_none_or(|before| number >= before), "{number} from {sender} after {heard:?}");
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
                Some((_, Batch::Room | Batch::Notice | Batch::Ready)) => {
                    panic!("nobody has asked for room or left a notice")
                }
                Some((key, Batch::Message(message))) => self.got(*key, &message.bytes),
                Some((key, Batch::Records { count, bytes })) => {
                    let deliver = random.below(count + 1);
                    for record in records::records(&block[..*bytes]).take(deliver) {
                        self.got(*key, record);
                    }
                    self.table.settle(deliver);
                }
                Some((_, Batch::Shared { count, bytes })) => {
                    let targets = self.table.targets().to_vec();
                    let all: Vec<_> = records::deliveries(&block[..*bytes], &targets).collect();
                    assert!(all.len() >= *count);
                    let deliver = random.below(all.len() + 1);
                    all.into_iter().take(deliver).for_each(|(key, content)| self.got(key, content));
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
                        let mut host =
                            Host { table, members: HashMap::new(), heard: HashMap::new(), block: vec![0; 16 * 1024] };
                        let stays = host.join(&name);
                        let mut guests = Vec::new();
                        barrier.wait();
                        for sent in 0..300 {
                            host.table.broadcast_bytes(stays, &stamped(number, sent));
                            match random.below(20) {
                                0 => guests.push(host.join(&name)),
                                1 if !guests.is_empty() => {
                                    let guest = guests.swap_remove(random.below(guests.len()));
                                    host.leave(guest);
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
                        host.members.remove(&stays).unwrap()
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
                    let mut host = Host { table, members: HashMap::new(), heard: HashMap::new(), block: vec![0; 1024] };
                    let key = host.join(&name);
                    for sent in 0..random.below(10) as u64 {
                        host.table.broadcast_bytes(key, &stamped(number, sent));
                        random.stop();
                    }
                    drop(host.table);
                    random.stop();
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let (mut table, _) = table();
    let alone = table.join(&name).unwrap();
    assert_eq!(table.audience(alone).unwrap().others, 0);
}
