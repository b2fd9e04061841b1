//! Watchers: how an endpoint wakes a thread that has no table, one of another library, say.

use super::sync::Mutex;
use std::fmt;

/// Wakes somebody. Called from any thread, by whoever sends to the endpoint, takes from its peer or closes that: it must not block for
/// long, nor panic, nor set the waker of the same watcher.
pub type Waker = Box<dyn Fn() + Send + Sync>;

/// Whom to wake when there is something for an endpoint: a message, room, or the peer's end.
///
/// The waker is called once for each time that the endpoint's owner has looked and found nothing
/// ([`Endpoint::poll_watched`](super::Endpoint::poll_watched), [`Endpoint::room_watched`](super::Endpoint::room_watched)).
#[derive(Default)]
pub struct Watcher(Mutex<Option<Waker>>);

impl Watcher {
    /// One without a waker.
    pub fn new() -> Watcher {
        Watcher(Mutex::new(None))
    }

    /// Puts another waker in the place of the one that there is, or takes that away. The old one does not run any more when this returns.
    pub fn set(&self, waker: Option<Waker>) {
        let before = std::mem::replace(&mut *self.0.lock(), waker);
        drop(before);
    }

    /// Calls the waker, with the watcher locked.
    pub fn wake(&self) {
        if let Some(wake) = &*self.0.lock() {
            wake();
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher").finish_non_exhaustive()
    }
}
