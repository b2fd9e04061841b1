//! Endpoints in the hands of threads without JavaScript: those of other libraries, through a table of functions in C, for which
//! docs/native-abi.md is written; and threads of our own.
//!
//! No panic crosses: each function does its work within [`guarded`](table). Memory is freed by the library that has made it.

pub mod abi;
pub mod end;
pub mod inside;
#[cfg(unix)]
mod pump;
mod table;

#[cfg(unix)]
pub use pump::pump;
pub use table::{TABLE, hand_over, take_back};
