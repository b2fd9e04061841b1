//! A thread's table: the endpoints attached to it, by key, and what is listed among them.

use super::branch::Branch;
use super::broadcast::Audience;
use super::channel::View;
use super::endpoint::Endpoint;
use super::errors::TableFull;
use super::key::Key;
use super::mailbox::Mailbox;
use super::message::{Message, Parcel};
use super::place::Place;
use super::queue::{Copied, Found};
use super::sync::Arc;
use super::waiter::{Waiter, Want};
use super::wanted::Wanted;
use std::collections::{HashMap, VecDeque};
use std::fmt;

/// The endpoints of one thread, and the members of broadcast groups there. It belongs to that thread; others reach it through
/// its [`Mailbox`] only.
///
/// ```text
///   Table                                                   Mailbox (shared)
///  ┌──────────────────────────────────────────────┐        ┌──────────────┐
///  │ slots: [generation, tenant, in_line] ...     │  take  │ listed ...   │◄── list(key)
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
/// Members of broadcast groups have keys as endpoints have. Those of one group share an inbox, which is
/// drained as an endpoint is: what comes out of it is delivered under the keys of members.
///
/// Dropping the table hangs up the mailbox, closes every endpoint and takes every member out of its group.
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
    /// The slots of branches, by the names of their groups.
    branches: HashMap<Box<str>, Key>,
    /// Whose message was taken last, until the drain ends.
    current: Option<Key>,
    /// How many drains the one that runs stands in.
    depth: u32,
    /// Endpoints that have been put aside while an inner drain runs, each with the depth at which that was.
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
    /// Whether only this is told of the endpoint's messages: that there are some.
    is_taken_from: bool,
    tenant: Option<Tenant>,
}

enum Tenant {
    Endpoint(Endpoint),
    /// A member of a broadcast group, in the branch under this key.
    Member(Key),
    /// Nobody else knows its key.
    Branch(Box<Branch>),
}

impl Tenant {
    /// The endpoint that stands in the line for the tenant, if one does.
    fn view(&self) -> Option<View<'_, Message>> {
        match self {
            Tenant::Endpoint(endpoint) => Some(endpoint.view()),
            Tenant::Branch(branch) => Some(branch.inbox.view()),
            Tenant::Member(_) => None,
        }
    }
}

/// What a drain delivers.
#[derive(Debug)]
pub enum Event {
    /// The endpoint received this.
    Message(Message),
    /// The endpoint's peer is closed, and everything it sent was received. Once in an endpoint's life.
    Closed,
    /// The peer's queue, which the endpoint had found full, has room; or the peer is closed. It may be full again.
    Room,
    /// The peer has left a [notice](Endpoint::notice).
    Notice,
    /// Messages wait for an endpoint [from which its owner takes them](Table::take_from).
    Ready,
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
    /// As [`Event::Room`].
    Room,
    /// As [`Event::Notice`].
    Notice,
    /// As [`Event::Ready`].
    Ready,
    /// The same as `Records`, for several members of a group, [`targets`](Table::targets): all of them get the first message,
    /// in this order, then all of them the second one, and so on. But the one that has sent a message does not get it: its
    /// place among the targets, counted from 1, is the second word of the record, 0 if none of them has. The key is the first
    /// target's.
    Shared {
        /// How many messages.
        count: usize,
        /// How many bytes of the block they take.
        bytes: usize,
    },
}

/// Whose turn it is.
enum Source<'a> {
    /// That of the endpoint under this key.
    Endpoint(Key, View<'a, Message>),
    /// That of members of a group.
    Branch(&'a mut Branch),
}

/// Where an endpoint is, as a table tells it of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// In a table of a thread that has the same number as this one.
    ThisThread,
    /// In the table of the thread of that number.
    Thread(u32),
    /// In the hands of threads without a table.
    Native,
    /// In a message, or between a table and one.
    InMessage,
    /// In the registry.
    Parked,
    /// Dropped.
    Closed,
}

/// What an endpoint's turn has given.
enum Turn<T> {
    /// What was taken, and for which key.
    Taken(Key, T),
    Closed,
    Room,
    Notice,
    Ready,
}

/// An endpoint has so many messages in its turn while others wait for theirs.
const TURN: usize = 16;

/// The least number of messages a drain may deliver before it returns to its event loop, as in Node.js.
pub const LEAST_BUDGET: usize = 1000;

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
            branches: HashMap::new(),
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
        let key = self.vacant()?;
        endpoint.attach(self.mailbox.clone(), key);
        self.slots[key.slot()].tenant = Some(Tenant::Endpoint(endpoint));
        Ok(key)
    }

    /// An empty slot, and the key that its next tenant has.
    fn vacant(&mut self) -> Result<Key, TableFull> {
        let index = match self.free.pop() {
            Some(index) => index as usize,
            None if self.slots.len() < Key::SLOTS => {
                self.slots.push(Slot { generation: 1, in_line: false, is_taken_from: false, tenant: None });
                self.slots.len() - 1
            }
            None => return Err(TableFull),
        };
        Ok(Key::new(index, self.slots[index].generation))
    }

    /// Gives an endpoint away, stopped, with its queue: to be sent in a message, parked, or attached elsewhere.
    pub fn detach(&mut self, key: Key) -> Option<Endpoint> {
        self.is_settled(key);
        self.remove(key)
    }

    fn remove(&mut self, key: Key) -> Option<Endpoint> {
        self.get(key)?;
        let Some(Tenant::Endpoint(endpoint)) = self.vacate(key) else { return None };
        endpoint.hold();
        Some(endpoint)
    }

    /// Takes the tenant under this key out of its slot.
    fn vacate(&mut self, key: Key) -> Option<Tenant> {
        let slot = self.slots.get_mut(key.slot()).filter(|slot| u64::from(slot.generation) == key.generation())?;
        let tenant = slot.tenant.take()?;
        slot.in_line = false;
        slot.is_taken_from = false;
        if slot.generation < Key::LAST_GENERATION {
            slot.generation += 1;
            self.free.push(key.slot() as u32);
        }
        Some(tenant)
    }

    /// Closes an endpoint: what waits for it is dropped, its peer is told. The same for a member, which leaves its group.
    /// False if there is neither under this key.
    pub fn close(&mut self, key: Key) -> bool {
        self.remove(key).is_some() || self.leave_group(key)
    }

    /// The endpoint under this key.
    pub fn get(&self, key: Key) -> Option<&Endpoint> {
        match self.tenant(key)? {
            Tenant::Endpoint(endpoint) => Some(endpoint),
            _ => None,
        }
    }

    fn tenant(&self, key: Key) -> Option<&Tenant> {
        let slot = self.slots.get(key.slot()).filter(|slot| u64::from(slot.generation) == key.generation())?;
        slot.tenant.as_ref()
    }

    /// What stands in the line under this key: an endpoint, or the inbox of a group.
    fn view(&self, key: Key) -> Option<View<'_, Message>> {
        self.tenant(key)?.view()
    }

    fn branch_at(&mut self, key: Key) -> Option<&mut Branch> {
        match self.slots.get_mut(key.slot()).filter(|slot| u64::from(slot.generation) == key.generation())?.tenant {
            Some(Tenant::Branch(ref mut branch)) => Some(branch),
            _ => None,
        }
    }

    /// The key of an endpoint's peer, if that is attached to this table, too.
    pub fn peer_key(&self, key: Key) -> Option<Key> {
        self.get(key)?.view().peer_place(|place| match place {
            Place::Attached { mailbox, key } if Arc::ptr_eq(mailbox, &self.mailbox) => Some(*key),
            _ => None,
        })
    }

    /// Gives the thread a number, by which others name it. The number has no other meaning here.
    pub fn set_thread(&mut self, number: u32) {
        self.mailbox.set_thread(number);
    }

    /// Where an endpoint's peer is.
    pub fn whereabouts(&self, key: Key) -> Option<Whereabouts> {
        Some(self.get(key)?.view().peer_place(|place| match place {
            Place::Attached { mailbox, .. } if mailbox.thread() == self.mailbox.thread() => Whereabouts::ThisThread,
            Place::Attached { mailbox, .. } => Whereabouts::Thread(mailbox.thread()),
            Place::Watched(_) => Whereabouts::Native,
            Place::Held | Place::InMessage | Place::InQueue(_) => Whereabouts::InMessage,
            Place::Parked => Whereabouts::Parked,
            Place::Closed => Whereabouts::Closed,
        }))
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

    /// The owner takes the messages of an endpoint by itself. A drain says that there are some ([`Event::Ready`]), once for each time that the
    /// endpoint is [started](Table::start), and delivers none.
    pub fn take_from(&mut self, key: Key) {
        if self.get(key).is_some() {
            self.slots[key.slot()].is_taken_from = true;
        }
    }

    /// The keys of the endpoints that are attached.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        let slots = self.slots.iter().enumerate();
        let attached = slots.filter(|(_, slot)| matches!(slot.tenant, Some(Tenant::Endpoint(_))));
        attached.map(|(index, slot)| Key::new(index, slot.generation))
    }

    /// How many endpoints are attached.
    pub fn len(&self) -> usize {
        self.slots.iter().filter(|slot| matches!(slot.tenant, Some(Tenant::Endpoint(_)))).count()
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
            let key = self.line[place].key;
            queued += match self.tenant(key) {
                Some(Tenant::Endpoint(endpoint)) => endpoint.queued(),
                Some(Tenant::Branch(branch)) => branch.waiting(),
                Some(Tenant::Member(_)) | None => 0,
            };
            if let Some(view) = self.view(key) {
                self.line[place].tally = view.tally();
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
            && self.view(key).is_some_and(|view| view.put_aside(tally))
        {
            self.line.pop_back();
            self.slots[key.slot()].in_line = false;
            self.aside.push((self.depth, key));
        }
        self.mailbox.sleep(self.line.is_empty())
    }

    /// Puts back into the line what was put aside at this depth or a deeper one. Returns whether there was anything.
    fn resume(&mut self) -> bool {
        let before = self.line.len();
        while let Some(&(depth, key)) = self.aside.last()
            && depth >= self.depth
        {
            self.aside.pop();
            let Some(view) = self.view(key) else { continue };
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
        let (listed, found) = self.turn(|source, _| match source {
            Source::Endpoint(key, view) => view.receive().map(|message| (key, message)),
            Source::Branch(branch) => branch.next(),
        })?;
        Some(match found {
            Turn::Taken(key, message) => (key, Event::Message(message)),
            Turn::Closed => (listed, Event::Closed),
            Turn::Room => (listed, Event::Room),
            Turn::Notice => (listed, Event::Notice),
            Turn::Ready => (listed, Event::Ready),
        })
    }

    /// As [`next_event`](Table::next_event), but several messages of the endpoint at once, if they are small and many:
    /// copied into `block`, at most `most_bytes` of it, and at most `most_messages`.
    ///
    /// These are not received yet, and what is not [settled](Table::settle) comes again. So settle before the endpoint is
    /// [received](Table::receive) from or [detached](Table::detach), and before the next event or batch. Everything else
    /// may be done meanwhile, also closing the endpoint: then there is nothing to settle.
    pub fn next_batch(&mut self, most_bytes: usize, most_messages: usize, block: &mut [u8]) -> Option<(Key, Batch)> {
        let most_bytes = most_bytes.min(block.len());
        let mut several = false;
        let (listed, found) = self.turn(|source, others| {
            let turn = if others { most_messages.min(TURN) } else { most_messages };
            match source {
                Source::Endpoint(key, view) => view.look(turn, &mut block[..most_bytes]).map(|found| (key, found)),
                Source::Branch(branch) => {
                    let found = branch.look(most_messages, turn, &mut block[..most_bytes]);
                    several = found.is_some() && branch.targets().len() > 1;
                    found
                }
            }
        })?;
        let (key, found) = match found {
            Turn::Taken(key, found) => (key, found),
            Turn::Closed => return Some((listed, Batch::Closed)),
            Turn::Room => return Some((listed, Batch::Room)),
            Turn::Notice => return Some((listed, Batch::Notice)),
            Turn::Ready => return Some((listed, Batch::Ready)),
        };
        let batch = match found {
            Found::Records(copied) => {
                self.unsettled = Some((listed, copied));
                let (count, bytes) = (copied.stretch.count, copied.stretch.bytes);
                if several { Batch::Shared { count, bytes } } else { Batch::Records { count, bytes } }
            }
            Found::Message(message) => Batch::Message(message),
        };
        Some((key, batch))
    }

    /// The members that the batch is for, if it is for members.
    pub fn targets(&self) -> &[Key] {
        match self.unsettled.and_then(|(key, _)| self.tenant(key)) {
            Some(Tenant::Branch(branch)) => branch.targets(),
            _ => &[],
        }
    }

    /// The first `delivered` messages of the last batch are received; the others will come again. Where several members get
    /// each of them, so many deliveries count. Does nothing if there is no batch to settle, or its endpoint is gone.
    pub fn settle(&mut self, delivered: usize) {
        let Some((key, batch)) = self.unsettled.take() else { return };
        if let Some(endpoint) = self.get(key) {
            endpoint.view().settle(batch, delivered);
        } else if let Some(branch) = self.branch_at(key) {
            branch.settle(batch, delivered);
        }
    }

    /// Gives a turn to the first in line that has something. Returns its key, and what there is to tell. `take` is told whether others wait.
    fn turn<T>(&mut self, mut take: impl FnMut(Source<'_>, bool) -> Option<(Key, T)>) -> Option<(Key, Turn<T>)> {
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
            let slot = self.slots.get_mut(key.slot()).filter(|slot| u64::from(slot.generation) == key.generation());
            let Some(slot) = slot else { continue };
            let (found, view) = match &mut slot.tenant {
                Some(Tenant::Endpoint(endpoint)) => {
                    let view = endpoint.view();
                    if view.has_news() {
                        let news = if view.hear_room() { Some(Turn::Room) } else { None };
                        let notice = || if view.hear_notice() { Some(Turn::Notice) } else { None };
                        if let Some(turn) = news.or_else(notice) {
                            self.line.push_back(waiting);
                            self.current = None;
                            return Some((key, turn));
                        }
                    }
                    let is_receptive = view.is_receptive();
                    if slot.is_taken_from && is_receptive && view.has_message() {
                        view.stop();
                        self.line.push_back(waiting);
                        self.current = None;
                        return Some((key, Turn::Ready));
                    }
                    let is_delivered = is_receptive && !slot.is_taken_from;
                    let found = if is_delivered { take(Source::Endpoint(key, view), others) } else { None };
                    (found, view)
                }
                Some(Tenant::Branch(branch)) => (take(Source::Branch(branch), others), branch.inbox.view()),
                Some(Tenant::Member(_)) | None => continue,
            };
            let closed = found.is_none() && view.hear_close();
            if found.is_some() || view.unlist() {
                self.line.push_back(waiting);
            } else {
                slot.in_line = false;
            }
            let turn = match found {
                Some((of, taken)) => Turn::Taken(of, taken),
                None if closed => Turn::Closed,
                None => continue,
            };
            self.current = Some(key);
            return Some((key, turn));
        }
    }

    /// Asserts that no batch of this endpoint waits to be settled: its messages would be read a second time.
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

    /// A wait for one of these, in this order of preference, with which the thread can block. `None` if there is no endpoint under one of the
    /// keys.
    pub fn waiter(&self, wants: &[Want]) -> Option<Waiter> {
        let mut wanted = Vec::with_capacity(wants.len());
        for want in wants {
            let (Want::Message(key) | Want::Room(key)) = *want;
            self.is_settled(key);
            wanted.push(Wanted::new(self.get(key)?, matches!(want, Want::Room(_))));
        }
        Some(Waiter::new(self.mailbox.clone(), wanted))
    }

    /// Wakes the thread of an endpoint's peer, if that thread is blocked.
    pub fn wake_peer(&self, key: Key) {
        if let Some(endpoint) = self.get(key) {
            endpoint.view().wake_peer();
        }
    }

    /// Takes the oldest message out of an endpoint's queue, whether the endpoint is started or not; or the oldest message for a member. If
    /// the queue is empty and the peer closed, the close is listed for the next drain.
    pub fn receive(&mut self, key: Key) -> Option<Message> {
        self.is_settled(key);
        let view = match self.tenant(key)? {
            Tenant::Endpoint(endpoint) => endpoint.view(),
            Tenant::Member(branch) => {
                let branch = *branch;
                return self.branch_at(branch)?.receive(key);
            }
            Tenant::Branch(_) => return None,
        };
        let message = view.receive();
        if message.is_none() {
            view.list_close();
        }
        message
    }

    /// As [`receive`](Table::receive); where the message is in a run, it is copied into `block`, as a batch of one.
    pub fn receive_into(&mut self, key: Key, block: &mut [u8]) -> Option<Batch> {
        if let Some(Tenant::Member(_)) = self.tenant(key) {
            return self.receive(key).map(Batch::Message);
        }
        self.is_settled(key);
        let view = self.get(key)?.view();
        match view.receive_into(block) {
            Some(Found::Records(copied)) => Some(Batch::Records { count: 1, bytes: copied.stretch.bytes }),
            Some(Found::Message(message)) => Some(Batch::Message(message)),
            None => {
                view.list_close();
                None
            }
        }
    }

    /// Joins the broadcast group of this name, which is made if there is none: the member's key. From now on what others
    /// send is delivered under it.
    ///
    /// # Errors
    /// [`TableFull`]; nobody has joined then.
    pub fn join(&mut self, name: &str) -> Result<Key, TableFull> {
        let key = self.vacant()?;
        // Occupies the slot, so that the next vacant slot is another one.
        self.slots[key.slot()].tenant = Some(Tenant::Member(key));
        let branch = match self.branches.get(name) {
            Some(branch) => *branch,
            None => match self.vacant() {
                Ok(branch) => branch,
                Err(full) => {
                    self.vacate(key);
                    return Err(full);
                }
            },
        };
        self.slots[key.slot()].tenant = Some(Tenant::Member(branch));
        match self.branch_at(branch) {
            Some(there) => there.join(key),
            None => {
                let founded = Branch::found(name, key);
                founded.inbox.attach(self.mailbox.clone(), branch);
                founded.inbox.view().start();
                self.slots[branch.slot()].tenant = Some(Tenant::Branch(Box::new(founded)));
                self.branches.insert(name.into(), branch);
            }
        }
        Ok(key)
    }

    /// Takes a member out of its group. False if there is none under this key.
    fn leave_group(&mut self, key: Key) -> bool {
        let Some(Tenant::Member(branch)) = self.tenant(key) else { return false };
        let branch = *branch;
        self.vacate(key);
        if self.branch_at(branch).is_some_and(|branch| !branch.leave(key))
            && let Some(Tenant::Branch(emptied)) = self.vacate(branch)
        {
            self.branches.remove(emptied.name());
        }
        true
    }

    fn branch_of(&mut self, key: Key) -> Option<&mut Branch> {
        let Some(Tenant::Member(branch)) = self.tenant(key) else { return None };
        let branch = *branch;
        self.branch_at(branch)
    }

    /// The number of a member's seat, larger than that of every member of any group that has joined before.
    pub fn seat(&mut self, key: Key) -> Option<u64> {
        self.branch_of(key)?.seat(key)
    }

    /// Whom a message of a member would reach now.
    pub fn audience(&mut self, key: Key) -> Option<Audience> {
        Some(self.branch_of(key)?.audience())
    }

    /// Sends a message of these bytes from a member to everybody else in its group. Does nothing if there is none under this
    /// key. An unsettled batch stays what it is.
    pub fn broadcast_bytes(&mut self, key: Key, bytes: &[u8]) {
        if let Some(branch) = self.branch_of(key) {
            branch.send_bytes(key, bytes);
        }
    }

    /// The same for a message whose bytes need not be copied. It must not carry endpoints.
    pub fn broadcast(&mut self, key: Key, message: impl Into<Message>) {
        if let Some(branch) = self.branch_of(key) {
            branch.send(key, message.into());
        }
    }

    /// The same for a message that goes along with a parcel, for members up to seat `youngest`: who joined after the parcel was
    /// sent must not get the message.
    pub fn broadcast_beside(&mut self, key: Key, message: impl Into<Message>, parcel: Parcel, youngest: u64) {
        if let Some(branch) = self.branch_of(key) {
            branch.send_beside(key, message.into(), parcel, youngest);
        }
    }

    /// Moves what is listed into the line.
    fn take_listed(&mut self) {
        let mut listed = std::mem::take(&mut self.spare);
        self.mailbox.take(&mut listed);
        for key in listed.drain(..) {
            let live = self
                .slots
                .get_mut(key.slot())
                .filter(|slot| u64::from(slot.generation) == key.generation() && slot.tenant.is_some());
            // Listed a second time by a sender who was slow while the endpoint moved here.
            if let Some(slot) = live.filter(|slot| !slot.in_line) {
                slot.in_line = true;
                let tally = slot.tenant.as_ref().and_then(Tenant::view).map_or(0, |view| view.tally());
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
