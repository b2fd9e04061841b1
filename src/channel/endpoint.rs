//! An endpoint: one end of a channel, owned.

use super::channel::{Channel, Half, Side, View};
use super::errors::SendError;
use super::key::Key;
use super::mailbox::Mailbox;
use super::mark::Mark;
use super::message::Message;
use super::place::Place;
use super::sync::Arc;
use super::transit;
use super::watcher::Watcher;
use crate::memory::Bytes;
use std::fmt;

/// One end of a channel. Dropping it closes it.
///
/// There is one owner at a time, and the owner says where it is: in a variable, in a thread's [`Table`](super::Table),
/// in a [`Message`], or in the [`registry`](super::registry). Moving it moves its queue, whatever is in it.
pub struct Endpoint {
    channel: Arc<Channel<Message>>,
    side: Side,
}

/// What [`Endpoint::poll`] found.
#[derive(Debug)]
pub enum Poll {
    /// The oldest message.
    Message(Message),
    /// The peer is closed and everything it sent has been received. Reported once in an endpoint's life.
    Closed,
    /// Nothing, at the moment; or nothing ever again, if the close has been reported.
    Empty,
}

/// What one end of a channel has sent and received. Of each message count the bytes that it takes as a record, see [`Batch::Records`](super::Batch), and
/// those that its parcel moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Messages ever sent to the peer.
    pub sent: usize,
    /// Their bytes.
    pub sent_bytes: usize,
    /// Messages ever received.
    pub received: usize,
    /// Their bytes.
    pub received_bytes: usize,
    /// Messages that wait to be received here.
    pub waiting: usize,
    /// Their bytes.
    pub waiting_bytes: usize,
    /// Messages that the peer has not received yet; 0 if the peer is closed.
    pub buffered: usize,
    /// Their bytes.
    pub buffered_bytes: usize,
}

/// A new channel: two entangled endpoints. What is sent on one is received from the other.
pub fn channel() -> (Endpoint, Endpoint) {
    let channel = Channel::new();
    (Endpoint { channel: channel.clone(), side: Side::First }, Endpoint { channel, side: Side::Second })
}

impl Endpoint {
    /// Of the reasons for [`give_reason`](Endpoint::give_reason), all of which lib/port/reasons.js has: the other side has closed. It also holds
    /// for a peer that has been closed without a reason.
    pub const PEER_CLOSED: u8 = 2;

    /// The connection has broken.
    pub const LOST: u8 = 3;

    /// A side has broken the rules.
    pub const REFUSED: u8 = 5;

    /// Enqueues `message` for the peer, and wakes the peer's thread if it is attached, started and asleep.
    ///
    /// `Ok` is no receipt: a peer that closes before it has received the message drops it.
    ///
    /// # Errors
    /// [`SendError::Closed`] if the peer is closed; [`SendError::PostedToItself`] if the message carries the peer.
    pub fn send(&self, message: Message) -> Result<(), SendError<Message>> {
        if self.is_peer_closed() {
            return Err(SendError::Closed(message));
        }
        if message.has_attachments()
            && transit::enter(&self.channel, self.side.other(), message.endpoints().map(Endpoint::end)).is_err()
        {
            return Err(SendError::PostedToItself);
        }
        self.view().send(message);
        Ok(())
    }

    /// Enqueues a message of these bytes, as [`send`](Endpoint::send) does. Where messages come faster than they are
    /// received, they are copied into a block that the next ones share: nothing is allocated for each.
    ///
    /// # Errors
    /// [`SendError::Closed`] if the peer is closed; the bytes are the caller's still, so the message in it is empty.
    #[inline]
    pub fn send_bytes(&self, bytes: &[u8]) -> Result<(), SendError<Message>> {
        if self.is_peer_closed() {
            return Err(SendError::Closed(Message::default()));
        }
        self.view().send_bytes(bytes);
        Ok(())
    }

    /// Takes the oldest message out of the queue, whether the endpoint is started or not.
    pub fn poll(&self) -> Poll {
        match self.view().receive() {
            Some(message) => Poll::Message(message),
            None if self.view().hear_close() => Poll::Closed,
            None => Poll::Empty,
        }
    }

    /// Proposes a number that the owners of both endpoints are to have in common. The first proposal holds for good. Returns the number that
    /// held before, 0 if there was none; to propose 0 is to ask.
    pub fn agree(&self, number: u64) -> u64 {
        self.channel.agree(number)
    }

    /// How many messages wait to be received.
    pub fn queued(&self) -> usize {
        self.half().queued()
    }

    /// How much may wait here before the peer is told that there is no room; [`Mark::NONE`] at first. The mark belongs to the endpoint
    /// and moves with it.
    pub fn mark(&self) -> Mark {
        self.half().mark()
    }

    /// Changes how much may wait here. Sending is never refused: senders ask for [`room`](Endpoint::has_room).
    pub fn set_mark(&self, mark: Mark) {
        self.view().set_mark(mark);
    }

    /// Whether the peer's queue has room, or the peer is closed. If it is neither, the table that the endpoint is attached to delivers
    /// [`Event::Room`](super::Event::Room) once one of the two is so. That may also come though there was room all along.
    pub fn has_room(&self) -> bool {
        self.is_peer_closed() || self.view().want_room()
    }

    /// Gives the peer's queue this mark, if it has none.
    pub fn bound_peer(&self, mark: Mark) {
        self.view().bound_peer(mark);
    }

    /// Leaves a notice for the owner of the peer: bytes that pass by the queue, and reach also an owner who reads no messages. The table
    /// that the peer is attached to delivers [`Event::Notice`](super::Event::Notice). A channel takes one notice in each direction; later
    /// ones are dropped.
    pub fn leave_notice(&self, notice: Bytes) {
        self.view().leave_notice(notice);
    }

    /// The notice that the peer has left.
    pub fn notice(&self) -> Option<Bytes> {
        self.view().notice()
    }

    /// What has been sent and received on this end.
    pub fn counts(&self) -> Counts {
        let (own, peer) = (self.half(), self.channel.half(self.side.other()));
        let is_closed = peer.is_closed();
        Counts {
            sent: peer.sent(),
            sent_bytes: peer.sent_bytes(),
            received: own.received(),
            received_bytes: own.received_bytes(),
            waiting: own.queued(),
            waiting_bytes: own.queued_bytes(),
            buffered: if is_closed { 0 } else { peer.queued() },
            buffered_bytes: if is_closed { 0 } else { peer.queued_bytes() },
        }
    }

    /// Whether the peer is closed. What it sent before may still be waiting.
    pub fn is_peer_closed(&self) -> bool {
        self.channel.half(self.side.other()).is_closed()
    }

    /// Lets the peer know, with each message that it sends from here on, that the message can be handed on at once.
    pub fn serve(&self) {
        self.half().serve();
    }

    /// Whether the peer has called [`serve`](Endpoint::serve).
    #[inline]
    pub fn is_peer_served(&self) -> bool {
        self.channel.half(self.side.other()).is_served()
    }

    /// Whether `other` is this endpoint's peer.
    pub fn is_entangled_with(&self, other: &Endpoint) -> bool {
        Arc::ptr_eq(&self.channel, &other.channel) && self.side != other.side
    }

    /// A number of the channel while it lives: the same for its two endpoints, wherever they are, and for no other channel.
    pub fn channel_number(&self) -> usize {
        Arc::as_ptr(&self.channel).addr()
    }

    /// From here on nothing that only a thread with JavaScript can take is to go over the channel, whoever has its ends. False, and nothing
    /// has changed, if such a message waits here. (One that is being sent at this moment may still come.)
    pub fn become_native(&self) -> bool {
        self.view().become_native(false).is_some()
    }

    /// As [`become_native`](Endpoint::become_native), for a channel that leaves the process: no signals go over it either, and its ends are
    /// told why it ends.
    pub fn become_linked(&self) -> bool {
        self.view().become_native(true).is_some()
    }

    /// As [`become_linked`](Endpoint::become_linked), whatever waits here.
    pub fn become_linked_surely(&self) {
        self.view().become_linked_surely();
    }

    /// Calls `become_native`, or `become_linked`, for all of these, or for none: then the place of one where a message waits.
    ///
    /// # Errors
    /// That place.
    pub fn become_all(endpoints: &[&Endpoint], is_linked: bool) -> Result<(), usize> {
        let mut made = Vec::with_capacity(endpoints.len());
        for (place, endpoint) in endpoints.iter().enumerate() {
            match endpoint.view().become_native(is_linked) {
                Some(marks) => made.push(marks),
                None => {
                    made.iter().zip(endpoints).for_each(|(&marks, endpoint)| endpoint.view().unmark(marks));
                    return Err(place);
                }
            }
        }
        Ok(())
    }

    /// What [`bars`](Endpoint::bars) says of a channel of which an end is, or was, in the hands of a thread without JavaScript: parcels.
    pub const NATIVE: u32 = 1;

    /// What it says of a channel that leaves the process: signals, too.
    pub const LINKED: u32 = 2;

    /// What may not go over the channel, 0 for nothing.
    #[inline]
    pub fn bars(&self) -> u32 {
        match (self.is_native(), self.is_linked()) {
            (false, _) => 0,
            (true, false) => Endpoint::NATIVE,
            (true, true) => Endpoint::LINKED,
        }
    }

    /// Whether [`become_native`](Endpoint::become_native) has been called for one of the channel's ends.
    pub fn is_native(&self) -> bool {
        self.view().is_native()
    }

    /// Whether [`become_linked`](Endpoint::become_linked) has been called for one of the channel's ends.
    pub fn is_linked(&self) -> bool {
        self.view().is_linked()
    }

    /// Whether the peer has closed and nothing that it sent is left.
    pub fn has_ended(&self) -> bool {
        self.view().has_ended()
    }

    /// Says why this end is going to be closed, a number from 1 to 7, for the owner of the peer, wherever that goes. The first one counts.
    pub fn give_reason(&self, reason: u8) {
        self.view().give_reason(reason);
    }

    /// Why the peer was closed, of a channel that leaves the process; `None` for another.
    pub fn peer_reason_of_link(&self) -> Option<u8> {
        self.is_linked().then(|| match self.peer_reason() {
            0 => Endpoint::PEER_CLOSED,
            reason => reason,
        })
    }

    /// Why the peer was closed: what was given to its [`give_reason`](Endpoint::give_reason), 0 if nothing was.
    pub fn peer_reason(&self) -> u8 {
        self.view().peer_reason()
    }

    /// Puts the endpoint in the hands of threads without a table. What comes wakes them by the watcher.
    pub fn watch(&self, watcher: Arc<Watcher>) {
        self.view().watch(watcher);
    }

    /// Takes the oldest message, as [`poll`](Endpoint::poll), on any thread. If there is none, the watcher is woken when one comes. That the
    /// peer has closed is said each time.
    pub fn poll_watched(&self) -> Poll {
        loop {
            match self.look_watched() {
                Poll::Empty if self.view().rearm() => {}
                found => return found,
            }
        }
    }

    /// As [`poll_watched`](Endpoint::poll_watched), for a thread that looks again soon: if there is none, the watcher need not be woken.
    pub fn look_watched(&self) -> Poll {
        let view = self.view();
        match view.receive() {
            Some(message) => Poll::Message(message),
            None if view.has_ended() => Poll::Closed,
            None => Poll::Empty,
        }
    }

    /// Whether the peer's queue has room; `None` if the peer is closed. If it has none, the watcher is woken when it has, or the peer closes.
    pub fn room_watched(&self) -> Option<bool> {
        let view = self.view();
        if !view.has_room_now() {
            // What has come meanwhile is seen by who waits for that: the watcher has been woken for it.
            view.rearm();
            if !self.is_peer_closed() && !view.want_room() {
                return Some(false);
            }
        }
        (!self.is_peer_closed()).then_some(true)
    }

    /// Sends a message, and returns how many the peer was sent before. The message must not carry endpoints.
    pub(super) fn post(&self, message: Message) -> usize {
        self.view().send(message)
    }

    /// The same for a message of these bytes.
    #[inline]
    pub(super) fn post_bytes(&self, bytes: &[u8]) -> usize {
        self.view().send_bytes(bytes)
    }

    /// How many messages the peer was ever sent.
    pub(super) fn peer_sent(&self) -> usize {
        self.channel.half(self.side.other()).sent()
    }

    /// How many messages were ever received.
    pub(super) fn received(&self) -> usize {
        self.half().received()
    }

    pub(super) fn view(&self) -> View<'_, Message> {
        self.channel.view(self.side)
    }

    fn half(&self) -> &Half<Message> {
        self.channel.half(self.side)
    }

    /// Which end of which channel this is.
    pub(super) fn end(&self) -> (&Arc<Channel<Message>>, Side) {
        (&self.channel, self.side)
    }

    pub(super) fn hold(&self) {
        self.half().move_to(Place::Held);
    }

    pub(super) fn enter_message(&self) {
        self.half().move_to(Place::InMessage);
    }

    pub(super) fn enter_registry(&self) {
        self.half().move_to(Place::Parked);
    }

    pub(super) fn attach(&self, mailbox: Arc<Mailbox>, key: Key) {
        self.view().attach(mailbox, key);
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.view().close();
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.half().with_place(Place::name);
        f.debug_struct("Endpoint")
            .field("place", &place)
            .field("queued", &self.queued())
            .field("peer_closed", &self.is_peer_closed())
            .finish()
    }
}
