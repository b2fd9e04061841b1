//! Ports of threads of our own: what the crate gives to other libraries ([`End`]), over an endpoint, without the table between them.

use super::end::{Boundary, End, Look, NoRoom, Room, Waits};
use crate::channel::{Endpoint, Mark, Message, Poll, SendError, Watcher};
use std::sync::Arc;
use std::time::Duration;

/// An endpoint in the hands of threads of our own.
#[derive(Debug)]
pub struct Inside {
    watcher: Arc<Watcher>,
    endpoint: Endpoint,
}

/// One end of a channel: it may be used by any number of threads. Dropped, it closes.
pub type Port = End<Inside>;

impl Boundary for Inside {
    type Message = Message;

    fn look(&self, sleeps: bool) -> Look<Message> {
        loop {
            match if sleeps { self.endpoint.poll_watched() } else { self.endpoint.look_watched() } {
                Poll::Empty => return Look::Empty,
                Poll::Closed => return Look::Closed,
                Poll::Message(message) if message.needs_parcel() => return Look::Unreadable,
                // What is for ferroport itself where there is JavaScript.
                Poll::Message(message) if message.is_order() => {}
                Poll::Message(message) => return Look::Message(message),
            }
        }
    }

    fn room(&self) -> Room {
        match self.endpoint.room_watched() {
            None => Room::Closed,
            Some(true) => Room::Yes,
            Some(false) => Room::No,
        }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.watcher.set(None);
    }
}

impl Port {
    /// Takes an endpoint into the hands of threads without JavaScript.
    pub fn over(endpoint: Endpoint) -> Port {
        let watcher = Arc::new(Watcher::new());
        let waits = Arc::<Waits>::default();
        let woken = waits.clone();
        watcher.set(Some(Box::new(move || woken.wake())));
        endpoint.watch(watcher.clone());
        End::new(Inside { watcher, endpoint }, waits)
    }

    /// Sends a message of these bytes. Blocks until there is room for it.
    ///
    /// # Errors
    /// `Closed`.
    pub fn send(&self, bytes: &[u8]) -> Result<(), NoRoom> {
        self.room()?;
        self.put(bytes)
    }

    /// Sends a message of these bytes, if there is room.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn try_send(&self, bytes: &[u8]) -> Result<(), NoRoom> {
        self.try_room()?;
        self.put(bytes)
    }

    /// Sends a message of these bytes. Blocks for so long at most until there is room.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn send_timeout(&self, bytes: &[u8], most: Duration) -> Result<(), NoRoom> {
        self.room_timeout(most)?;
        self.put(bytes)
    }

    /// Sends a message of these bytes, whether there is room or not.
    ///
    /// # Errors
    /// `Closed`.
    pub fn put(&self, bytes: &[u8]) -> Result<(), NoRoom> {
        match self.boundary().endpoint.send_bytes(bytes) {
            Ok(()) => Ok(()),
            Err(SendError::Closed(_) | SendError::PostedToItself) => Err(NoRoom::Closed),
        }
    }

    /// Changes how much may wait here.
    pub fn set_mark(&self, mark: Mark) {
        self.boundary().endpoint.set_mark(mark);
    }

    /// Whether the other end is closed. What it has sent may still wait.
    pub fn is_peer_closed(&self) -> bool {
        self.boundary().endpoint.is_peer_closed()
    }

    /// Why the other end was closed, of a channel that leaves the process, see [`Endpoint::peer_reason_of_link`].
    pub fn peer_reason(&self) -> Option<u8> {
        self.boundary().endpoint.peer_reason_of_link()
    }

    /// Says why this end is going to be closed, see [`Endpoint::give_reason`].
    pub fn give_reason(&self, reason: u8) {
        self.boundary().endpoint.give_reason(reason);
    }
}
