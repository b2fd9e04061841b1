//! The addon: what a JavaScript thread has of ferroport, and the functions that JavaScript calls.

mod doorbell;
mod exports;
mod functions;
mod outside;
mod thread;

pub use exports::define;
