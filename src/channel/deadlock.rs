//! Deadlocks: which threads are blocked, and whether any thread is left that could wake them.
//!
//! A thread that is blocked waits for the threads that have the peers of its endpoints. Whoever follows these from thread to thread and
//! meets only threads that are blocked, without a limit of time, and with nothing that they wait for, has found a deadlock:
//!
//! ```text
//!   thread 1 ──waits for a message from──► thread 2 ──► thread 3 ──► thread 1
//! ```
//!
//! There is no verdict where a peer is in no thread's table: in a message, parked, or in a variable of Rust. Anybody may have it.
//!
//! A thread that is being terminated is blocked until it looks up, and what it closes then wakes others. So a verdict is passed only once
//! every thread that was met has looked up since it was first met, and goes on waiting.

use super::mailbox::Mailbox;
use super::sync::Arc;
use super::wanted::Wanted;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

/// What is known of a thread that is blocked.
struct Entry {
    mailbox: Arc<Mailbox>,
    wanted: Arc<Vec<Wanted>>,
    /// Whether only what is wanted ends the wait.
    is_endless: bool,
    /// Of all waits of all threads.
    number: u64,
    /// How often the thread has looked up.
    looks: u64,
    /// What the thread has met when it first found nobody who could wake it.
    suspected: Vec<Met>,
}

/// A thread that was met in its wait of that number.
#[derive(Clone, Copy)]
struct Met {
    thread: ThreadId,
    number: u64,
    looks: u64,
}

#[derive(Default)]
struct Threads {
    blocked: HashMap<ThreadId, Entry>,
    last_number: u64,
}

/// Locked before places and mailboxes.
static THREADS: LazyLock<Mutex<Threads>> = LazyLock::new(Mutex::default);

fn threads() -> MutexGuard<'static, Threads> {
    THREADS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a look has shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// Somebody may bring what is wanted, or it is not certain yet that nobody can.
    Wait,
    /// Nobody can.
    Deadlock,
}

/// The thread of that mailbox is blocked from here on.
pub(super) fn enter(mailbox: &Arc<Mailbox>, wanted: &Arc<Vec<Wanted>>, is_endless: bool) {
    let mut threads = threads();
    threads.last_number += 1;
    let (mailbox, wanted, number) = (mailbox.clone(), wanted.clone(), threads.last_number);
    let owner = mailbox.owner();
    threads.blocked.insert(owner, Entry { mailbox, wanted, is_endless, number, looks: 0, suspected: Vec::new() });
}

/// The thread of that mailbox is no longer blocked.
pub(super) fn leave(mailbox: &Mailbox) {
    let left = threads().blocked.remove(&mailbox.owner());
    // Outside of the lock: it may own the last of a channel.
    drop(left);
}

/// The thread of that mailbox has looked up, and goes on waiting unless the answer is a deadlock: then the thread is no longer blocked.
pub(super) fn look(mailbox: &Mailbox) -> Answer {
    let own = mailbox.owner();
    let mut threads = threads();
    if let Some(entry) = threads.blocked.get_mut(&own) {
        entry.looks += 1;
    }
    let met = threads.follow(own);
    let suspected = threads.blocked.get_mut(&own).map(|entry| std::mem::take(&mut entry.suspected)).unwrap_or_default();
    let Some(met) = met else { return Answer::Wait };
    let is_same = met.len() == suspected.len()
        && met.iter().zip(&suspected).all(|(now, then)| (now.thread, now.number) == (then.thread, then.number));
    let others = || met.iter().zip(&suspected).skip(1);
    if met.len() == 1 || is_same && others().all(|(now, then)| now.looks > then.looks) {
        // Under the same lock: the thread goes on, so the others that wait for it are not told.
        let left = threads.blocked.remove(&own);
        drop(threads);
        drop(left);
        return Answer::Deadlock;
    }
    if !is_same {
        for Met { thread, .. } in &met[1..] {
            // Lets the thread look up now, and not when its slice is over.
            threads.blocked[thread].mailbox.wake();
        }
    }
    if let Some(entry) = threads.blocked.get_mut(&own) {
        entry.suspected = if is_same { suspected } else { met };
    }
    Answer::Wait
}

impl Threads {
    /// Follows what threads wait for, beginning with `first`: all threads that are met, if nobody can wake any of them.
    fn follow(&self, first: ThreadId) -> Option<Vec<Met>> {
        let mut met = Vec::new();
        let mut queue = vec![first];
        while let Some(&thread) = queue.get(met.len()) {
            let Entry { wanted, number, looks, .. } = self.blocked.get(&thread)?;
            met.push(Met { thread, number: *number, looks: *looks });
            for wanted in &**wanted {
                if wanted.is_ready() {
                    return None;
                }
                let bringer = wanted.bringer()?;
                if !queue.contains(&bringer) {
                    queue.push(bringer);
                }
            }
        }
        // What a thread waits for that has both ends itself never comes, however the wait is limited.
        (met.len() == 1 || met.iter().all(|met| self.blocked[&met.thread].is_endless)).then_some(met)
    }
}
