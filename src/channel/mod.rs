//! Channels between threads: endpoints, their queues, mailboxes and the registry. Plain Rust, no N-API.

#[allow(clippy::module_inception)]
mod channel;
mod endpoint;
mod errors;
mod key;
mod mailbox;
mod message;
mod place;
mod queue;
pub mod registry;
mod sync;
mod table;
mod teardown;
mod transit;

pub use endpoint::{Endpoint, Poll, channel};
pub use errors::{InvalidToken, NoRandomness, SendError, TableFull};
pub use key::Key;
pub use mailbox::{Doorbell, Mailbox};
pub use message::Message;
pub use table::{Event, Table};
