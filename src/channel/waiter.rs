//! Waiting rooms: a thread that is blocked until a message comes, or until there is room for one.

use super::deadlock::{self, Answer};
use super::key::Key;
use super::mailbox::Mailbox;
use super::sync::Arc;
use super::wanted::Wanted;
use std::time::{Duration, Instant};

/// What a thread can wait for, of an endpoint in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// A message, or that none can come any more.
    Message(Key),
    /// Room in the peer's queue, or that nobody reads that any more.
    Room(Key),
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// What was wanted is there: the index of that among all that was wanted.
    Ready(usize),
    /// It is not there, and the time is over.
    TimedOut,
    /// It is not there, and the thread was told to stop waiting.
    Stopped,
    /// It cannot come: all threads that could bring it are blocked, the caller's among them.
    Deadlocked,
}

/// How long a thread waits.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until when; `None` for ever.
    pub until: Option<Instant>,
    /// How often the thread looks up to ask whether it is to stop.
    pub slice: Duration,
    /// Whether something else than the endpoints can end the wait. Then other threads that are blocked do not make a deadlock.
    pub is_open: bool,
    /// Whether a deadlock ends the wait.
    pub detects: bool,
}

/// A thread's wait for one of several things. [`Table::waiter`](super::Table::waiter) makes it.
pub struct Waiter {
    mailbox: Arc<Mailbox>,
    wanted: Arc<Vec<Wanted>>,
}

impl Waiter {
    /// A wait of the thread of that mailbox.
    pub(super) fn new(mailbox: Arc<Mailbox>, wanted: Vec<Wanted>) -> Waiter {
        Waiter { mailbox, wanted: Arc::new(wanted) }
    }

    /// The mailbox of the thread that waits.
    pub fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// The index of the first thing wanted that is there.
    #[inline]
    pub fn look(&self) -> Option<usize> {
        self.wanted.iter().position(Wanted::is_ready)
    }

    /// Blocks the calling thread, which must be the one whose table has made this, until something wanted is there.
    ///
    /// `stop` is called each time that the thread looks up: when a slice is over, and when somebody has called [`Mailbox::wake`] for whatever
    /// reason. If it returns true, the wait ends.
    pub fn wait(&self, limits: Limits, mut stop: impl FnMut() -> bool) -> Woken {
        let blocked = Blocked::begin(self, limits);
        loop {
            if let Some(index) = self.wanted.iter().position(Wanted::seek) {
                return Woken::Ready(index);
            }
            let most = match limits.until {
                None => limits.slice,
                Some(until) => match until.saturating_duration_since(Instant::now()) {
                    Duration::ZERO => return Woken::TimedOut,
                    left => left.min(limits.slice),
                },
            };
            if stop() {
                return Woken::Stopped;
            }
            if limits.detects && blocked.is_deadlocked() {
                return Woken::Deadlocked;
            }
            self.mailbox.sleep_blocked(most);
        }
    }
}

/// That a thread is blocked, as long as this lives.
struct Blocked<'a> {
    waiter: &'a Waiter,
    is_known: bool,
}

impl<'a> Blocked<'a> {
    fn begin(waiter: &'a Waiter, limits: Limits) -> Self {
        waiter.mailbox.begin_blocked();
        for wanted in &*waiter.wanted {
            wanted.begin_await();
        }
        if limits.detects {
            deadlock::enter(&waiter.mailbox, &waiter.wanted, limits.until.is_none() && !limits.is_open);
        }
        Blocked { waiter, is_known: limits.detects }
    }

    fn is_deadlocked(&self) -> bool {
        deadlock::look(&self.waiter.mailbox) == Answer::Deadlock
    }
}

impl Drop for Blocked<'_> {
    fn drop(&mut self) {
        // Before anything is taken out of a queue: who finds the thread in the list may conclude that the thread has taken nothing.
        if self.is_known {
            deadlock::leave(&self.waiter.mailbox);
        }
        for wanted in &*self.waiter.wanted {
            wanted.end_await();
        }
        self.waiter.mailbox.end_blocked();
    }
}
