//! What a drain in batches promises.
#![cfg(not(loom))]

#[path = "channel_support/records.rs"]
mod records;

use ferroport::channel::{Batch, Doorbell, Endpoint, Key, Mailbox, Message, Poll, Table, channel};
use ferroport::memory::Bytes;
use records::records;

struct Silent;

impl Doorbell for Silent {
    fn ring(&self) {}
}

/// A started endpoint in a table, and its peer, which has sent the numbers below `count`, each as a byte.
fn waiting(table: &mut Table, count: u8) -> (Endpoint, Key) {
    let (a, b) = channel();
    let key = table.attach(b).unwrap();
    table.start(key);
    (0..count).for_each(|number| a.send_bytes(&[number]).unwrap());
    (a, key)
}

fn table() -> Table {
    Table::new(Mailbox::new(Box::new(Silent)))
}

const BLOCK: usize = 4096;

/// The next batch, of which `deliver` messages are settled: whose it is, and all of its contents.
fn batch(table: &mut Table, most_bytes: usize, most: usize, deliver: usize) -> Option<(Key, Vec<u8>)> {
    let mut block = [0; BLOCK];
    let (key, batch) = table.next_batch(most_bytes, most, &mut block)?;
    let contents: Vec<u8> = match batch {
        Batch::Records { count, bytes } => {
            let contents: Vec<u8> = records(&block[..bytes]).map(|content| content[0]).collect();
            assert_eq!(contents.len(), count);
            contents
        }
        Batch::Message(message) => message.bytes.to_vec(),
        Batch::Shared { .. } => panic!("nobody has joined a group"),
        Batch::Closed | Batch::Room | Batch::Notice | Batch::Ready => vec![],
    };
    table.settle(deliver);
    Some((key, contents))
}

/// Takes the messages that came before there was a backlog, each on its own.
fn pass_the_first(table: &mut Table) -> u8 {
    for number in 0.. {
        let mut block = [0; BLOCK];
        match table.next_batch(BLOCK, 1, &mut block) {
            Some((_, Batch::Message(message))) => assert_eq!(message.bytes[..], [number]),
            Some((_, Batch::Records { .. })) => {
                table.settle(0);
                return number;
            }
            other => panic!("{other:?}"),
        }
    }
    unreachable!()
}

#[test]
fn a_batch_holds_as_much_as_is_asked_for() {
    let mut table = table();
    let (_a, b) = waiting(&mut table, 50);
    let first = pass_the_first(&mut table);
    assert_eq!(batch(&mut table, BLOCK, 3, 3), Some((b, vec![first, first + 1, first + 2])));
    assert_eq!(batch(&mut table, 16 * 2 + 15, 100, 2), Some((b, vec![first + 3, first + 4])));
    assert_eq!(batch(&mut table, usize::MAX, 100, 100), Some((b, (first + 5..50).collect())));
    assert_eq!(batch(&mut table, BLOCK, 100, 0), None);
}

#[test]
fn what_is_not_settled_comes_again() {
    let mut table = table();
    let (_a, b) = waiting(&mut table, 20);
    let first = pass_the_first(&mut table);
    for begin in first..20 {
        assert_eq!(table.get(b).unwrap().queued(), usize::from(20 - begin));
        assert_eq!(batch(&mut table, BLOCK, 100, 1), Some((b, (begin..20).collect())));
    }
    assert_eq!(table.get(b).unwrap().queued(), 0);
    table.settle(5);
    assert_eq!(batch(&mut table, BLOCK, 100, 0), None);
}

#[test]
fn what_is_left_of_a_batch_is_received_one_by_one_and_elsewhere() {
    let mut here = table();
    let (a, b) = waiting(&mut here, 20);
    let first = pass_the_first(&mut here);
    batch(&mut here, BLOCK, 100, 2);
    assert_eq!(here.receive(b).unwrap().bytes[..], [first + 2]);
    let b = here.detach(b).unwrap();
    assert!(matches!(b.poll(), Poll::Message(message) if message.bytes[..] == [first + 3]));
    a.send_bytes(&[20]).unwrap();
    let mut there = table();
    let b = there.attach(b).unwrap();
    there.start(b);
    assert_eq!(batch(&mut there, BLOCK, 100, 100), Some((b, (first + 4..21).collect())));
}

#[test]
fn a_message_that_does_not_fit_comes_alone() {
    let mut table = table();
    let (a, b) = waiting(&mut table, 10);
    pass_the_first(&mut table);
    a.send_bytes(&[10; 100]).unwrap();
    a.send_bytes(&[11; 20_000]).unwrap();
    a.send_bytes(&[12]).unwrap();
    assert_eq!(batch(&mut table, 100, 100, 100).unwrap().1.last(), Some(&9));
    assert_eq!(batch(&mut table, 100, 100, 100), Some((b, vec![10; 100])));
    assert_eq!(batch(&mut table, BLOCK, 100, 100), Some((b, vec![11; 20_000])));
    assert_eq!(batch(&mut table, 0, 0, 0), Some((b, vec![12])));
}

#[test]
fn a_busy_endpoint_does_not_hold_up_a_quiet_one() {
    let mut table = table();
    let (_a, b) = waiting(&mut table, 200);
    pass_the_first(&mut table);
    let (_c, d) = waiting(&mut table, 1);
    let (key, contents) = batch(&mut table, BLOCK, 1000, 1000).unwrap();
    assert!(key == b && contents.len() <= 16);
    assert_eq!(batch(&mut table, BLOCK, 1000, 1000), Some((d, vec![0])));
    batch(&mut table, BLOCK, 1000, 1000);
    let (key, contents) = batch(&mut table, BLOCK, 1000, 1000).unwrap();
    assert!(key == b && contents.len() > 16, "now it is alone");
}

#[test]
fn an_endpoint_may_be_closed_in_the_middle_of_its_batch() {
    let mut table = table();
    let (a, b) = waiting(&mut table, 20);
    pass_the_first(&mut table);
    let mut block = [0; BLOCK];
    assert!(matches!(table.next_batch(BLOCK, 100, &mut block), Some((_, Batch::Records { .. }))));
    assert!(table.close(b));
    table.settle(1);
    assert!(matches!(a.poll(), Poll::Closed));
    assert_eq!(batch(&mut table, BLOCK, 100, 100), None);
}

#[test]
fn a_batch_that_was_overtaken_is_not_settled() {
    let mut table = table();
    let (_a, b) = waiting(&mut table, 20);
    let first = pass_the_first(&mut table);
    let mut block = [0; BLOCK];
    assert!(matches!(table.next_batch(BLOCK, 100, &mut block), Some((_, Batch::Records { .. }))));
    assert!(matches!(table.get(b).unwrap().poll(), Poll::Message(message) if message.bytes[..] == [first]));
    table.settle(2);
    assert_eq!(table.receive(b).unwrap().bytes[..], [first + 1]);
}

#[test]
fn the_close_comes_after_the_last_batch() {
    let mut table = table();
    let (a, b) = waiting(&mut table, 20);
    pass_the_first(&mut table);
    drop(a);
    assert_eq!(batch(&mut table, BLOCK, 100, 3).unwrap().0, b);
    assert!(!batch(&mut table, BLOCK, 100, 100).unwrap().1.is_empty());
    assert_eq!(batch(&mut table, BLOCK, 100, 0), Some((b, vec![])));
    assert_eq!(batch(&mut table, BLOCK, 100, 0), None);
}

#[test]
fn bytes_sent_to_a_closed_endpoint_come_to_nothing() {
    let (a, b) = channel();
    drop(b);
    assert!(a.send_bytes(b"lost").is_err());
    let (c, d) = channel();
    c.send_bytes(b"").unwrap();
    c.send(Message::new(Bytes::from(&b"kept"[..]))).unwrap();
    drop(c);
    assert!(matches!(d.poll(), Poll::Message(message) if message.bytes.is_empty()));
    assert!(matches!(d.poll(), Poll::Message(message) if message.bytes[..] == *b"kept"));
    assert!(matches!(d.poll(), Poll::Closed));
}
