//! One end of a channel in the hands of threads: how they wait for messages and for room. The addon and the crate have this file in common.
//!
//! What is behind the end is a [`Boundary`]: another library's table in the crate, an endpoint in the addon.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

/// What a look at an end has shown.
#[derive(Debug)]
pub enum Look<M> {
    /// A message.
    Message(M),
    /// None waits.
    Empty,
    /// None waits, and none will come.
    Closed,
    /// One was there that only JavaScript can read.
    Unreadable,
}

/// Whether there is room at the other end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Room {
    /// There is.
    Yes,
    /// As much waits there as may.
    No,
    /// It is closed.
    Closed,
}

/// Why there is no message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoMessage {
    /// None has come in time.
    Empty,
    /// None waits, and none will come.
    Closed,
    /// One was there that only JavaScript can read.
    Unreadable,
}

/// Why nothing can be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoRoom {
    /// There was no room in time.
    Full,
    /// The other end is closed.
    Closed,
}

/// An end of a channel, as whoever has made it lets it be used. Any thread may look. After `Empty`, and after `No`, the end calls
/// [`Waits::wake`] once something has changed.
pub trait Boundary {
    /// What comes.
    type Message;

    /// Takes the oldest message.
    fn look(&self) -> Look<Self::Message>;

    /// Whether there is room at the other end.
    fn room(&self) -> Room;
}

/// How often a thread looks for a message before it sleeps.
const LOOKS: u32 = 40;

/// Who waits at an end.
#[derive(Default, Debug)]
pub struct Waits {
    /// How often the end has called its waker.
    calls: AtomicU64,
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default, Debug)]
struct Waiting {
    threads: usize,
    tasks: Vec<Waker>,
}

impl Waits {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something has changed: whoever waits is to look again.
    pub fn wake(&self) {
        let tasks = {
            let mut waiting = self.lock();
            self.calls.fetch_add(1, Ordering::SeqCst);
            if waiting.threads > 0 {
                self.changed.notify_all();
            }
            std::mem::take(&mut waiting.tasks)
        };
        for task in tasks {
            task.wake();
        }
    }
}

/// An end of a channel, with those who wait at it.
#[derive(Debug)]
pub struct End<B> {
    /// Dropped first: nobody calls the waker any more then.
    boundary: B,
    waits: Arc<Waits>,
}

impl<B> End<B> {
    /// An end that calls these to be looked at again.
    pub fn new(boundary: B, waits: Arc<Waits>) -> Self {
        End { boundary, waits }
    }

    /// What is behind the end.
    pub fn boundary(&self) -> &B {
        &self.boundary
    }

    /// What was behind the end, for somebody else.
    pub fn into_boundary(self) -> B {
        self.boundary
    }

    /// Lets everybody who waits here look again.
    pub fn wake(&self) {
        self.waits.wake();
    }

    /// Blocks until `look` has found something, or the time is over.
    pub fn wait<T>(&self, until: Option<Instant>, mut look: impl FnMut() -> Option<T>) -> Option<T> {
        let mut looks = 0;
        loop {
            // Before looking: what comes after the look makes it another number.
            let calls = self.waits.calls.load(Ordering::SeqCst);
            if let Some(found) = look() {
                return Some(found);
            }
            looks += 1;
            if looks <= LOOKS {
                // An answer often comes at once, and to sleep and to be woken takes longer.
                if looks.is_multiple_of(8) {
                    std::thread::yield_now()
                } else {
                    std::hint::spin_loop()
                }
                if until.is_none_or(|until| Instant::now() < until) {
                    continue;
                }
                return None;
            }
            let mut waiting = self.waits.lock();
            waiting.threads += 1;
            while self.waits.calls.load(Ordering::SeqCst) == calls {
                waiting = match until {
                    None => self.waits.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
                    Some(until) => {
                        let left = until.saturating_duration_since(Instant::now());
                        if left.is_zero() {
                            waiting.threads -= 1;
                            drop(waiting);
                            return look();
                        }
                        self.waits.changed.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0
                    }
                };
            }
            waiting.threads -= 1;
            looks = 0;
        }
    }

    /// As [`wait`](End::wait), for a task: if nothing is found, the task is woken when something may be.
    pub fn poll<T>(&self, task: &Waker, mut look: impl FnMut() -> Option<T>) -> Option<T> {
        if let Some(found) = look() {
            return Some(found);
        }
        {
            let mut waiting = self.waits.lock();
            if !waiting.tasks.iter().any(|other| other.will_wake(task)) {
                waiting.tasks.push(task.clone());
            }
        }
        // Once more: what has come before the task stood there has woken others.
        look()
    }
}

impl<B: Boundary> End<B> {
    fn look(&self) -> Option<Result<B::Message, NoMessage>> {
        match self.boundary.look() {
            Look::Message(message) => Some(Ok(message)),
            Look::Closed => Some(Err(NoMessage::Closed)),
            Look::Unreadable => Some(Err(NoMessage::Unreadable)),
            Look::Empty => None,
        }
    }

    /// The next message. Blocks until one comes.
    ///
    /// # Errors
    /// `Closed`, `Unreadable`.
    pub fn recv(&self) -> Result<B::Message, NoMessage> {
        self.wait(None, || self.look()).unwrap_or(Err(NoMessage::Closed))
    }

    /// The next message, if one waits.
    ///
    /// # Errors
    /// [`NoMessage`].
    pub fn try_recv(&self) -> Result<B::Message, NoMessage> {
        self.look().unwrap_or(Err(NoMessage::Empty))
    }

    /// The next message. Blocks for so long at most.
    ///
    /// # Errors
    /// [`NoMessage`].
    pub fn recv_timeout(&self, most: Duration) -> Result<B::Message, NoMessage> {
        self.wait(Instant::now().checked_add(most), || self.look()).unwrap_or(Err(NoMessage::Empty))
    }

    /// The next message, for a task, see [`poll`](End::poll).
    pub fn poll_recv(&self, task: &Waker) -> Option<Result<B::Message, NoMessage>> {
        self.poll(task, || self.look())
    }

    /// The messages as they come, until the other end is closed; `Unreadable` for one that only JavaScript can read.
    pub fn iter(&self) -> impl Iterator<Item = Result<B::Message, NoMessage>> + '_ {
        std::iter::from_fn(|| match self.recv() {
            Err(NoMessage::Closed | NoMessage::Empty) => None,
            found => Some(found),
        })
    }

    fn look_for_room(&self) -> Option<Result<(), NoRoom>> {
        match self.boundary.room() {
            Room::Yes => Some(Ok(())),
            Room::No => None,
            Room::Closed => Some(Err(NoRoom::Closed)),
        }
    }

    /// Blocks until there is room at the other end.
    ///
    /// # Errors
    /// `Closed`.
    pub fn room(&self) -> Result<(), NoRoom> {
        self.wait(None, || self.look_for_room()).unwrap_or(Err(NoRoom::Closed))
    }

    /// Whether there is room at the other end.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn try_room(&self) -> Result<(), NoRoom> {
        self.look_for_room().unwrap_or(Err(NoRoom::Full))
    }

    /// Blocks until there is room at the other end, for so long at most.
    ///
    /// # Errors
    /// [`NoRoom`].
    pub fn room_timeout(&self, most: Duration) -> Result<(), NoRoom> {
        self.wait(Instant::now().checked_add(most), || self.look_for_room()).unwrap_or(Err(NoRoom::Full))
    }

    /// Whether there is room, for a task, see [`poll`](End::poll).
    pub fn poll_room(&self, task: &Waker) -> Option<Result<(), NoRoom>> {
        self.poll(task, || self.look_for_room())
    }
}
