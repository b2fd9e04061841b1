//! The draft: what has been moved out of the block of the message that is being written there.

use crate::wire::Writer;

/// What has been flushed of the message that JavaScript writes in the block.
///
/// A draft belongs to the message of which as many flushes are counted in the block. JavaScript begins a message by setting that count
/// to 0, whatever became of the message before. A draft that is found then was abandoned, and is dropped. Whoever takes the draft out
/// of the thread has the message, and sends it, puts it back or drops it.
pub struct Draft {
    /// Holds the words, from the header on.
    pub writer: Writer,
    /// How often words were moved here.
    pub flushes: usize,
}
