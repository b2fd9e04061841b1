//! Broadcast: groups of endpoints under names, each of which receives what any other of its group sends.

use super::endpoint::{Endpoint, channel};
use super::message::{Message, Parcel};
use super::sync::{Arc, RwLock};
use crate::memory::Bytes;
use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// A place in the group of a name, the right to send to everybody else there.
///
/// ```text
///   GROUPS                     Group                                Member { seat: 4 }
///  ┌────────────────┐         ┌───────────────────────────────┐         │
///  │ "news" ────────┼────────►│ seats:  3      4      9       │◄────────┘
///  └────────────────┘         │         │      │      │       │
///                             └─────────┼──────┼──────┼───────┘
///                                   endpoints, whose peers are the members':
///                                       ▼      ▼      ▼
///                                     queue  queue  queue  ──►  Table, drain
///                                         ╲     (not its own)
///                                           one message's bytes, shared
/// ```
///
/// What a member receives with is an ordinary [`Endpoint`], attached to whatever table, listed, drained and closed like
/// every other. Its peer has the group: sending is sending from all the others' peers. One sender's messages come to
/// everybody in the order of sending, because each queue keeps it.
///
/// Dropping the member takes it out of the group, and its endpoint's peer closes. Who drops the endpoint should drop the
/// member, too; until then it is sent to in vain, which does no harm.
pub struct Member {
    group: Arc<Group>,
    seat: u64,
}

/// The members of one name. Lives as long as one of them does.
struct Group {
    name: Box<str>,
    /// In the order of joining. Locked after `GROUPS`, and before everything of a channel's.
    seats: RwLock<Vec<Seat>>,
}

struct Seat {
    /// Larger than that of every seat before it.
    number: u64,
    /// The peer of the member's endpoint.
    peer: Endpoint,
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

impl Member {
    /// Joins the group of this name, which is made if there is none. From now on the endpoint receives what others send.
    pub fn join(name: &str) -> (Member, Endpoint) {
        let (peer, endpoint) = channel();
        let mut groups = groups();
        groups.last_seat += 1;
        let seat = groups.last_seat;
        let group = match groups.by_name.get(name) {
            Some(group) => group.clone(),
            None => {
                let group = Arc::new(Group { name: name.into(), seats: RwLock::new(Vec::new()) });
                groups.by_name.insert(name.into(), group.clone());
                group
            }
        };
        // While nobody can take the group out of the list.
        group.seats.write().push(Seat { number: seat, peer });
        drop(groups);
        (Member { group, seat }, endpoint)
    }

    /// The member's seat.
    pub fn seat(&self) -> u64 {
        self.seat
    }

    /// Whom a message would reach now.
    pub fn audience(&self) -> Audience {
        let seats = self.group.seats.read();
        let youngest = seats.last().map_or(0, |seat| seat.number);
        Audience { others: self.others(&seats, youngest).count(), youngest }
    }

    /// Sends a message of these bytes to everybody else. They are copied once, however many that are, and where messages
    /// pile up in a queue once more (see [`Endpoint::send_bytes`]).
    pub fn send_bytes(&self, bytes: &[u8]) {
        let seats = self.group.seats.read();
        let mut others = self.others(&seats, u64::MAX);
        match [others.next(), others.next()] {
            [Some(only), None] => drop(only.send_bytes(bytes)),
            several => share(bytes.into(), None, several.into_iter().flatten().chain(others)),
        }
    }

    /// Sends a message to everybody else, up to seat `youngest`. It goes along with a parcel that all of these get: who
    /// joined after that was sent must not get the message.
    pub fn send(&self, bytes: Bytes, parcel: Option<Parcel>, youngest: u64) {
        let seats = self.group.seats.read();
        let mut others = self.others(&seats, youngest);
        match [others.next(), others.next()] {
            [Some(only), None] => drop(only.send(message(bytes, parcel))),
            several => share(bytes, parcel, several.into_iter().flatten().chain(others)),
        }
    }

    fn others<'a>(&self, seats: &'a [Seat], youngest: u64) -> impl Iterator<Item = &'a Endpoint> {
        let own = self.seat;
        let theirs = seats.iter().filter(move |seat| seat.number != own && seat.number <= youngest);
        theirs.map(|seat| &seat.peer).filter(|peer| !peer.is_peer_closed())
    }
}

fn message(bytes: Bytes, parcel: Option<Parcel>) -> Message {
    let message = Message::new(bytes);
    match parcel {
        Some(parcel) => message.with_parcel(parcel),
        None => message,
    }
}

/// Sends a message from several endpoints, its bytes shared.
fn share<'a>(bytes: Bytes, parcel: Option<Parcel>, endpoints: impl Iterator<Item = &'a Endpoint>) {
    let shared = std::sync::Arc::new(bytes);
    for endpoint in endpoints {
        // Whose peer has closed meanwhile does not want it any more.
        drop(endpoint.send(message(shared.clone().into(), parcel)));
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut groups = groups();
        let mut seats = self.group.seats.write();
        let left = seats.iter().position(|seat| seat.number == self.seat).map(|index| seats.remove(index));
        let emptied = if seats.is_empty() { groups.by_name.remove(&self.group.name) } else { None };
        drop((seats, groups));
        // Not while others are kept from sending: closing the peer empties its queue.
        drop((left, emptied));
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("seat", &self.seat).field("audience", &self.audience()).finish_non_exhaustive()
    }
}
