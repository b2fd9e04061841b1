//! The message format: tags, a writer, a checked reader, and values that exist without JavaScript.
//!
//! A message is a sequence of 32-bit little-endian words; docs/wire-format.md describes them all. The addon needs no values of its own:
//! they, and what of the writer only they need, are there with the feature `value`.
//!
//! ```text
//!  JavaScript values ──► Writer ──►         ──► Reader ──► JavaScript values
//!                                    bytes
//!   Value::to_bytes ───────────────►         ──► check ──► Value::from_bytes
//! ```

mod check;
mod form;
mod item;
mod kinds;
mod malformed;
mod packed;
mod reader;
mod recast;
mod shapes;
pub mod tag;
#[cfg(feature = "value")]
mod value;
mod writer;

pub use check::{Summary, check};
pub use form::{Form, NoShapes, Shapes};
pub use item::{BigInt, Buffer, ErrorHead, Item, Key, Str, View, spelled_index};
pub use kinds::{ErrorKind, ViewKind};
pub use malformed::{Defect, Malformed};
pub use packed::{Packed, Unit};
pub use reader::Reader;
pub use recast::{Learned, NotPortable, Recast};
pub use shapes::{KeyList, KnownShapes, LONGEST_KEY, MOST_KEYS, OFTEN_ENOUGH};
#[cfg(feature = "value")]
pub use value::{Integer, JsonDefect, NotJson, Object, PropertyKey, Slot, Text, Unwritable, Value};
pub use writer::{ErrorParts, Open, WriteError, Writer};
