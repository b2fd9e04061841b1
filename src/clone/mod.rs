//! Structured clone over Node-API: between JavaScript values and the wire.
//!
//! The complete codec, for every value that the language has; no value nests too deep for it, because both directions
//! keep their stack on the heap. What Node-API cannot see of an object (its class, the entries of a Map, a view's
//! bounds) it asks of the [`Hooks`], small functions of `lib/codec`.

mod deserialize;
mod hooks;
mod scopes;
mod serialize;

pub use deserialize::{Beside, LARGE, deserialize, deserialize_portable, make_buffer, make_by_constructor};
pub use hooks::Hooks;
pub use serialize::serialize;
