//! Broadcast: groups under names, each member of which receives what any other of its group sends.

use super::endpoint::Endpoint;
use super::message::Message;
use super::sync::{Arc, RwLock};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// The members of one name. Lives as long as one of them does.
///
/// ```text
///   GROUPS                     Group                             tables
///  ┌────────────────┐         ┌──────────────────────────┐
///  │ "news" ────────┼────────►│ seats 3, 4, 12   outlet ─┼────► Branch: inbox ─► members of this table, in turn
///  └────────────────┘         │ seats 9          outlet ─┼────► Branch: inbox ─► the one there
///                             └──────────────────────────┘
///                                one message's bytes, shared
/// ```
///
/// The members in one table are a [`Branch`](super::branch::Branch). It receives with an ordinary [`Endpoint`], which is
/// listed and drained like every other, and whose peer is the group's *outlet* there. Sending is sending from the outlets
/// to all branches with somebody else in them, once for each. So everybody in a table hears all messages in one order,
/// that of their coming, and one sender's come everywhere in the order of sending, because each queue keeps it.
struct Group {
    name: Box<str>,
    /// In the order of their founding. Locked after `GROUPS`, and before everything of a channel's.
    outlets: RwLock<Vec<Outlet>>,
}

/// The way to a branch.
struct Outlet {
    /// The seat of the branch's first member.
    number: u64,
    /// The members' seats, in the order of joining: never none.
    seats: Vec<u64>,
    /// The peer of the branch's inbox.
    endpoint: Endpoint,
}

/// A branch's place in its group, the right to send to everybody there. Dropping it takes the branch out.
pub(super) struct Membership {
    group: Arc<Group>,
    /// The seat of the branch's first member.
    number: u64,
}

/// A member's place in its group.
#[derive(Clone, Copy)]
pub(super) struct Seat {
    /// Larger than that of every seat before it.
    pub(super) number: u64,
    /// How many messages the branch had been sent when the member joined: those are not for it.
    pub(super) since: usize,
}

/// Whom a message would reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audience {
    /// How many members.
    pub others: usize,
    /// The seat of the group's youngest member: who joins later has a larger one.
    pub youngest: u64,
}

/// What is known process-wide.
#[derive(Default)]
struct Groups {
    by_name: HashMap<Box<str>, Arc<Group>>,
    /// The last seat that was given.
    last_seat: u64,
}

static GROUPS: LazyLock<Mutex<Groups>> = LazyLock::new(Mutex::default);

fn groups() -> MutexGuard<'static, Groups> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Groups {
    fn next_seat(&mut self) -> u64 {
        self.last_seat += 1;
        self.last_seat
    }
}

impl Membership {
    /// A branch, with its first member, joins the group of this name, which is made if there is none.
    pub(super) fn found(name: &str, outlet: Endpoint) -> (Membership, Seat) {
        let mut groups = groups();
        let number = groups.next_seat();
        let group = match groups.by_name.get(name) {
            Some(group) => group.clone(),
            None => {
                let group = Arc::new(Group { name: name.into(), outlets: RwLock::new(Vec::new()) });
                groups.by_name.insert(name.into(), group.clone());
                group
            }
        };
        // While nobody can take the group out of the list.
        group.outlets.write().push(Outlet { number, seats: vec![number], endpoint: outlet });
        drop(groups);
        (Membership { group, number }, Seat { number, since: 0 })
    }

    /// The name of the group.
    pub(super) fn name(&self) -> &str {
        &self.group.name
    }

    /// Another member joins the branch.
    pub(super) fn join(&self) -> Seat {
        let mut groups = groups();
        let number = groups.next_seat();
        // Nobody sends while this is locked: what was sent before has been counted.
        let mut outlets = self.group.outlets.write();
        let since = outlets.iter_mut().find(|outlet| outlet.number == self.number).map_or(0, |outlet| {
            outlet.seats.push(number);
            outlet.endpoint.peer_sent()
        });
        Seat { number, since }
    }

    /// A member leaves the branch, which stays.
    pub(super) fn leave(&self, seat: u64) {
        let mut outlets = self.group.outlets.write();
        if let Some(own) = outlets.iter_mut().find(|outlet| outlet.number == self.number) {
            own.seats.retain(|other| *other != seat);
        }
    }

    /// Whom a message of a member would reach now.
    pub(super) fn audience(&self) -> Audience {
        let outlets = self.group.outlets.read();
        let open = outlets.iter().filter(|outlet| !outlet.endpoint.is_peer_closed());
        let (count, youngest) = open.fold((0, 0), |(count, youngest), outlet| {
            (count + outlet.seats.len(), outlet.seats.last().copied().unwrap_or(0).max(youngest))
        });
        // All but the member itself.
        Audience { others: count.saturating_sub(1), youngest }
    }

    /// A member of the branch sends a message of these bytes to everybody else. They are copied once, however many branches
    /// there are, and where messages pile up in a queue once more (see [`Endpoint::send_bytes`]). The message's position in
    /// the branch's own inbox, if others are in the branch.
    pub(super) fn send_bytes(&self, bytes: &[u8]) -> Option<usize> {
        let outlets = self.group.outlets.read();
        let mut addressees = self.addressees(&outlets);
        match [addressees.next(), addressees.next()] {
            [Some(only), None] => self.own(only, only.endpoint.post_bytes(bytes)),
            several => self.share(Message::new(bytes.into()), several.into_iter().flatten().chain(addressees)),
        }
    }

    /// The same for a message, and what it goes along with.
    pub(super) fn send(&self, message: Message) -> Option<usize> {
        let outlets = self.group.outlets.read();
        let mut addressees = self.addressees(&outlets);
        match [addressees.next(), addressees.next()] {
            [Some(only), None] => self.own(only, only.endpoint.post(message)),
            several => self.share(message, several.into_iter().flatten().chain(addressees)),
        }
    }

    /// The branches with somebody else in them than one member of this branch.
    fn addressees<'a>(&self, outlets: &'a [Outlet]) -> impl Iterator<Item = &'a Outlet> {
        let own = self.number;
        let others = outlets.iter().filter(move |outlet| outlet.number != own || outlet.seats.len() > 1);
        others.filter(|outlet| !outlet.endpoint.is_peer_closed())
    }

    /// Sends a message to several branches, its bytes shared.
    fn share<'a>(&self, mut message: Message, outlets: impl Iterator<Item = &'a Outlet>) -> Option<usize> {
        message.share();
        // Who has closed meanwhile does not want it any more.
        outlets.fold(None, |own, outlet| own.or(self.own(outlet, outlet.endpoint.post(message.again()))))
    }

    /// The position, if it is one in the branch's own inbox.
    fn own(&self, outlet: &Outlet, position: usize) -> Option<usize> {
        (outlet.number == self.number).then_some(position)
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let mut groups = groups();
        let mut outlets = self.group.outlets.write();
        let left = outlets.iter().position(|outlet| outlet.number == self.number).map(|index| outlets.remove(index));
        let emptied = if outlets.is_empty() { groups.by_name.remove(&self.group.name) } else { None };
        drop((outlets, groups));
        // Not while others are kept from sending: closing the outlet empties its queue.
        drop((left, emptied));
    }
}
