//! Endpoints on their way inside messages, and those that would never arrive.

use super::channel::{Cargo, Channel, QueueOf, Side};
use super::place::Place;
use super::sync::Arc;

/// The message would wait, directly or through other queues, in the queue of an endpoint that it carries itself.
pub(super) struct NeverArrives;

/// How many queues within queues are followed. The walk is done for every endpoint sent, so an unlimited one would
/// make nesting n deep cost n². A longer ring is not found, and leaks as in any implementation that does not look.
const DEPTH: usize = 64;

/// Notes that the endpoints in `carried`, each by its side of its channel, are about to wait in the queue of `side` of `channel`,
/// unless nobody could take them out.
pub(super) fn enter<'a, M: Cargo>(
    channel: &Arc<Channel<M>>,
    side: Side,
    carried: impl Iterator<Item = (&'a Arc<Channel<M>>, Side)> + Clone,
) -> Result<(), NeverArrives> {
    let carries =
        |channel: &Arc<Channel<M>>, side| carried.clone().any(|(other, of)| Arc::ptr_eq(other, channel) && of == side);
    for (moved, of) in carried.clone() {
        moved.half(of).move_to(Place::InQueue((channel.clone(), side)));
    }
    // The walk goes from the queue outwards. An endpoint that is sent to itself is the shortest ring, and the first step closes it. If
    // several threads close a ring between them, each has noted its part before it walks, so the last one to note sees the whole ring.
    let mut path = vec![(channel.clone(), side)];
    while path.len() <= DEPTH {
        let (channel, side) = &path[path.len() - 1];
        let Some((channel, side)) = queue_around(channel, *side) else { return Ok(()) };
        let closed = carries(&channel, side);
        path.push((channel, side));
        if closed {
            return if is_still_true(&path) { Err(NeverArrives) } else { Ok(()) };
        }
    }
    Ok(())
}

/// The endpoint in whose queue the one on `side` of `channel` waits to arrive.
fn queue_around<M: Cargo>(channel: &Channel<M>, side: Side) -> Option<QueueOf<M>> {
    channel.half(side).with_place(|place| match place {
        Place::InQueue(queue) => Some(queue.clone()),
        _ => None,
    })
}

/// Whether each endpoint of `path` waits in the queue of the next.
///
/// The walk saw them one after the other, from the inside, and an inner one may have arrived before an outer one left.
/// Seen from the outside it is certain: the last is in the message in our hands, so nothing leaves its queue any more,
/// hence nothing leaves the queue of what is in there, and so on.
fn is_still_true<M: Cargo>(path: &[QueueOf<M>]) -> bool {
    path.windows(2).rev().all(|pair| {
        let [(inner, inner_side), (outer, outer_side)] = pair else { return true };
        queue_around(inner, *inner_side)
            .is_some_and(|(channel, side)| Arc::ptr_eq(&channel, outer) && side == *outer_side)
    })
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::{Endpoint, Message, Poll, SendError, channel};
    use super::DEPTH;
    use crate::memory::Bytes;

    /// Endpoints whose peers each wait in the queue of the next one's peer, but for the last; and that last peer.
    fn open_ring(length: usize) -> (Vec<Endpoint>, Endpoint) {
        let (senders, mut peers): (Vec<_>, Vec<_>) = (0..length).map(|_| channel()).unzip();
        let last = peers.pop().expect("at least one");
        for (peer, sender) in peers.into_iter().zip(&senders[1..]) {
            sender.send(Message::with_endpoints(Bytes::default(), vec![peer])).expect("no ring yet");
        }
        (senders, last)
    }

    #[test]
    fn rings_are_refused_up_to_the_depth_that_is_followed() {
        for length in [1, 2, 3, DEPTH, DEPTH + 1] {
            let (senders, last) = open_ring(length);
            let outcome = senders[0].send(Message::with_endpoints(Bytes::default(), vec![last]));
            assert!(matches!(outcome, Err(SendError::PostedToItself)), "{length}");
            assert!(senders.iter().all(|sender| matches!(sender.poll(), Poll::Closed)), "{length}");
        }
    }

    #[test]
    fn a_line_of_queues_that_is_no_ring_is_not_refused() {
        for length in [1, 2, DEPTH, 3 * DEPTH] {
            let (senders, last) = open_ring(length);
            let (_other, elsewhere) = channel();
            senders[0].send(Message::with_endpoints(Bytes::default(), vec![elsewhere])).expect("no ring");
            assert!(senders.iter().all(|sender| !sender.is_peer_closed()));
            drop(last);
            assert!(senders.iter().all(|sender| sender.is_peer_closed()));
        }
    }
}
