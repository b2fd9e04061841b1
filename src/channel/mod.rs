//! Channels between threads: endpoints, their queues, mailboxes and the registry. Plain Rust, no N-API.
//!
//! # Layout
//!
//! ```text
//!   Endpoint (thread 1)                                        Endpoint (thread 2)
//!  ┌─────────┬───────┐           Channel (shared)             ┌─────────┬────────┐
//!  │ channel │ First │──────►┌──────────────────────┐◄────────│ channel │ Second │
//!  └─────────┴───────┘       │ First's half         │         └─────────┴────────┘
//!      receives from ───────►│   queue  state place │◄─── sends to
//!                            │ Second's half        │
//!           sends to ───────►│   queue  state place │◄─── receives from
//!                            └──────────────────────┘
//! ```
//!
//! Each endpoint has a half of the channel: the queue of what it has not received, a word of state bits, and its place.
//! A queue is made when the first message comes: a channel without messages takes 250 bytes, one used in one direction
//! 1,700 more (crossbeam's shared part, and a block of 31 messages), whatever waits in it.
//!
//! # Runs
//!
//! A message that comes when few wait has one allocation, of its size. Where messages come faster than they are taken,
//! the small ones are written one behind the other into blocks, *runs*, of 2 KiB at first and up to 64 KiB:
//!
//! ```text
//!   queue:  [message] [message] [run ─┐] [message with an endpoint] [run ─┐]
//!                                     ▼                                   ▼
//!                           │record│record│record│             │record│record│  room ... │
//!                             ▲                                              ▲
//!                             front: the receiver reads here                 tail: senders append here
//! ```
//!
//! So a message in a backlog costs its bytes and eight more, a copy and no allocation, and its receiver can take
//! hundreds with one ([`Table::next_batch`]). What is appended to a run is visible by one store, which takes the place of
//! the push in all that follows. Both ends have a lock, which nobody else wants in the usual case: senders of one
//! endpoint exclude each other by the tail's, and the receiver takes it when it has read all, to give the run up.
//!
//! # Places
//!
//! An endpoint is owned, and in one place at a time:
//!
//! ```text
//!         channel()                     peer's send, peer's close
//!             │                                   │ list, ring
//!             ▼             attach                ▼
//!    ┌────────────────┐ ────────────► ┌───────────────────────────┐
//!    │ Held           │ ◄──────────── │ Attached { mailbox, key } │
//!    └────────────────┘    detach     └───────────────────────────┘
//!      ▲ │        ▲ │
//!      │ │        │ └── park ───────► ┌────────┐
//!      │ │        └──── claim ─────── │ Parked │
//!      │ │                            └────────┘
//!      │ │                           (watch: Watched, in the hands of threads that have no table; see "Native ends")
//!      │ └─ with_endpoints ─► ┌───────────┐ ──── send ───► ┌─────────┐
//!      └─── take_endpoint ─── │ InMessage │ ◄── receive ── │ InQueue │
//!                             └───────────┘                └─────────┘
//!
//!    dropped, in whatever place: Closed
//! ```
//!
//! Its peer may send at any time and need not know; a message waits in the queue wherever the endpoint is, and moving
//! the endpoint moves its queue.
//!
//! # Who wakes whom
//!
//! An endpoint that is attached and started is *receptive*. A sender pushes to the queue; if the peer is receptive and
//! not *listed* yet, it sets that bit, looks up the peer's mailbox and puts its key there; if the mailbox was idle, it
//! rings. So a burst costs one ring, and each further message one push, one fence and two loads.
//!
//! ```text
//!   sender                                    receiver, having found the queue empty
//!   ──────                                    ──────────────────────────────────────
//!   push the message                          clear LISTED
//!   fence ═══════════════════════════════════ fence
//!   receptive and not LISTED? ── list, ring   queue not empty after all? ── list itself
//! ```
//!
//! The fences are in one order for all threads. If the sender's comes first, the receiver sees the message; if the
//! receiver's comes first, the sender sees the bit cleared. Never neither. Starting, attaching and closing an endpoint
//! change the state and look at the queue afterwards in the same way, and going to sleep is the same question put to a
//! mailbox, under its lock.
//!
//! A listing is a hint. What it names may have moved or been read: the drain looks and passes on.
//!
//! # Room
//!
//! A queue may have a mark, which its receiver sets ([`Endpoint::set_mark`]). Sending is never refused. A sender that finds the queue
//! full, before it sends ([`Endpoint::has_room`]) or having sent, sets a bit by which it is told when there is room:
//!
//! ```text
//!   sender                                    receiver
//!   ──────                                    ────────
//!   set WANTED                                take something out, or raise the mark
//!   fence ═══════════════════════════════════ fence
//!   still full? ── wait to be told            WANTED, and not full? ── clear it; set the peer's ROOM, list the peer
//! ```
//!
//! If the sender's fence comes first, the receiver sees the bit; if the receiver's comes first, the sender sees the room. Who clears
//! WANTED tells: so a sender is told once for each time that it asked. CLOSED and WANTED are bits of one word, so of a receiver that
//! closes and a sender that asks, one sees the other without a fence. The sender's table delivers the room, started or not, ahead of
//! messages ([`Event::Room`]). A receiver whose queue has no mark looks at nothing.
//!
//! # Blocking
//!
//! A thread that waits for a message or for room without returning to its event loop ([`Waiter`]) sleeps on its mailbox. It sets the bit
//! AWAITED of the endpoint first, and looks for what it waits for afterwards; whoever has something to tell an endpoint looks at that bit
//! afterwards. One of the two sees the other, as above. Every so often the thread looks up: whether it is to end, and whether all that
//! could wake it are blocked, too (`deadlock.rs`).
//!
//! # Native ends
//!
//! An endpoint in the hands of a thread without a table has a [`Watcher`] in the place of a mailbox. LISTED means there that the watcher has
//! been woken and nobody has looked since. Who looks and finds nothing clears the bit and looks once more, with the fences as above; so
//! what comes after that wakes. Any number of threads may look: each of them is woken, and looks again.
//!
//! # Notices
//!
//! What one owner has to tell the other though the other may read no messages goes past the queue, as a notice
//! ([`Endpoint::leave_notice`]). It is put into the peer's half, then a bit is set, then the peer is listed, started or not. The
//! notice stays there. So an owner who attaches the endpoint and looks for a notice then, and one who is told of it by a drain, see
//! it between them, whenever it comes.
//!
//! # Closing
//!
//! Dropping an endpoint marks it closed, empties its queue and lists the peer, started or not. The peer is told by its
//! own drain, when nothing is left in its queue, once. A sender who pushes while the owner closes either is seen by the
//! owner's emptying or sees the mark and empties the queue itself, so that endpoints in a message that nobody will read
//! close at once, not when the channel is freed. Emptying is a loop, not a recursion, however deep queues nest.
//!
//! # Groups
//!
//! A member of a broadcast group has a key in a table, and no endpoint. The members of a group in one table share an inbox, an
//! endpoint whose peer is the group's, and hear what comes there in one order ([`Table::join`], [`Batch::Shared`]). All of the
//! above holds for the inbox, and nobody else needs to be told anything.
//!
//! # Rings
//!
//! An endpoint in its own queue could never be received, nor could b in the queue of a while a is in the queue of b:
//!
//! ```text
//!   a1 ──── a2's queue: [ b2 ]        a1 and b1 are alive, somewhere; a2 and b2 hold each other,
//!   b1 ──── b2's queue: [ a2 ]        and nobody can ever take them out
//! ```
//!
//! The post that would close such a ring is refused ([`SendError::PostedToItself`]), which drops its message and by that
//! every endpoint of the ring; their peers hear `Closed`. Rings of up to 65 queues are found, also when several threads
//! close one at the same moment. Longer ones leak, as all of them do where nobody looks.

mod branch;
mod broadcast;
#[allow(clippy::module_inception)]
mod channel;
mod deadline;
mod deadlock;
mod endpoint;
mod errors;
mod fifo;
mod key;
mod latch;
mod mailbox;
mod mark;
mod message;
mod place;
mod queue;
pub mod registry;
mod run;
mod signal;
mod sync;
mod table;
mod teardown;
mod transit;
mod waiter;
mod wanted;
mod watcher;

pub use broadcast::Audience;
pub use deadline::expiring;
pub use endpoint::{Counts, Endpoint, Poll, channel};
pub use errors::{InvalidToken, NoRandomness, SendError, TableFull};
pub use key::Key;
pub use mailbox::{Doorbell, Mailbox};
pub use mark::Mark;
pub use message::{Message, Parcel};
pub use run::{RECORD_ALIGNMENT, RECORD_HEADER, record_length};
pub use signal::{Aborter, Listener, Named, Reason, Signal, Watch};
pub use table::{Batch, Event, LEAST_BUDGET, Table, Whereabouts};
pub use waiter::{Limits, Waiter, Want, Woken};
pub use watcher::{Waker, Watcher};
