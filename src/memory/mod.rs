//! Message memory: the bytes a message is made of, owned by whoever holds the message.

#[cfg(feature = "mimalloc")]
mod allocator;
mod bytes;
mod pool;

#[cfg(feature = "mimalloc")]
pub use allocator::Allocator;
pub use bytes::Bytes;
pub use pool::{suits, vector_for};
