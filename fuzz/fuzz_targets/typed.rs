//! Feeds libFuzzer's bytes to the crate for addons: `cargo +nightly fuzz run typed`.

#![no_main]

#[path = "../typed_body.rs"]
mod typed_body;

thread_local! {
    static ENDS: typed_body::Ends = typed_body::Ends::new();
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ENDS.with(|ends| ends.read_anything(bytes)));
