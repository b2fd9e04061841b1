//! A thread's table: the endpoints attached to it, by key, and what is listed among them.

use super::channel::View;
use super::endpoint::Endpoint;
use super::errors::TableFull;
use super::key::Key;
use super::mailbox::Mailbox;
use super::message::Message;
use super::place::Place;
use super::queue::{Copied, Found};
use super::sync::Arc;
use std::collections::VecDeque;
use std::fmt;

/// The endpoints of one thread. It belongs to that thread; others reach it through its [`Mailbox`] only.
///
/// ```text
///   Table                                                   Mailbox (shared)
///  ┌──────────────────────────────────────────────┐        ┌──────────────┐
///  │ slots: [generation, endpoint, in_line] ...   │  take  │ listed ...   │◄── list(key)
///  │ line:  key, key, ...  ◄──────────────────────┼────────┤              │
///  └───────┬──────────────────────────────────────┘        └──────────────┘
///          └──► next_event(): front's message, back to the end of the line
/// ```
///
/// Rung by its doorbell, the thread drains:
///
/// ```text
///   budget = begin_drain()
///   up to budget times: next_event() ──► (key, event), until it returns None
///   end_drain() ──► true: asleep, false: more to do, rung again
/// ```
///
/// or, where messages are small and many, takes several of one endpoint at once:
///
/// ```text
///   next_batch(.., block) ──► (key, Records { count, .. })     the block holds the next messages
///   deliver some of them
///   settle(delivered)                                          those are received, the rest comes again
/// ```
///
/// Dropping the table hangs up the mailbox and closes every endpoint.
pub struct Table {
    mailbox: Arc<Mailbox>,
    slots: Vec<Slot>,
    /// Empty slots, the last one emptied last.
    free: Vec<u32>,
    /// Keys of listed endpoints, each endpoint at most once, in the order of their turns. Dead keys may be among them.
    line: VecDeque<Waiting>,
    /// The list that the mailbox will go on with.
    spare: Vec<Key>,
    /// The batch that was taken and not settled: whose it is, and which.
    unsettled: Option<(Key, Copied)>,
    /// Whose message was taken last, until the drain ends.
    current: Option<Key>,
    /// Within how many drains the one that runs does.
    depth: u32,
    /// What has been put aside for the time of an inner drain: at which depth, and whose messages.
    aside: Vec<(u32, Key)>,
}

/// An endpoint in the line.
#[derive(Clone, Copy)]
struct Waiting {
    key: Key,
    /// Its [`tally`](View::tally) when it came there, or when the drain began.
    tally: usize,
}

struct Slot {
    generation: u32,
    /// Whether the slot's key is in the line.
    in_line: bool,
    endpoint: Option<Endpoint>,
}

/// What a drain delivers.
#[derive(Debug)]
pub enum Event {
    /// The endpoint received this.
    Message(Message),
    /// The endpoint's peer is closed, and everything it sent was received. Once in an endpoint's life.
    Closed,
}

/// What a drain delivers where messages are taken in batches.
#[derive(Debug)]
pub enum Batch {
    /// The endpoint's next messages lie in the block, each as a record:
    ///
    /// ```text
    ///  ┌─────────────┬──────────┬──────────────────────────────────────────────────┐
    ///  │ u32: length │ u32: 0   │ length bytes, zeros up to the next multiple of 8 │
    ///  └─────────────┴──────────┴──────────────────────────────────────────────────┘
    ///    native byte order
    /// ```
    Records {
        /// How many messages.
        count: usize,
        /// How many bytes of the block they take.
        bytes: usize,
    },
    /// The endpoint received this one. It does not fit into the block, or carries something, or came alone.
    Message(Message),
    /// As [`Event::Closed`].
    Closed,
}

/// So many messages of an endpoint are taken at once while others wait for their turn.
const TURN: usize = 16;

/// The least number of messages a drain may deliver before it returns to its event loop, as in Node.js.
const LEAST_BUDGET: usize = 1000;

impl Table {
    /// An empty table, drained when `mailbox`'s doorbell rings. A mailbox is for one table.
    pub fn new(mailbox: Arc<Mailbox>) -> Self {
        Table {
            mailbox,
            slots: Vec::new(),
            free: Vec::new(),
            line: VecDeque::new(),
            spare: Vec::new(),
            unsettled: None,
            current: None,
            depth: 0,
            aside: Vec::new(),
        }
    }

    /// Takes an endpoint in, not started. If its close is due already, it will be delivered.
    ///
    /// # Errors
    /// [`TableFull`]; the endpoint is closed then.
    pub fn attach(&mut self, endpoint: Endpoint) -> Result<Key, TableFull> {
        let index = match self.free.pop() {
            Some(index) => index as usize,
            None if self.slots.len() < Key::SLOTS => {
                self.slots.push(Slot { generation: 1, in_line: false, endpoint: None });
                self.slots.len() - 1
            }
            None => return Err(TableFull),
        };
        let slot = &mut self.slots[index];
        let key = Key::new(index, slot.generation);
        slot.endpoint.insert(endpoint).attach(self.mailbox.clone(), key);
        Ok(key)
    }

    /// Gives an endpoint away, stopped, with its queue: to be sent in a message, parked, or attached elsewhere.
    pub fn detach(&mut self, key: Key) -> Option<Endpoint> {
        self.is_settled(key);
        self.remove(key)
    }

    fn remove(&mut self, key: Key) -> Option<Endpoint> {
        let slot = self.slots.get_mut(key.slot()).filter(|slot| u64::from(slot.generation) == key.generation())?;
        let endpoint = slot.endpoint.take()?;
        slot.in_line = false;
        if slot.generation < Key::LAST_GENERATION {
            slot.generation += 1;
            self.free.push(key.slot() as u32);
        }
        endpoint.hold();
        Some(endpoint)
    }

    /// Closes an endpoint: what waits for it is dropped, its peer is told. False if there is none under this key.
    pub fn close(&mut self, key: Key) -> bool {
        self.remove(key).is_some()
    }

    /// The endpoint under this key.
    pub fn get(&self, key: Key) -> Option<&Endpoint> {
        let slot = self.slots.get(key.slot()).filter(|slot| u64::from(slot.generation) == key.generation())?;
        slot.endpoint.as_ref()
    }

    /// The key of an endpoint's peer, if that is attached to this table, too.
    pub fn peer_key(&self, key: Key) -> Option<Key> {
        self.get(key)?.view().peer_place(|place| match place {
            Place::Attached { mailbox, key } if Arc::ptr_eq(mailbox, &self.mailbox) => Some(*key),
            _ => None,
        })
    }

    /// Lets drains deliver the endpoint's messages, beginning with those that wait.
    pub fn start(&mut self, key: Key) {
        if let Some(endpoint) = self.get(key) {
            endpoint.view().start();
        }
    }

    /// Lets the endpoint's messages wait. Its close is delivered nevertheless, once its queue is empty.
    pub fn stop(&mut self, key: Key) {
        if let Some(endpoint) = self.get(key) {
            endpoint.view().stop();
        }
    }

    /// How many endpoints are attached.
    pub fn len(&self) -> usize {
        self.slots.iter().filter(|slot| slot.endpoint.is_some()).count()
    }

    /// Whether no endpoint is attached.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether anything is listed, to be delivered by [`next_batch`](Table::next_batch) or [`next_event`](Table::next_event).
    pub fn has_listed(&self) -> bool {
        !self.line.is_empty() || self.mailbox.has_entries()
    }

    /// Begins a drain. Returns its budget in events: the messages that wait in listed endpoints now, at least 1000.
    pub fn begin_drain(&mut self) -> usize {
        debug_assert!(self.unsettled.is_none(), "a batch must be settled first");
        self.take_listed();
        let mut queued = 0;
        for place in 0..self.line.len() {
            if let Some(endpoint) = self.get(self.line[place].key) {
                queued += endpoint.queued();
                self.line[place].tally = endpoint.view().tally();
            }
        }
        queued.max(LEAST_BUDGET)
    }

    /// Somebody whom the drain has called drains within it, up to [`leave`](Table::leave).
    pub fn enter(&mut self) {
        self.depth += 1;
    }

    /// The inner drain is over.
    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Somebody whom the drain has called may drain within it, again and again. What the endpoint whose message was delivered last has
    /// besides waits until the outer drain goes on, unless more comes, as in Node.js. As [`end_drain`](Table::end_drain) otherwise.
    pub fn suspend(&mut self) -> bool {
        if let Some(current) = self.current.take()
            // After its turn it stands there.
            && let Some(&Waiting { key, tally }) = self.line.back()
            && key == current
            && self.get(key).is_some_and(|endpoint| endpoint.view().put_aside(tally))
        {
            self.line.pop_back();
            self.slots[key.slot()].in_line = false;
            self.aside.push((self.depth, key));
        }
        self.mailbox.sleep(self.line.is_empty())
    }

    /// Puts back into the line what was put aside at this depth, or below. Whether there is anything.
    fn resume(&mut self) -> bool {
        let before = self.line.len();
        while let Some(&(depth, key)) = self.aside.last()
            && depth >= self.depth
        {
            self.aside.pop();
            let Some(view) = self.get(key).map(Endpoint::view) else { continue };
            if !self.slots[key.slot()].in_line && view.take_up() {
                let tally = view.tally();
                self.slots[key.slot()].in_line = true;
                self.line.push_front(Waiting { key, tally });
            }
        }
        self.line.len() > before
    }

    /// The next event, one of each listed endpoint in turn; those listed meanwhile join the line at its end.
    pub fn next_event(&mut self) -> Option<(Key, Event)> {
        let (key, message) = self.turn(|view, _| view.receive())?;
        Some((key, message.map_or(Event::Closed, Event::Message)))
    }

    /// As [`next_event`](Table::next_event), but several messages of the endpoint at once, if they are small and many:
    /// copied into `block`, at most `most_bytes` of it, and at most `most_messages`.
    ///
    /// These are not received yet, and what is not [settled](Table::settle) comes again. So settle before the endpoint is
    /// [received](Table::receive) from or [detached](Table::detach), and before the next event or batch. Everything else
    /// may be done meanwhile, also closing the endpoint: then there is nothing to settle.
    pub fn next_batch(&mut self, most_bytes: usize, most_messages: usize, block: &mut [u8]) -> Option<(Key, Batch)> {
        let most_bytes = most_bytes.min(block.len());
        let (key, found) = self.turn(|view, others| {
            let most = if others { most_messages.min(TURN) } else { most_messages };
            view.look(most, &mut block[..most_bytes])
        })?;
        let batch = match found {
            Some(Found::Records(copied)) => {
                self.unsettled = Some((key, copied));
                Batch::Records { count: copied.stretch.count, bytes: copied.stretch.bytes }
            }
            Some(Found::Message(message)) => Batch::Message(message),
            None => Batch::Closed,
        };
        Some((key, batch))
    }

    /// The first `delivered` messages of the last batch are received; the others will come again. Does nothing if there
    /// is no batch to settle, or its endpoint is gone.
    pub fn settle(&mut self, delivered: usize) {
        if let Some((key, batch)) = self.unsettled.take()
            && let Some(endpoint) = self.get(key)
        {
            endpoint.view().settle(batch, delivered);
        }
    }

    /// Gives the first in line that has something its turn: what `take` found, or `None` for its close. `take` hears
    /// whether others wait.
    fn turn<T>(&mut self, mut take: impl FnMut(View<'_>, bool) -> Option<T>) -> Option<(Key, Option<T>)> {
        debug_assert!(self.unsettled.is_none(), "a batch must be settled first");
        self.unsettled = None;
        loop {
            if self.mailbox.has_entries() {
                self.take_listed();
            }
            let Some(waiting) = self.line.pop_front() else {
                if self.aside.is_empty() || !self.resume() {
                    return None;
                }
                continue;
            };
            let key = waiting.key;
            let others = !self.line.is_empty();
            let Some(endpoint) = self.get(key) else { continue };
            let view = endpoint.view();
            let found = if view.is_receptive() { take(view, others) } else { None };
            let closed = found.is_none() && view.hear_close();
            if found.is_some() || view.unlist() {
                self.line.push_back(waiting);
            } else {
                self.slots[key.slot()].in_line = false;
            }
            if found.is_some() || closed {
                self.current = Some(key);
                return Some((key, found));
            }
        }
    }

    /// Asserts that what was delivered of this endpoint's batch will not be read again.
    fn is_settled(&self, key: Key) {
        debug_assert!(self.unsettled.is_none_or(|(unsettled, _)| unsettled != key), "a batch must be settled first");
    }

    /// Ends a drain. True: nothing is left, the thread sleeps, the next listing rings. False: something is left, and
    /// the doorbell has been rung for it.
    pub fn end_drain(&mut self) -> bool {
        self.current = None;
        if !self.aside.is_empty() {
            self.resume();
        }
        self.mailbox.sleep(self.line.is_empty())
    }

    /// Takes the oldest message out of an endpoint's queue, started or not. If it finds the queue empty and the peer
    /// closed, the close is listed for the next drain.
    pub fn receive(&mut self, key: Key) -> Option<Message> {
        self.is_settled(key);
        let view = self.get(key)?.view();
        let message = view.receive();
        if message.is_none() {
            view.list_close();
        }
        message
    }

    /// Moves what is listed into the line.
    fn take_listed(&mut self) {
        let mut listed = std::mem::take(&mut self.spare);
        self.mailbox.take(&mut listed);
        for key in listed.drain(..) {
            let live = self
                .slots
                .get_mut(key.slot())
                .filter(|slot| u64::from(slot.generation) == key.generation() && slot.endpoint.is_some());
            // Listed a second time by a sender who was slow while the endpoint moved here.
            if let Some(slot) = live.filter(|slot| !slot.in_line) {
                slot.in_line = true;
                let tally = slot.endpoint.as_ref().map_or(0, |endpoint| endpoint.view().tally());
                self.line.push_back(Waiting { key, tally });
            }
        }
        self.spare = listed;
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // First: closing endpoints makes others ring, and this thread's doorbell must not be among what they ring.
        self.mailbox.hang_up();
        self.slots.clear();
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("attached", &self.len()).field("listed", &self.line.len()).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::{Doorbell, channel};
    use super::*;

    struct Silent;

    impl Doorbell for Silent {
        fn ring(&self) {}
    }

    fn table() -> Table {
        Table::new(Mailbox::new(Box::new(Silent)))
    }

    #[test]
    fn a_slot_that_has_lived_all_its_lives_is_not_used_again() {
        let mut table = table();
        let first = table.attach(channel().0).unwrap();
        table.slots[first.slot()].generation = Key::LAST_GENERATION;
        let last = Key::new(first.slot(), Key::LAST_GENERATION);
        assert!(table.detach(last).is_some() && table.detach(last).is_none());
        assert_ne!(table.attach(channel().0).unwrap().slot(), first.slot());
        assert_eq!(table.len(), 1);
    }

    #[test]
    fn an_endpoint_listed_twice_gets_one_turn_a_round() {
        let mut table = table();
        let ((a, b), (c, d)) = (channel(), channel());
        let (b, d) = (table.attach(b).unwrap(), table.attach(d).unwrap());
        table.start(b);
        table.start(d);
        for sender in [&a, &a, &a, &c, &c, &c] {
            sender.send(Message::default()).unwrap();
        }
        table.mailbox.list(b);
        table.mailbox.list(Key::from(77));
        let turns: Vec<Key> = std::iter::from_fn(|| table.next_event()).map(|(key, _)| key).collect();
        assert_eq!(turns, [b, d, b, d, b, d]);
        assert!(table.line.is_empty() && table.end_drain());
    }
}
