//! Feeds libFuzzer's bytes to what changes the form of messages: `cargo +nightly fuzz run recast`.

#![no_main]

#[path = "../recast_body.rs"]
mod recast_body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| recast_body::recast_anything(bytes));
