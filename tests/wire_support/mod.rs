//! What the tests of the message format share: seeds, and messages that show every tag.

// Each test binary takes what it needs.
#![allow(dead_code)]

pub mod examples;
mod random;
pub mod values;

#[allow(unused_imports)]
pub use random::{Random, damage, insert, seed};
