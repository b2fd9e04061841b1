//! Message memory: the bytes a message is made of, owned by whoever holds the message.

mod bytes;
mod pool;

pub use bytes::Bytes;
pub use pool::{suits, vector_for};
