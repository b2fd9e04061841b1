//! Endpoints that belong to no thread: in messages, in queues, in the registry.
#![cfg(not(loom))]

use ferroport::channel::registry::{self, Token};
use ferroport::channel::{Endpoint, InvalidToken, Message, Poll, SendError, channel};
use ferroport::memory::Bytes;

fn text(content: &str) -> Message {
    Message::new(Bytes::from(content.as_bytes()))
}

fn content(message: Message) -> String {
    String::from_utf8(message.bytes.to_vec()).unwrap()
}

#[test]
fn an_endpoint_posted_to_itself_is_lost_and_its_peer_hears_the_close() {
    let (a, b) = channel();
    let (inside, outside) = channel();
    let outcome = a.send(Message::with_endpoints(Bytes::default(), vec![inside, b]));
    assert!(matches!(outcome, Err(SendError::PostedToItself)));
    assert!(matches!(a.poll(), Poll::Closed));
    assert!(matches!(outside.poll(), Poll::Closed), "what travelled with it is lost, too");
}

#[test]
fn two_endpoints_posted_into_each_others_queues_are_lost_and_their_peers_hear_the_close() {
    let ((a1, a2), (b1, b2)) = (channel(), channel());
    a1.send(Message::with_endpoints(Bytes::default(), vec![b2])).unwrap();
    let outcome = b1.send(Message::with_endpoints(Bytes::default(), vec![a2]));
    assert!(matches!(outcome, Err(SendError::PostedToItself)));
    assert!(matches!(a1.poll(), Poll::Closed) && matches!(b1.poll(), Poll::Closed));
}

#[test]
fn an_endpoint_that_arrived_may_be_posted_to_where_it_came_from() {
    let ((a1, a2), (b1, b2)) = (channel(), channel());
    a1.send(Message::with_endpoints(Bytes::default(), vec![b2])).unwrap();
    let Poll::Message(mut message) = a2.poll() else { panic!("nothing came") };
    // Received, not opened yet: no longer in a2's queue.
    b1.send(Message::with_endpoints(Bytes::default(), vec![a2])).unwrap();
    let b2 = message.take_endpoints().pop().unwrap();
    let Poll::Message(mut message) = b2.poll() else { panic!("nothing came") };
    assert_eq!(message.take_endpoints().len(), 1);
}

#[test]
fn endpoints_left_in_a_message_close_with_it() {
    let pairs: Vec<_> = (0..3).map(|_| channel()).collect();
    let (inside, outside): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let mut message = Message::with_endpoints(Bytes::default(), inside);
    let kept = message.take_endpoint(1).unwrap();
    drop(message);
    assert_eq!(outside.iter().map(Endpoint::is_peer_closed).collect::<Vec<_>>(), [true, false, true]);
    assert!(kept.is_entangled_with(&outside[1]) && !kept.is_entangled_with(&outside[0]));
}

#[test]
fn a_parked_endpoint_goes_to_whoever_has_the_token_once() {
    let (a, b) = channel();
    let token = registry::park(b).unwrap();
    a.send(text("waiting")).unwrap();
    let same: Token = token.to_string().parse().unwrap();
    let b = registry::claim(&same).unwrap();
    assert!(registry::claim(&token).is_none() && !registry::revoke(&token));
    assert!(format!("{b:?}").contains("held"));
    let Poll::Message(message) = b.poll() else { panic!("nothing came") };
    assert_eq!(content(message), "waiting");
}

#[test]
fn revoking_a_token_closes_what_is_parked() {
    let (a, b) = channel();
    let token = registry::park(b).unwrap();
    assert!(registry::revoke(&token));
    assert!(matches!(a.poll(), Poll::Closed));
    assert!(registry::claim(&token).is_none());
}

#[test]
fn a_token_is_32_hexadecimal_digits_and_nothing_else() {
    let (_a, b) = channel();
    let token = registry::park(b).unwrap();
    let digits = token.to_string();
    assert_eq!(digits.len(), 32);
    assert_eq!(format!("{token:?}"), "Token(..)");
    assert!(registry::revoke(&token));
    let upper = "A".repeat(32);
    let signed = format!("+{}", &digits[1..]);
    for wrong in ["", "0", &digits[1..], &format!("{digits}0"), &upper, &signed, &"é".repeat(16)] {
        assert_eq!(wrong.parse::<Token>(), Err(InvalidToken), "{wrong}");
    }
}
