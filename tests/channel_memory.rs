//! What a channel holds, counted by the allocator: on the test's own thread, the harness allocates on another.
// With mimalloc the crate brings an allocator of its own, and a program has one.
#![cfg(not(any(loom, feature = "mimalloc")))]

use ferroport::channel::{Doorbell, Mailbox, Message, Parcel, Poll, Table, channel};
use ferroport::memory::Bytes;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
}

fn held() -> isize {
    HELD.get()
}

// SAFETY: passes every call on to `System` unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.set(HELD.get() + layout.size() as isize);
        // SAFETY: the caller's contract is `System`'s.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.set(HELD.get() - layout.size() as isize);
        // SAFETY: the caller's contract is `System`'s.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Silent;

impl Doorbell for Silent {
    fn ring(&self) {}
}

const CHANNELS: usize = 1000;

/// Bytes held by what `f` returns, for each of `CHANNELS`.
fn held_by<T>(f: impl FnOnce() -> T) -> (T, isize) {
    let before = held();
    let made = f();
    (made, (held() - before) / CHANNELS as isize)
}

fn message() -> Message {
    Message::new(Bytes::from(&[7; 16][..]))
}

#[test]
fn messages_that_do_not_wait_share_nothing() {
    let (a, b) = channel();
    a.send_bytes(&[7; 72]).unwrap();
    let start = held();
    for _ in 0..100 {
        a.send_bytes(&[7; 72]).unwrap();
        // A block of crossbeam's queue may be begun.
        assert!(held() - start < 1200, "{} bytes for a message of 72", held() - start);
        assert!(matches!(b.poll(), Poll::Message(_)));
    }
}

#[test]
fn small_messages_that_wait_hold_little_more_than_their_bytes() {
    const WAITING: usize = 100_000;
    const SIZE: usize = 72;
    let start = held();
    let (a, b) = channel();
    (0..WAITING).for_each(|_| a.send_bytes(&[7; SIZE]).unwrap());
    let each = (held() - start) as f64 / WAITING as f64;
    println!("{each} bytes for a message of {SIZE}");
    assert!(each < 90.0, "{each} bytes for a message of {SIZE}");
    (0..WAITING).for_each(|_| assert!(matches!(b.poll(), Poll::Message(_))));
    let before = held();
    assert!(matches!(b.poll(), Poll::Empty));
    assert!(held() < before, "a channel that is idle keeps a block");
    assert!(held() - start < 2500, "{} bytes for a channel that is idle", held() - start);

    // Messages that carry something between small ones: the runs that they end must not be large.
    let start = held();
    for number in 0..WAITING {
        if number % 5 == 0 {
            a.send(Message::new(Bytes::default()).with_parcel(Parcel::new())).unwrap();
        } else {
            a.send_bytes(&[7; SIZE]).unwrap();
        }
    }
    let each = (held() - start) as f64 / WAITING as f64;
    assert!(each < 200.0, "{each} bytes for a message of {SIZE}");

    // Also what is half read goes when its receiver does, not when the channel is freed.
    (0..100).for_each(|_| a.send_bytes(&[7; SIZE]).unwrap());
    while b.queued() > 50 {
        assert!(matches!(b.poll(), Poll::Message(_)));
    }
    drop(b);
    assert!(held() - start < 2500, "{} bytes for a channel that is closed", held() - start);
    drop(a);
}

#[test]
fn what_waits_for_a_member_that_closes_is_freed_though_nobody_drains() {
    let mut table = Table::new(Mailbox::new(Box::new(Silent)));
    let sender = table.join("memory").unwrap();
    let start = held();
    for length in [72, 100_000] {
        for _ in 0..10 {
            let receivers = [(); 2].map(|()| table.join("memory").unwrap());
            (0..100).for_each(|_| table.broadcast_bytes(sender, &vec![7; length]));
            assert!(held() - start > 100 * length as isize);
            assert!(receivers.into_iter().all(|receiver| table.close(receiver)));
        }
        assert!(held() - start < 5_000, "{} bytes for nobody", held() - start);
    }
}

#[test]
fn a_channel_holds_what_its_queues_hold_and_leaves_nothing() {
    let mut table = Table::new(Mailbox::new(Box::new(Silent)));
    let mut keys = Vec::with_capacity(2 * CHANNELS);
    let start = held();

    let (_, unused) = held_by(|| {
        for _ in 0..CHANNELS {
            let (a, b) = channel();
            keys.push(table.attach(a).unwrap());
            keys.push(table.attach(b).unwrap());
        }
    });
    let (_, one_way) = held_by(|| keys.iter().step_by(2).for_each(|a| table.get(*a).unwrap().send(message()).unwrap()));
    let (_, read) = held_by(|| keys.iter().skip(1).step_by(2).for_each(|b| drop(table.receive(*b).unwrap())));
    println!("bytes per channel: {unused} unused, {one_way} more after the first message one way, {read} when read");
    assert!(unused <= 300, "{unused} bytes for an unused channel");
    assert!(one_way <= 1750, "{one_way} bytes for a queue with one message");
    assert!(read <= -16, "{read} bytes: the message was not freed");

    keys.iter().for_each(|key| assert!(table.close(*key)));
    let table_keeps = held() - start;
    drop(table);
    drop(keys);
    assert!(held() <= start, "{table_keeps} before the table went");

    // Two rings of queues: nobody can reach what is in them, so it is freed when they close, not at the end of time.
    let (_, ring) = held_by(|| {
        for _ in 0..CHANNELS {
            let ((a1, a2), (b1, b2), (c1, c2)) = (channel(), channel(), channel());
            a1.send(Message::with_endpoints(Bytes::default(), vec![b2])).unwrap();
            b1.send(Message::with_endpoints(Bytes::default(), vec![c2])).unwrap();
            c1.send(Message::with_endpoints(Bytes::default(), vec![a2])).unwrap_err();
            assert!([a1, b1, c1].iter().all(|end| matches!(end.poll(), Poll::Closed)));

            let (d1, d2) = channel();
            d1.send(Message::with_endpoints(Bytes::default(), vec![d2])).unwrap_err();
            assert!(matches!(d1.poll(), Poll::Closed));
        }
    });
    assert_eq!(ring, 0, "a ring of queues left something behind");

    // A thousand messages at once, half of them read before the end.
    let (_, left) = held_by(|| {
        let (a, b) = channel();
        (0..CHANNELS).for_each(|_| a.send(message()).unwrap());
        (0..CHANNELS / 2).for_each(|_| assert!(matches!(b.poll(), Poll::Message(_))));
        drop(b);
        drop(a);
    });
    assert_eq!(left, 0);
}
