//! Endpoints in the hands of other libraries, through a table of functions in C. docs/native-abi.md is written for those libraries.
//!
//! No panic crosses: each function does its work within [`guarded`](table). Memory is freed by the library that has made it.

pub mod abi;
mod pin;
mod table;

pub use table::{MakesValue, TABLE, hand_over, make_values_by, take_back};
