//! The addon: what a JavaScript thread has of ferroport, and the functions that JavaScript calls.

mod active;
mod block;
mod broadcast;
mod closing_phase;
mod copies;
mod descriptors;
mod doorbell;
mod draft;
mod exports;
mod external_string;
mod failures;
mod functions;
mod held_signals;
mod hooks;
mod lane;
mod libuv;
mod links;
mod messages;
mod names;
mod native;
mod nesting;
mod outcome;
mod outside;
mod panics;
mod patience;
mod post;
mod runtime;
mod signals;
mod stack;
mod thread;
mod waiting;

pub use exports::load;
