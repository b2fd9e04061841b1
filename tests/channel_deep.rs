//! Endpoints in messages in queues of endpoints in messages ...: depth must cost heap, never stack.
#![cfg(not(loom))]

use ferroport::channel::{Endpoint, Message, Poll, channel};
use ferroport::memory::Bytes;
use std::thread;

const DEPTH: usize = 100_000;

fn carrying(endpoint: Endpoint) -> Message {
    Message::with_endpoints(Bytes::default(), vec![endpoint])
}

/// Runs on a stack that a recursion of some hundred steps would overflow.
fn on_a_small_stack(f: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(64 * 1024).spawn(f).unwrap().join().unwrap();
}

/// An endpoint whose queue holds an endpoint whose queue holds ... `DEPTH` times, and the peer of the innermost.
fn nested() -> (Endpoint, Endpoint) {
    let (mut outermost, innermost_peer) = channel();
    for _ in 0..DEPTH {
        let (sender, around) = channel();
        sender.send(carrying(outermost)).unwrap();
        outermost = around;
    }
    (outermost, innermost_peer)
}

#[test]
fn dropping_a_deep_chain_of_nested_endpoints_does_not_overflow_the_stack() {
    on_a_small_stack(|| {
        let (outermost, innermost_peer) = nested();
        drop(outermost);
        assert!(innermost_peer.is_peer_closed());
    });
}

#[test]
fn dropping_a_message_with_a_deep_chain_in_it_does_not_overflow_the_stack() {
    on_a_small_stack(|| {
        let (outermost, innermost_peer) = nested();
        drop(carrying(outermost));
        assert!(innermost_peer.is_peer_closed());
    });
}

#[test]
fn a_deep_chain_can_be_built_from_the_outside_and_dropped() {
    on_a_small_stack(|| {
        let (mut sender, outermost) = channel();
        for _ in 0..DEPTH {
            let (next_sender, next) = channel();
            sender.send(carrying(next)).unwrap();
            sender = next_sender;
        }
        drop(outermost);
        assert!(sender.is_peer_closed());
    });
}

#[test]
fn a_deep_chain_can_be_dropped_by_a_sender_who_finds_the_receiver_closed() {
    on_a_small_stack(|| {
        let (outermost, innermost_peer) = nested();
        let (sender, receiver) = channel();
        drop(receiver);
        drop(sender.send(carrying(outermost)));
        assert!(innermost_peer.is_peer_closed());
    });
}

#[test]
fn a_thread_local_may_hold_the_last_endpoint_of_a_deep_chain() {
    use std::cell::RefCell;
    thread_local!(static KEPT: RefCell<Option<Endpoint>> = const { RefCell::new(None) });
    let (outermost, innermost_peer) = nested();
    on_a_small_stack(move || KEPT.set(Some(outermost)));
    assert!(matches!(innermost_peer.poll(), Poll::Closed));
}
