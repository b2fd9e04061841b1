//! Watchers: how an endpoint wakes a thread that has no table, one of another library, say.

use super::sync::{Arc, Condvar, Mutex, thread_local};
use std::fmt;
use std::ptr;

/// Wakes somebody. Called from any thread, by several at a time, by whoever sends to the endpoint, takes from its peer or closes that: it
/// must not block for long, nor panic. No lock is held meanwhile, so it may use any channel.
pub type Waker = Box<dyn Fn() + Send + Sync>;

/// Whom to wake when there is something for an endpoint: a message, room, or the peer's end.
///
/// The waker is called once for each time that the endpoint's owner has looked and found nothing
/// ([`Endpoint::poll_watched`](super::Endpoint::poll_watched), [`Endpoint::room_watched`](super::Endpoint::room_watched)).
pub struct Watcher {
    state: Mutex<State>,
    /// A call of a waker that has been taken back has returned.
    returned: Condvar,
}

#[derive(Default)]
struct State {
    waker: Option<Arc<Waker>>,
    /// How many wakers there were before this one.
    number: u64,
    /// The calls that have not returned: at most one on each thread.
    calls: Vec<Call>,
    /// How many threads wait for a call to return.
    waiting: usize,
}

/// A call of a waker.
struct Call {
    /// The number of the waker.
    number: u64,
    /// The thread that it runs on, as [`this_thread`] names it.
    thread: usize,
    /// Whether that thread was to call the waker once more, in the midst of the call.
    again: bool,
    /// Whether it has taken its waker back itself: nobody waits for it.
    is_last: bool,
}

thread_local! {
    // Loom's macro knows no constant ones.
    #[allow(clippy::missing_const_for_thread_local)]
    static HERE: u8 = 0;
}

/// What tells threads apart that live: also those that are ending, or were not made by Rust.
fn this_thread() -> usize {
    HERE.with(|here| ptr::from_ref(here).addr())
}

impl State {
    fn call_on(&mut self, thread: usize) -> Option<&mut Call> {
        self.calls.iter_mut().find(|call| call.thread == thread)
    }
}

impl Watcher {
    /// One without a waker.
    pub fn new() -> Watcher {
        Watcher { state: Mutex::default(), returned: Condvar::new() }
    }

    /// Puts another waker in the place of the one that there is, or takes that away. The old one does not run any more when this returns,
    /// unless it is the old one that calls this: then that call goes on, as the last.
    pub fn set(&self, waker: Option<Waker>) {
        let mut state = self.state.lock();
        let before = std::mem::replace(&mut state.waker, waker.map(Arc::new));
        state.number += 1;
        let number = state.number;
        if let Some(call) = state.call_on(this_thread()) {
            call.is_last = true;
            // Another thread may do the same in the midst of another call.
            self.returned.notify_all();
        }
        state.waiting += 1;
        while state.calls.iter().any(|call| call.number < number && !call.is_last) {
            state = self.returned.wait(state);
        }
        state.waiting -= 1;
        drop(state);
        drop(before);
    }

    /// Calls the waker. If that is running on this thread, it is called once more when it has returned.
    pub fn wake(&self) {
        let this_thread = this_thread();
        let mut state = self.state.lock();
        if let Some(call) = state.call_on(this_thread) {
            call.again = true;
            return;
        }
        loop {
            let Some(waker) = state.waker.clone() else { return };
            let number = state.number;
            state.calls.push(Call { number, thread: this_thread, again: false, is_last: false });
            drop(state);
            let again = {
                let call = Returning { watcher: self, thread: this_thread };
                waker();
                call.returns()
            };
            if !again {
                return;
            }
            state = self.state.lock();
        }
    }
}

/// Takes a call off the list, also if the waker panics.
struct Returning<'a> {
    watcher: &'a Watcher,
    thread: usize,
}

impl Returning<'_> {
    /// The waker has returned. Whether it is to be called again.
    fn returns(self) -> bool {
        let again = self.take();
        std::mem::forget(self);
        again
    }

    fn take(&self) -> bool {
        let mut state = self.watcher.state.lock();
        let Some(index) = state.calls.iter().position(|call| call.thread == self.thread) else { return false };
        let again = state.calls.swap_remove(index).again;
        if state.waiting > 0 {
            self.watcher.returned.notify_all();
        }
        again
    }
}

impl Drop for Returning<'_> {
    fn drop(&mut self) {
        self.take();
    }
}

impl Default for Watcher {
    fn default() -> Self {
        Watcher::new()
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher").finish_non_exhaustive()
    }
}
