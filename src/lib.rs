//! MessageChannel and MessagePort for Node.js, rebuilt in Rust.

pub mod channel;
pub mod memory;
pub mod wire;
