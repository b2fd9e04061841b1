//! What a blocked thread waits for.

use super::channel::{QueueOf, View};
use super::endpoint::Endpoint;
use super::message::Message;
use super::place::Place;
use std::thread::ThreadId;

/// What is wanted, as it is looked for while the thread is blocked.
pub(super) struct Wanted {
    end: QueueOf<Message>,
    is_room: bool,
}

impl Wanted {
    /// A message for the endpoint, or room in its peer's queue.
    pub(super) fn new(endpoint: &Endpoint, is_room: bool) -> Wanted {
        let (channel, side) = endpoint.end();
        Wanted { end: (channel.clone(), side), is_room }
    }

    /// See [`View::begin_await`].
    pub(super) fn begin_await(&self) {
        self.view().begin_await();
    }

    /// See [`View::end_await`].
    pub(super) fn end_await(&self) {
        self.view().end_await();
    }

    fn view(&self) -> View<'_, Message> {
        self.end.0.view(self.end.1)
    }

    /// Whether what is wanted is there, or can never come because one end has closed.
    pub(super) fn is_ready(&self) -> bool {
        if self.is_room { self.view().can_send() } else { self.view().can_receive() }
    }

    /// The same for the owner of the endpoint, who is told of room from here on if there is none.
    pub(super) fn seek(&self) -> bool {
        if self.is_room { self.view().can_send() || self.view().want_room() } else { self.view().can_receive() }
    }

    /// The thread that has the peer, if the peer is in a thread's table.
    pub(super) fn bringer(&self) -> Option<ThreadId> {
        self.view().peer_place(|place| match place {
            Place::Attached { mailbox, .. } => Some(mailbox.owner()),
            _ => None,
        })
    }
}
