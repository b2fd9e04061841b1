//! The message format: tags, a writer, a checked reader, and values that exist without JavaScript.
//!
//! A message is a sequence of 32-bit little-endian words; docs/wire-format.md describes them all.

mod form;
mod item;
mod kinds;
mod malformed;
mod packed;
mod reader;
pub mod tag;
mod writer;

pub use form::{Form, NoShapes, Shapes};
pub use item::{BigInt, Buffer, ErrorHead, Item, Key, Str, View};
pub use kinds::{ErrorKind, ViewKind};
pub use malformed::{Defect, Malformed};
pub use packed::{Packed, Unit};
pub use reader::Reader;
pub use writer::{ErrorParts, Open, TooLarge, Writer};
