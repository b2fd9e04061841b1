//! The addon: what a JavaScript thread has of ferroport, and the functions that JavaScript calls.

mod active;
mod block;
mod broadcast;
mod closing_phase;
mod copies;
mod doorbell;
mod exports;
mod external_string;
mod functions;
mod lane;
mod libuv;
mod nesting;
mod outside;
mod panics;
mod patience;
mod post;
mod runtime;
mod stack;
mod thread;

pub use exports::define;
