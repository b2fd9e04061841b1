//! High-water marks: how much may wait in a queue before it counts as full.

use super::sync::{AtomicUsize, Ordering};

/// How much may wait before a queue is full, whichever is reached first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// How many messages; `usize::MAX` for any number.
    pub messages: usize,
    /// How many bytes; `usize::MAX` for any number.
    pub bytes: usize,
}

impl Mark {
    /// That of a queue which is never full.
    pub const NONE: Mark = Mark { messages: usize::MAX, bytes: usize::MAX };

    /// Whether a queue in which so much waits is full. An empty one never is, so a message larger than the mark passes there.
    pub(super) fn is_reached(self, messages: usize, bytes: usize) -> bool {
        messages > 0 && (messages >= self.messages || bytes >= self.bytes)
    }
}

/// A mark that the receiver sets while senders read it. The two numbers need not be read as one: after each change the receiver looks
/// whether there is room.
pub(super) struct SharedMark {
    messages: AtomicUsize,
    bytes: AtomicUsize,
}

impl SharedMark {
    pub(super) fn new() -> Self {
        SharedMark { messages: AtomicUsize::new(Mark::NONE.messages), bytes: AtomicUsize::new(Mark::NONE.bytes) }
    }

    pub(super) fn set(&self, mark: Mark) {
        self.messages.store(mark.messages, Ordering::Relaxed);
        self.bytes.store(mark.bytes, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> Mark {
        Mark { messages: self.messages.load(Ordering::Relaxed), bytes: self.bytes.load(Ordering::Relaxed) }
    }
}
