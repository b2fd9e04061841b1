//! Feeds libFuzzer's bytes to the reader: `cargo +nightly fuzz run reader`.

#![no_main]

#[path = "../reader_body.rs"]
mod reader_body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reader_body::read_anything(bytes));
