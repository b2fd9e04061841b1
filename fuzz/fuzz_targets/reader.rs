//! Feeds libFuzzer's bytes to the reader: `cargo +nightly fuzz run reader`.

#![no_main]

// As in the tests that have the body in common.
extern crate addon as ferroport;

#[path = "../reader_body.rs"]
mod reader_body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reader_body::read_anything(bytes));
