//! Deadlines: signals that are aborted when their time is over, by one thread of the process that is there while it is needed.

use super::signal::{Reason, Signal};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How long the thread waits for another deadline before it ends.
const LINGER: Duration = Duration::from_secs(2);

/// When a signal's time is over, and its number: of two at one time, the one that was made first comes first.
type When = (Instant, u64);

#[derive(Default)]
struct Deadlines {
    by_time: BTreeMap<When, Weak<Signal>>,
    /// Whether there is a thread that looks after them.
    is_served: bool,
}

#[derive(Default)]
struct Clock {
    deadlines: Mutex<Deadlines>,
    /// Told when there is an earlier deadline than the thread knows of.
    changed: Condvar,
}

static CLOCK: LazyLock<Clock> = LazyLock::new(Clock::default);

/// Dropped with its signal, or when that is aborted: nobody waits for the deadline any more.
struct Deadline(When);

impl Drop for Deadline {
    fn drop(&mut self) {
        let removed = CLOCK.lock().by_time.remove(&self.0);
        drop(removed);
    }
}

impl Clock {
    fn lock(&self) -> MutexGuard<'_, Deadlines> {
        self.deadlines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Aborts signals in time, until there has been nothing to wait for.
    fn serve(&self) {
        let mut deadlines = self.lock();
        loop {
            let now = Instant::now();
            if let Some(first) = deadlines.by_time.first_entry()
                && first.key().0 <= now
            {
                let due = first.remove();
                // A signal that is dropped takes its deadline away, for which it needs the lock.
                drop(deadlines);
                if let Some(signal) = due.upgrade() {
                    signal.abort(Reason::Timeout, None);
                }
                deadlines = self.lock();
                continue;
            }
            let next = deadlines.by_time.first_key_value().map(|(when, _)| when.0 - now);
            let (kept, waited) =
                self.changed.wait_timeout(deadlines, next.unwrap_or(LINGER)).unwrap_or_else(PoisonError::into_inner);
            deadlines = kept;
            if waited.timed_out() && deadlines.by_time.is_empty() {
                deadlines.is_served = false;
                return;
            }
        }
    }
}

/// A signal that is aborted after that time, with [`Reason::Timeout`], unless nobody has it any more.
///
/// # Errors
/// If the operating system gives no thread for it.
pub fn expiring(after: Duration) -> std::io::Result<Arc<Signal>> {
    let signal = Signal::new();
    let when = (Instant::now() + after, signal.number());
    // Before others can find it.
    signal.expire_with(Box::new(Deadline(when)));
    let mut deadlines = CLOCK.lock();
    if !deadlines.is_served {
        let thread = std::thread::Builder::new().name("ferroport".into());
        // It begins with the lock, after this.
        if let Err(error) = thread.spawn(|| CLOCK.serve()) {
            drop(deadlines);
            return Err(error);
        }
        deadlines.is_served = true;
    }
    deadlines.by_time.insert(when, Arc::downgrade(&signal));
    let is_first = deadlines.by_time.first_key_value().is_some_and(|(first, _)| *first == when);
    drop(deadlines);
    if is_first {
        CLOCK.changed.notify_one();
    }
    Ok(signal)
}
