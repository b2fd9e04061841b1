//! The functions of the fast lane: messages that JavaScript writes and reads itself, in the block that both sides see.
//!
//! Arguments and results are in the block where that is quicker than handing them over.

mod arrivals;
mod departures;
mod many;
mod primitives;
mod shapes;

pub use arrivals::{Keeping, order, read, read_record, receive, release, take, window};
pub(super) use departures::{Written, take_written};
pub use departures::{append_bytes, append_string, append_value, discard, flush, send};
pub use many::{MOST as MOST_IN_RUN, MOST_BIGINTS, many, write_bigints};
pub use primitives::{
    digits, fill_bytes, latin1, long_bytes, long_latin1, long_utf16, utf16, write_digits, write_latin1, write_utf16,
};
pub use shapes::{intern_shape, shape_keys};
