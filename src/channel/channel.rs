//! The channel itself: what its two endpoints share, and the protocol by which one tells the other.

use super::key::Key;
use super::mailbox::Mailbox;
use super::mark::Mark;
use super::place::Place;
use super::queue::{Content, Copied, Found, Queue};
use super::sync::{Arc, AtomicU32, AtomicU64, Mutex, Ordering, fence};
use super::teardown;
use super::watcher::Watcher;
use crate::memory::Bytes;
use std::any::Any;

/// Attached and started: a message for this endpoint is worth waking its thread for. Its owner's to set and clear.
const RECEPTIVE: u32 = 1;

/// The endpoint's key is in its mailbox's list or its table's run queue, or somebody who set this bit is on the way to
/// put it there. Set by whoever lists; cleared by the owner when it has found nothing to deliver, when the endpoint
/// leaves its table, and by a lister who found it in no table (the last two under the place's lock).
const LISTED: u32 = 1 << 1;

/// The endpoint was dropped. For good. Whoever pushes to its queue must see this bit or be seen by the owner's last
/// reading of it, and whoever sees it empties the queue.
const CLOSED: u32 = 1 << 2;

/// The endpoint's owner has been told that the peer is closed. For good, so that it is told once.
const CLOSE_HEARD: u32 = 1 << 3;

/// A sender is told that the endpoint is served: then the sender's thread hands the message on by itself, see [`Half::serve`]. Its owner's to
/// set, for good.
const SERVED: u32 = 1 << 4;

/// The queue has a mark. Its owner's to set and clear, when it changes the mark.
const BOUNDED: u32 = 1 << 5;

/// The peer has found the queue full and wants to be told when there is room. Set by the peer; cleared by whichever of the two finds
/// that there is room.
const WANTED: u32 = 1 << 6;

/// The peer's queue, which was full, has room, or is closed, and the owner has not been told. Set by the peer, cleared by the owner.
const ROOM: u32 = 1 << 7;

/// The owner's thread is blocked until there is something to tell the endpoint: whoever has that wakes the thread. The owner's to set and
/// clear.
const AWAITED: u32 = 1 << 8;

/// The peer has left a notice, and the owner has not been told. Set by the peer, cleared by the owner.
const NOTICED: u32 = 1 << 9;

/// An end of the channel is, or was, in the hands of a thread without JavaScript: nothing goes along with messages that only JavaScript can
/// take. Set on both halves, for good.
const NATIVE: u32 = 1 << 10;

/// The channel leaves the process: no signals go along with messages either, and the ends are told why it ends. Set on both halves, for good.
const LINKED: u32 = 1 << 11;

/// Why the endpoint was closed, a number of so many bits; 0 if nobody has said. Set before CLOSED, for good.
const REASON: u32 = 7 << REASON_AT;

const REASON_AT: u32 = 12;

/// What counts in `bound` for a message that only JavaScript can take.
pub(super) const PARCEL: u64 = 1;

/// What counts there for a message with signals.
pub(super) const SIGNALS: u64 = 1 << 32;

/// Whether what is so bound may not go over a channel.
fn is_barred(bound: u64, is_linked: bool) -> bool {
    if is_linked { bound != 0 } else { !bound.is_multiple_of(SIGNALS) }
}

/// Which of a channel's two endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    First,
    Second,
}

impl Side {
    pub(super) fn other(self) -> Side {
        match self {
            Side::First => Side::Second,
            Side::Second => Side::First,
        }
    }
}

/// What channels carry: a message, which may own endpoints of other channels.
pub(super) trait Cargo: Content + 'static {
    /// The message has left its queue, and with it whatever endpoints it owns.
    fn arrived(&self);

    /// What binds the message to threads with JavaScript, or to this process: [`PARCEL`], [`SIGNALS`], their sum, or 0.
    fn bond(&self) -> u64;

    /// Drops the message but for what it owns besides its bytes.
    fn into_estate(self) -> Option<Box<dyn Any>>;
}

/// What two entangled endpoints share. Lives as long as one of them (or a place that names it) does.
pub(super) struct Channel<M> {
    halves: [Half<M>; 2],
    /// What the owners of both endpoints have agreed on, see [`agree`](Channel::agree); 0 as long as that is nothing.
    agreed: AtomicU64,
}

/// Names the queue of the endpoint on that side of a channel.
pub(super) type QueueOf<M> = (Arc<Channel<M>>, Side);

/// What a channel keeps for one endpoint.
pub(super) struct Half<M> {
    /// What the peer has sent and this endpoint has not received.
    queue: Queue<M>,
    /// `RECEPTIVE | LISTED | CLOSED | CLOSE_HEARD | SERVED | BOUNDED | WANTED | ROOM | AWAITED | NOTICED | NATIVE | LINKED | REASON`
    state: AtomicU32,
    /// What binds the messages in the queue, in sum. Counted before they are pushed, and until after they were taken.
    bound: AtomicU64,
    /// What the peer has left for the owner past the queue, see [`View::leave_notice`].
    notice: Mutex<Option<Bytes>>,
    /// Locked before a mailbox, never after one, and never while another place is.
    place: Mutex<Place<QueueOf<M>>>,
}

/// One endpoint's half and its peer's, seen from that endpoint.
pub(super) struct View<'a, M> {
    own: &'a Half<M>,
    peer: &'a Half<M>,
}

impl<M> Clone for View<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for View<'_, M> {}

impl<M: Cargo> Channel<M> {
    pub(super) fn new() -> Arc<Channel<M>> {
        let half = || Half {
            queue: Queue::new(),
            state: AtomicU32::new(0),
            bound: AtomicU64::new(0),
            notice: Mutex::new(None),
            place: Mutex::new(Place::Held),
        };
        Arc::new(Channel { halves: [half(), half()], agreed: AtomicU64::new(0) })
    }

    /// Proposes a number. The first number that either side proposes holds for good. Whoever gets the number here sees what its proposer did
    /// before proposing it.
    ///
    /// Returns the number that held before, 0 if there was none. To propose 0 is to ask.
    pub(super) fn agree(&self, number: u64) -> u64 {
        match self.agreed.compare_exchange(0, number, Ordering::AcqRel, Ordering::Acquire) {
            Ok(before) | Err(before) => before,
        }
    }

    pub(super) fn half(&self, side: Side) -> &Half<M> {
        &self.halves[side as usize]
    }

    pub(super) fn view(&self, side: Side) -> View<'_, M> {
        View { own: self.half(side), peer: self.half(side.other()) }
    }
}

impl<M: Cargo> Half<M> {
    pub(super) fn is_closed(&self) -> bool {
        self.state.load(Ordering::Acquire) & CLOSED != 0
    }

    pub(super) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// How many messages were ever sent to the endpoint.
    pub(super) fn sent(&self) -> usize {
        self.queue.sent()
    }

    /// How many messages the endpoint has ever received.
    pub(super) fn received(&self) -> usize {
        self.queue.received()
    }

    /// How many bytes wait.
    pub(super) fn queued_bytes(&self) -> usize {
        self.queue.bytes()
    }

    /// How many bytes were ever sent to the endpoint.
    pub(super) fn sent_bytes(&self) -> usize {
        self.queue.sent_bytes()
    }

    /// How many bytes the endpoint has ever received.
    pub(super) fn received_bytes(&self) -> usize {
        self.queue.received_bytes()
    }

    pub(super) fn mark(&self) -> Mark {
        self.queue.mark()
    }

    /// Lets senders know from here on that somebody in this thread hands the endpoint's messages on, and does not wait for a drain.
    pub(super) fn serve(&self) {
        self.state.fetch_or(SERVED, Ordering::AcqRel);
    }

    pub(super) fn is_served(&self) -> bool {
        self.state.load(Ordering::Relaxed) & SERVED != 0
    }

    /// Moves the endpoint into `place`. It leaves a table stopped and unlisted.
    pub(super) fn move_to(&self, place: Place<QueueOf<M>>) {
        let before = {
            let mut current = self.place.lock();
            // Under the lock: a lister who still finds the old table there has set LISTED before this clears it, one
            // who comes later finds the new place.
            if matches!(*current, Place::Attached { .. } | Place::Watched(_)) {
                self.state.fetch_and(!(RECEPTIVE | LISTED | ROOM | AWAITED | NOTICED), Ordering::AcqRel);
            }
            std::mem::replace(&mut *current, place)
        };
        drop(before);
    }

    /// Calls `look` with the place, locked: it must be short and call nothing of the channel's.
    pub(super) fn with_place<R>(&self, look: impl FnOnce(&Place<QueueOf<M>>) -> R) -> R {
        look(&self.place.lock())
    }

    /// Puts the endpoint on its thread's list, if it is in a table and not listed, and wakes the thread if that is blocked. Any thread may.
    ///
    /// Whether the endpoint is still receptive is not asked again. If LISTED were cleared because the owner had stopped the endpoint, the
    /// owner might have started it in between, seen the bit, and relied on it.
    fn list(&self) {
        let before = self.state.fetch_or(LISTED, Ordering::AcqRel);
        if before & LISTED != 0 {
            if before & AWAITED != 0 {
                self.wake();
            }
            return;
        }
        let place = self.place.lock();
        match &*place {
            Place::Attached { mailbox, key } => mailbox.list(*key),
            Place::Watched(watcher) => {
                let watcher = watcher.clone();
                // The waker may use this channel.
                drop(place);
                watcher.wake();
            }
            // Who attaches it looks for what waits after that.
            _ => {
                self.state.fetch_and(!LISTED, Ordering::AcqRel);
            }
        }
    }

    /// Wakes the endpoint's thread if that is blocked.
    fn wake(&self) {
        if let Place::Attached { mailbox, .. } = &*self.place.lock() {
            mailbox.wake();
        }
    }
}

impl<M: Cargo> View<'_, M> {
    /// Calls `look` with the peer's place, as [`with_place`](Half::with_place).
    pub(super) fn peer_place<R>(self, look: impl FnOnce(&Place<QueueOf<M>>) -> R) -> R {
        self.peer.with_place(look)
    }

    /// Pushes `message` to the peer and lists the peer if that is called for. Dropped if the peer has closed meanwhile.
    /// How many the peer was sent before.
    pub(super) fn send(self, message: M) -> usize {
        let bond = message.bond();
        if bond != 0 {
            self.peer.bound.fetch_add(bond, Ordering::AcqRel);
        }
        let position = self.peer.queue.push(message);
        self.tell();
        position
    }

    /// Pushes a message of these bytes.
    #[inline]
    pub(super) fn send_bytes(self, bytes: &[u8]) -> usize {
        let position = self.peer.queue.push_bytes(bytes);
        self.tell();
        position
    }

    /// Lets the peer's thread know that something was pushed.
    ///
    /// The fence pairs with those in `start`, `unlist` and `close`, each of which changes the state and then looks at
    /// the queue, while a sender changes the queue and then looks at the state: one of the two sees the other.
    #[inline]
    fn tell(self) {
        fence(Ordering::SeqCst);
        let state = self.peer.state.load(Ordering::Relaxed);
        if state & (RECEPTIVE | LISTED | CLOSED) == RECEPTIVE {
            // Wakes the owner's thread, too, if that is blocked.
            self.peer.list();
        } else if state & (CLOSED | AWAITED) != 0 {
            self.tell_at_once(state);
        }
        if state & (BOUNDED | WANTED) == BOUNDED {
            self.want_room();
        }
    }

    /// The peer is not to be listed: it is closed, or its thread is blocked.
    #[cold]
    #[inline(never)]
    fn tell_at_once(self, state: u32) {
        if state & CLOSED != 0 {
            // The owner may have emptied the queue before the push. It is nobody's now, so its messages go here.
            teardown::discard(&self.peer.queue, M::into_estate);
        } else {
            self.peer.wake();
        }
    }

    /// Wakes the peer's thread if that is blocked.
    pub(super) fn wake_peer(self) {
        self.peer.wake();
    }

    /// The owner's thread is going to be blocked. Whoever has something to tell the endpoint from here on wakes the thread, whether the
    /// endpoint is started or not. To be called before looking whether there is anything already.
    pub(super) fn begin_await(self) {
        self.own.state.fetch_or(AWAITED, Ordering::AcqRel);
        fence(Ordering::SeqCst);
    }

    /// The owner's thread is no longer blocked.
    pub(super) fn end_await(self) {
        self.own.state.fetch_and(!AWAITED, Ordering::AcqRel);
    }

    /// Whether a message waits, or none can come any more.
    pub(super) fn can_receive(self) -> bool {
        !self.own.queue.is_empty() || self.peer.is_closed()
    }

    /// Whether the peer's queue is not full, or nobody reads it any more.
    pub(super) fn can_send(self) -> bool {
        !self.peer.queue.is_full() || self.peer.is_closed()
    }

    /// Whether the peer's queue has room, or nobody reads it any more. If neither is so, the owner will be told when one of the two is,
    /// see [`hear_room`](View::hear_room).
    ///
    /// The fence pairs with that in `give_room`: here WANTED is set and the queue looked at then, there the queue is changed and WANTED
    /// looked at then, so one of the two sees the other. The peer's closing needs none, because CLOSED and WANTED are in one word.
    #[cold]
    #[inline(never)]
    pub(super) fn want_room(self) -> bool {
        if !self.peer.queue.is_full() {
            return true;
        }
        let before = self.peer.state.fetch_or(WANTED, Ordering::AcqRel);
        if before & CLOSED != 0 {
            return true;
        }
        fence(Ordering::SeqCst);
        if self.peer.queue.is_full() {
            return false;
        }
        // Whoever has set the bit earlier is to be told. Who gives room may have found it before it is cleared here: then the owner hears
        // of room that it has seen.
        if before & WANTED == 0 {
            self.peer.state.fetch_and(!WANTED, Ordering::AcqRel);
        }
        true
    }

    /// Changes how much may wait here.
    pub(super) fn set_mark(self, mark: Mark) {
        {
            // Locked because the peer may bound the queue at the same moment.
            let _place = self.own.place.lock();
            self.own.queue.set_mark(mark);
            if mark == Mark::NONE {
                self.own.state.fetch_and(!BOUNDED, Ordering::AcqRel);
            } else {
                self.own.state.fetch_or(BOUNDED, Ordering::AcqRel);
            }
        }
        self.give_wanted_room();
    }

    /// Gives the peer's queue a mark, if it has none. The owner of the peer knows of the mark once it receives what is sent from here on,
    /// so who asks for room after the next message is told of it.
    pub(super) fn bound_peer(self, mark: Mark) {
        let _place = self.peer.place.lock();
        if self.peer.queue.mark() == Mark::NONE && mark != Mark::NONE {
            self.peer.queue.set_mark(mark);
            self.peer.state.fetch_or(BOUNDED, Ordering::AcqRel);
        }
    }

    /// Leaves a notice for the owner of the peer, who is told of it ahead of all messages. The first notice stays for good, wherever the
    /// peer goes.
    ///
    /// Who attaches the peer is not told of a notice that was left before, and looks for it.
    pub(super) fn leave_notice(self, notice: Bytes) {
        self.peer.notice.lock().get_or_insert(notice);
        self.peer.state.fetch_or(NOTICED, Ordering::AcqRel);
        self.peer.list();
    }

    /// A copy of the notice that the peer has left.
    pub(super) fn notice(self) -> Option<Bytes> {
        self.own.notice.lock().as_ref().map(|notice| Bytes::from(&notice[..]))
    }

    /// Whether the peer has left a notice, and the owner has not been told.
    #[cold]
    pub(super) fn hear_notice(self) -> bool {
        self.own.state.fetch_and(!NOTICED, Ordering::AcqRel) & NOTICED != 0
    }

    /// Whether the owner is to be told of room, or of a notice.
    #[inline]
    pub(super) fn has_news(self) -> bool {
        self.own.state.load(Ordering::Acquire) & (ROOM | NOTICED) != 0
    }

    /// Something has been taken out of the queue. Nobody can want room of a queue that has no mark, so then nothing is looked at.
    #[inline]
    fn give_room(self) {
        if self.own.queue.is_bounded() {
            self.give_wanted_room();
        }
    }

    #[cold]
    #[inline(never)]
    fn give_wanted_room(self) {
        fence(Ordering::SeqCst);
        if self.own.state.load(Ordering::Relaxed) & WANTED != 0
            && !self.own.queue.is_full()
            && self.own.state.fetch_and(!WANTED, Ordering::AcqRel) & WANTED != 0
        {
            self.tell_of_room();
        }
    }

    /// Lists the peer, started or not, to be told of room.
    fn tell_of_room(self) {
        self.peer.state.fetch_or(ROOM, Ordering::AcqRel);
        self.peer.list();
    }

    /// Whether there is room again in the peer's queue, or the peer has closed, and the owner has not been told.
    pub(super) fn hear_room(self) -> bool {
        self.own.state.load(Ordering::Acquire) & ROOM != 0
            && self.own.state.fetch_and(!ROOM, Ordering::AcqRel) & ROOM != 0
    }

    /// A message has been taken out of the queue.
    fn arrived(self, message: &M) {
        message.arrived();
        let bond = message.bond();
        if bond != 0 {
            self.own.bound.fetch_sub(bond, Ordering::AcqRel);
        }
    }

    /// From here on nothing that only JavaScript can take is to go over the channel; if it is linked, no signal either. `None`, and nothing has
    /// changed, if such a message waits here. (One that is being sent at this moment may still come.) Else the marks that are new, for
    /// [`unmark`](View::unmark).
    pub(super) fn become_native(self, is_linked: bool) -> Option<u32> {
        let marks = if is_linked { NATIVE | LINKED } else { NATIVE };
        let before = self.own.state.fetch_or(marks, Ordering::AcqRel);
        self.peer.state.fetch_or(marks, Ordering::AcqRel);
        fence(Ordering::SeqCst);
        let new = marks & !before;
        if is_barred(self.own.bound.load(Ordering::Acquire), is_linked) {
            self.unmark(new);
            return None;
        }
        Some(new)
    }

    /// Takes marks back that [`become_native`](View::become_native) has made.
    pub(super) fn unmark(self, marks: u32) {
        self.own.state.fetch_and(!marks, Ordering::AcqRel);
        self.peer.state.fetch_and(!marks, Ordering::AcqRel);
    }

    /// As [`become_native`](View::become_native) for a channel that leaves the process, whatever waits.
    pub(super) fn become_linked_surely(self) {
        self.own.state.fetch_or(NATIVE | LINKED, Ordering::AcqRel);
        self.peer.state.fetch_or(NATIVE | LINKED, Ordering::AcqRel);
    }

    pub(super) fn is_native(self) -> bool {
        self.own.state.load(Ordering::Acquire) & NATIVE != 0
    }

    pub(super) fn is_linked(self) -> bool {
        self.own.state.load(Ordering::Acquire) & LINKED != 0
    }

    /// Says why the endpoint will be closed: a number from 1 to 7. The first one counts.
    pub(super) fn give_reason(self, reason: u8) {
        let reason = (u32::from(reason) << REASON_AT) & REASON;
        let give = |state: u32| (state & REASON == 0).then_some(state | reason);
        let _ = self.own.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, give);
    }

    /// Why the peer was closed; 0 if nobody has said.
    pub(super) fn peer_reason(self) -> u8 {
        ((self.peer.state.load(Ordering::Acquire) & REASON) >> REASON_AT) as u8
    }

    /// Puts the endpoint in the hands of a thread without a table.
    pub(super) fn watch(self, watcher: Arc<Watcher>) {
        self.own.move_to(Place::Watched(watcher));
        self.start();
    }

    /// The owner, without a table, has found nothing, and wants to be woken for what comes next. True if something has come already.
    pub(super) fn rearm(self) -> bool {
        self.own.state.fetch_and(!LISTED, Ordering::AcqRel);
        fence(Ordering::SeqCst);
        self.can_receive()
    }

    /// Whether a message waits.
    pub(super) fn has_message(self) -> bool {
        !self.own.queue.is_empty()
    }

    /// Whether the peer has closed and nothing it sent is left.
    pub(super) fn has_ended(self) -> bool {
        self.peer.is_closed() && self.own.queue.is_empty()
    }

    /// The next message.
    pub(super) fn receive(self) -> Option<M> {
        let message = self.own.queue.pop().inspect(|message| self.arrived(message));
        self.give_room();
        message
    }

    /// The next message, or a batch of them copied into `block`, see [`Queue::look`].
    pub(super) fn look(self, most: usize, block: &mut [u8]) -> Option<Found<M>> {
        match self.own.queue.look(most, block)? {
            Found::Message(message) => {
                self.arrived(&message);
                self.give_room();
                Some(Found::Message(message))
            }
            records => Some(records),
        }
    }

    /// The next message; where it is in a run, a batch of one that has been received.
    pub(super) fn receive_into(self, block: &mut [u8]) -> Option<Found<M>> {
        let found = self.own.queue.pop_into(block);
        if let Some(Found::Message(message)) = &found {
            self.arrived(message);
        }
        self.give_room();
        found
    }

    /// Receives what was delivered of a batch.
    pub(super) fn settle(self, batch: Copied, delivered: usize) {
        if self.own.queue.settle(batch, delivered) {
            self.give_wanted_room();
        }
    }

    /// Whether the peer has closed, nothing it sent is left, and nobody has been told so.
    fn is_close_due(self) -> bool {
        // In this order: the peer sends nothing after closing, so what is empty then stays empty.
        self.peer.is_closed() && self.own.queue.is_empty() && self.own.state.load(Ordering::Acquire) & CLOSE_HEARD == 0
    }

    /// True once: when the close is due.
    pub(super) fn hear_close(self) -> bool {
        self.is_close_due() && self.own.state.fetch_or(CLOSE_HEARD, Ordering::AcqRel) & CLOSE_HEARD == 0
    }

    pub(super) fn is_receptive(self) -> bool {
        self.own.state.load(Ordering::Acquire) & RECEPTIVE != 0
    }

    /// Whether a drain has something to deliver: a message if receptive, the close in any case.
    fn is_ready(self) -> bool {
        let state = self.own.state.load(Ordering::Acquire);
        self.is_close_due() || state & (ROOM | NOTICED) != 0 || state & RECEPTIVE != 0 && !self.own.queue.is_empty()
    }

    /// Attaches the endpoint to a table. The close is listed if it is due, messages are not before `start`.
    pub(super) fn attach(self, mailbox: Arc<Mailbox>, key: Key) {
        self.own.move_to(Place::Attached { mailbox, key });
        // A closer who came before the lock did not find the table; its CLOSED, set before, is seen here.
        self.list_close();
    }

    /// Lists the endpoint if its close is due: for an owner who found the queue empty outside of a drain.
    pub(super) fn list_close(self) {
        if self.is_close_due() {
            self.own.list();
        }
    }

    pub(super) fn start(self) {
        self.own.state.fetch_or(RECEPTIVE, Ordering::AcqRel);
        fence(Ordering::SeqCst);
        if self.is_ready() {
            self.own.list();
        }
    }

    pub(super) fn stop(self) {
        self.own.state.fetch_and(!RECEPTIVE, Ordering::AcqRel);
    }

    /// The owner has found nothing to deliver and takes the endpoint off its list. True if something has come since: then the endpoint is
    /// marked as listed, and the owner has to list it again.
    pub(super) fn unlist(self) -> bool {
        self.own.state.fetch_and(!LISTED, Ordering::AcqRel);
        fence(Ordering::SeqCst);
        self.take_up()
    }

    /// A number that changes with each message that comes, and when the peer closes.
    pub(super) fn tally(self) -> usize {
        self.own.queue.sent().wrapping_mul(2) + usize::from(self.peer.is_closed())
    }

    /// The owner takes the endpoint off its list though something may wait, and returns true; what comes next lists the endpoint again.
    /// Returns false, and leaves the endpoint listed, if something has come since `tally`.
    pub(super) fn put_aside(self, tally: usize) -> bool {
        self.own.state.fetch_and(!LISTED, Ordering::AcqRel);
        fence(Ordering::SeqCst);
        self.tally() == tally || self.own.state.fetch_or(LISTED, Ordering::AcqRel) & LISTED != 0
    }

    /// True if something waits and nobody has listed the endpoint. Then it is marked as listed, and the owner has to list it.
    pub(super) fn take_up(self) -> bool {
        self.is_ready() && self.own.state.fetch_or(LISTED, Ordering::AcqRel) & LISTED == 0
    }

    /// Closes the endpoint: drops what waits for it, tells the peer. The caller is its owner's `drop`.
    pub(super) fn close(self) {
        let before = self.own.state.fetch_or(CLOSED, Ordering::AcqRel);
        fence(Ordering::SeqCst);
        self.own.move_to(Place::Closed);
        teardown::discard(&self.own.queue, M::into_estate);
        // Also a peer that is not receptive: closes are delivered to stopped endpoints, too.
        if !self.peer.is_closed() {
            if before & WANTED != 0 {
                self.peer.state.fetch_or(ROOM, Ordering::AcqRel);
            }
            self.peer.list();
        }
    }
}
