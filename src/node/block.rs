//! The memory that Rust and JavaScript both see, one block for each thread: results, positions, and a message being written
//! or read.
//!
//! ```text
//!    cells      control     out                     in
//!   ┌──────────┬───────────┬───────────────────────┬───────────────────────┐
//!   │ float64s │ int32s    │ words being written   │ words being read      │
//!   └──────────┴───────────┴───────────────────────┴───────────────────────┘
//! ```
//!
//! The block is an ArrayBuffer. Programs never get it, so nobody detaches it. Only the thread's own JavaScript and its calls into Rust
//! touch it, in turns.

use std::slice;

use super::names::named;
use crate::channel::{RECORD_ALIGNMENT, RECORD_HEADER};
use crate::js::{Env, Held, Result, Value};

named! {
    /// A float64 cell. JavaScript knows them by these names.
    pub enum Cell64 {
        /// What happened: an [`Outcome`](super::outcome::Outcome).
        Outcome = 0 => "OUTCOME",
        /// The key of the endpoint concerned.
        Key = 1 => "KEY",
        /// A second key.
        OtherKey = 2 => "OTHER_KEY",
        /// Where in the message, or in the words being read, something is: bytes.
        Offset = 3 => "OFFSET",
        /// How long it is: bytes, or code units of a string.
        Length = 4 => "LENGTH",
        /// How many bytes the parcel moves that goes along with the message being sent.
        Weight = 5 => "WEIGHT",
        /// What may not go over the channel to which a message is being sent: see `Endpoint::bars`.
        Bars = 6 => "BARS",
    }
}

named! {
    /// An int32 of the control words. JavaScript knows them by these names.
    pub enum Control {
        /// Where in `out` the words begin that are not yet in the draft.
        From = 0 => "FROM",
        /// Where they end.
        To = 1 => "TO",
        /// What flags of the header they need.
        Flags = 2 => "FLAGS",
        /// How many events the drain may still deliver.
        Most = 3 => "MOST",
        /// How many messages were taken at once; 0 once the rest of them has been put back.
        Count = 4 => "COUNT",
        /// How many of those have been delivered.
        Delivered = 5 => "DELIVERED",
        /// How many bytes of a message are in `in`.
        Window = 6 => "WINDOW",
        /// What the reader may keep, or has kept, of the message: a [`Keeping`](super::lane::Keeping).
        Keeping = 7 => "KEEPING",
        /// How often words of the message being written were flushed; 0 for a message that has no draft. JavaScript sets 0 where
        /// a message begins, Rust counts.
        Flushes = 8 => "FLUSHES",
        /// For how many members of a broadcast group the messages are that were taken at once. Their keys are float64s in `in`,
        /// from [`TARGETS_AT`] on.
        Targets = 9 => "TARGETS",
        /// How many ports of the copy keep the event loop alive. JavaScript counts.
        Refs = 10 => "REFS",
    }
}

/// Places and sizes by name, besides the cells and the control words.
pub const SIZES: &[(&str, u32)] = &[
    ("TARGETS_AT", (TARGETS_AT / size_of::<f64>()) as u32),
    ("RECORD_HEADER", RECORD_HEADER as u32),
    ("RECORD_ALIGNMENT", RECORD_ALIGNMENT as u32),
    ("CELL_BYTES", CELL_BYTES as u32),
    ("CONTROL_BYTES", CONTROL_BYTES as u32),
    ("WORD_BYTES", WORD_BYTES as u32),
];

/// Bytes for the cells.
pub const CELL_BYTES: usize = 8 * size_of::<f64>();
/// How many control words there is room for.
const CONTROLS: usize = 16;
/// Bytes for the control words.
pub const CONTROL_BYTES: usize = CONTROLS * size_of::<i32>();
/// Bytes for words being written, and as many for words being read.
pub const WORD_BYTES: usize = 64 * 1024;
/// Where in `in` the keys of members are, in bytes: behind all messages that are taken at once.
pub const TARGETS_AT: usize = 16 * 1024;
/// Bytes in all.
const BYTES: usize = CELL_BYTES + CONTROL_BYTES + 2 * WORD_BYTES;

/// Where the block is.
#[derive(Clone, Copy)]
pub struct Block(*mut u8);

impl Block {
    /// Makes a block, zeroed, that lives as long as the environment.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn make<'s>(env: Env<'s>) -> Result<(Value<'s>, Held, Block)> {
        let (buffer, memory) = env.make_shared_block(BYTES)?;
        // Never released.
        let held = env.hold(buffer)?;
        Ok((buffer, held, Block(memory)))
    }

    /// Puts a result where JavaScript reads it.
    #[inline]
    pub fn set(self, cell: Cell64, value: f64) {
        // SAFETY: one of the cells; the block is alive as long as the environment, and this thread's alone.
        unsafe { self.0.cast::<f64>().add(cell as usize).write(value) };
    }

    /// What JavaScript has put into a cell.
    #[inline]
    pub fn get(self, cell: Cell64) -> f64 {
        // SAFETY: as above.
        unsafe { self.0.cast::<f64>().add(cell as usize).read() }
    }

    /// Sets a control word.
    #[inline]
    pub fn set_control(self, control: Control, value: usize) {
        // SAFETY: one of the control words; as above. Everything counted here is below 2^31.
        unsafe { self.0.add(CELL_BYTES).cast::<i32>().add(control as usize).write(value as i32) };
    }

    /// A control word; what is negative is 0.
    #[inline]
    pub fn control(self, control: Control) -> usize {
        // SAFETY: as above.
        let value = unsafe { self.0.add(CELL_BYTES).cast::<i32>().add(control as usize).read() };
        usize::try_from(value).unwrap_or(0)
    }

    /// Works with the words being written.
    ///
    /// # Safety
    /// While `work` runs, no JavaScript does, and nobody else works with these words.
    #[inline]
    pub unsafe fn with_out<R>(self, work: impl FnOnce(&mut [u8]) -> R) -> R {
        // SAFETY: part of the block, which is alive and this thread's alone; and the caller's promise.
        work(unsafe { slice::from_raw_parts_mut(self.0.add(CELL_BYTES + CONTROL_BYTES), WORD_BYTES) })
    }

    /// Works with the words being read.
    ///
    /// # Safety
    /// As [`with_out`](Block::with_out).
    #[inline]
    pub unsafe fn with_incoming<R>(self, work: impl FnOnce(&mut [u8]) -> R) -> R {
        // SAFETY: as above.
        work(unsafe { slice::from_raw_parts_mut(self.0.add(CELL_BYTES + CONTROL_BYTES + WORD_BYTES), WORD_BYTES) })
    }
}
