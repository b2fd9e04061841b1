//! Where an endpoint is: the states of its life.

use super::key::Key;
use super::mailbox::Mailbox;
use super::sync::Arc;
use super::watcher::Watcher;

/// The one place an endpoint is in. The owner of the endpoint changes it, under the lock it is kept in; its peer reads
/// it there, to know whom to tell that something waits. `Q` names a queue.
#[derive(Default)]
pub(super) enum Place<Q> {
    /// In a variable: just made, taken out of a message or the registry, or detached from a table. Whoever has it
    /// polls it if they care.
    #[default]
    Held,
    /// In a thread's table: what waits for it is listed under `key` in `mailbox`.
    Attached { mailbox: Arc<Mailbox>, key: Key },
    /// In the hands of a thread that has no table: whoever has something to tell it calls its watcher.
    Watched(Arc<Watcher>),
    /// In a message that has not been sent, or has been received and not opened.
    InMessage,
    /// In a message in this queue. The reference makes a ring (queue, message, endpoint, queue) that opens
    /// when the message leaves the queue, and at the latest when the queue's owner closes.
    InQueue(Q),
    /// In the registry, under a token.
    Parked,
    /// Dropped.
    Closed,
}

impl<Q> Place<Q> {
    /// The name of the state, for `Debug`.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Place::Held => "held",
            Place::Attached { .. } => "attached",
            Place::Watched(_) => "watched",
            Place::InMessage => "in a message",
            Place::InQueue(..) => "in a queue",
            Place::Parked => "parked",
            Place::Closed => "closed",
        }
    }
}
