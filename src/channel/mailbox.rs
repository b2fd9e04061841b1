//! A thread's mailbox: what other threads see of it.

use super::key::Key;
use super::sync::{Arc, AtomicBool, AtomicU32, Condvar, Mutex, Ordering};
use std::fmt;
use std::thread::{self, ThreadId};
use std::time::Duration;

/// Wakes a thread that has gone to sleep on an empty mailbox.
pub trait Doorbell: Send + Sync {
    /// Makes the mailbox's thread drain its table soon. Called from any thread, with the doorbell locked: it must not
    /// block, nor panic, nor call into a channel.
    fn ring(&self);
}

/// The list of a thread's endpoints that have something to deliver, and the thread's doorbell.
///
/// ```text
///   senders, closers                              the thread
///        │ list(key)                                  │ take, sleep
///        ▼                                            ▼
///   ┌─ lock ─────────────────────────────────────────────┐  ┌─ lock ───────────┐
///   │ listed: [key, key, ...]   awake   whether hung up  │  │ doorbell or none │
///   └────────────────────────────────────────────────────┘  └──────────────────┘
///     asleep and listed to: awake := true; unlock, and ring (once)
/// ```
///
/// The system may let the thread that is rung for run at once, in the ringer's place. So the ringer holds no lock that this thread needs:
/// otherwise the thread would go back to sleep until the ringer has had another turn.
///
/// A listing is a hint. If its endpoint has moved on, or has nothing any more, the drain looks and goes on.
///
/// A thread that is blocked in a [`Waiter`](super::Waiter) sleeps on the alarm of its mailbox. Listings wake it as well as
/// [`wake`](Mailbox::wake).
pub struct Mailbox {
    /// Whether the list has entries; written under the lock, read without it to save taking it for nothing.
    has_entries: AtomicBool,
    /// What the thread is called, for those who ask where an endpoint is.
    thread: AtomicU32,
    /// The thread that has made the mailbox, and that drains it.
    owner: ThreadId,
    inner: Mutex<Inner>,
    /// Wakes the thread when it is blocked.
    alarm: Condvar,
    /// `None` once hung up: nobody rings.
    doorbell: Mutex<Option<Box<dyn Doorbell>>>,
}

struct Inner {
    listed: Vec<Key>,
    /// The thread has been rung for and has not said since that it sleeps. Nothing is listed while it is false.
    awake: bool,
    /// Nothing is listed any more.
    is_hung_up: bool,
    blocked: Blocked,
}

/// Whether the thread is blocked.
#[derive(Clone, Copy, PartialEq)]
enum Blocked {
    /// The thread is not blocked: nobody need wake it.
    No,
    /// The thread is about to sleep, and looks for what it waits for.
    Looks,
    /// The thread sleeps.
    Sleeps,
    /// Somebody has woken the thread, which has not looked since.
    Woken,
}

impl Blocked {
    /// Wakes the thread if it is blocked. Returns whether the alarm has to be raised for that.
    fn wake(&mut self) -> bool {
        let sleeps = *self == Blocked::Sleeps;
        if *self != Blocked::No {
            *self = Blocked::Woken;
        }
        sleeps
    }
}

impl Mailbox {
    /// An idle mailbox of the thread that calls. The first listing rings.
    pub fn new(doorbell: Box<dyn Doorbell>) -> Arc<Mailbox> {
        let inner = Inner { listed: Vec::new(), awake: false, is_hung_up: false, blocked: Blocked::No };
        Arc::new(Mailbox {
            has_entries: AtomicBool::new(false),
            thread: AtomicU32::new(0),
            owner: thread::current().id(),
            inner: Mutex::new(inner),
            alarm: Condvar::new(),
            doorbell: Mutex::new(Some(doorbell)),
        })
    }

    /// The thread that has made the mailbox.
    pub(super) fn owner(&self) -> ThreadId {
        self.owner
    }

    /// Wakes the thread if it is blocked, so that it looks again for what it waits for, and whether it is to end. Any thread may.
    pub fn wake(&self) {
        let sleeps = self.inner.lock().blocked.wake();
        if sleeps {
            self.alarm.notify_one();
        }
    }

    /// The thread is going to be blocked. Whoever wakes it from here on ends the next [`sleep_blocked`](Mailbox::sleep_blocked).
    pub(super) fn begin_blocked(&self) {
        self.inner.lock().blocked = Blocked::Looks;
    }

    /// Sleeps until somebody wakes the thread, or so much time has passed. Returns at once if somebody has woken the thread since it looked
    /// last, that is since `begin_blocked` or the last return of this.
    pub(super) fn sleep_blocked(&self, most: Duration) {
        let mut inner = self.inner.lock();
        if inner.blocked == Blocked::Looks {
            inner.blocked = Blocked::Sleeps;
            inner = self.alarm.wait_timeout(inner, most);
        }
        inner.blocked = Blocked::Looks;
    }

    /// The thread is no longer blocked.
    pub(super) fn end_blocked(&self) {
        self.inner.lock().blocked = Blocked::No;
    }

    /// The number that the thread was given, 0 at first.
    pub(super) fn thread(&self) -> u32 {
        self.thread.load(Ordering::Relaxed)
    }

    pub(super) fn set_thread(&self, number: u32) {
        self.thread.store(number, Ordering::Relaxed);
    }

    /// Takes the doorbell away and drops it. Once this has returned, nobody rings, and nobody is ringing.
    pub fn hang_up(&self) {
        let listed = {
            let mut inner = self.inner.lock();
            inner.is_hung_up = true;
            self.has_entries.store(false, Ordering::Relaxed);
            std::mem::take(&mut inner.listed)
        };
        let doorbell = self.doorbell.lock().take();
        drop((doorbell, listed));
    }

    /// Puts `key` on the list; rings if the thread sleeps.
    pub(super) fn list(&self, key: Key) {
        let (sleeps, is_blocked) = {
            let mut inner = self.inner.lock();
            if inner.is_hung_up {
                return;
            }
            inner.listed.push(key);
            self.has_entries.store(true, Ordering::Relaxed);
            (!std::mem::replace(&mut inner.awake, true), inner.blocked.wake())
        };
        if is_blocked {
            self.alarm.notify_one();
        }
        if sleeps {
            self.ring();
        }
    }

    fn ring(&self) {
        if let Some(doorbell) = &*self.doorbell.lock() {
            doorbell.ring();
        }
    }

    /// Whether something may be listed. A listing of another thread may not show yet; [`Mailbox::sleep`] sees all.
    pub(super) fn has_entries(&self) -> bool {
        self.has_entries.load(Ordering::Relaxed)
    }

    /// Exchanges the list with `empty`, an empty one whose allocation the mailbox goes on with.
    pub(super) fn take(&self, empty: &mut Vec<Key>) {
        let mut inner = self.inner.lock();
        std::mem::swap(&mut inner.listed, empty);
        self.has_entries.store(false, Ordering::Relaxed);
    }

    /// Goes to sleep if nothing is listed and the thread has nothing left (`idle`): true, and the next listing rings.
    /// Otherwise stays awake and rings.
    pub(super) fn sleep(&self, idle: bool) -> bool {
        {
            let mut inner = self.inner.lock();
            if idle && inner.listed.is_empty() {
                inner.awake = false;
                return true;
            }
            inner.awake = true;
        }
        self.ring();
        false
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("has_entries", &self.has_entries()).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    struct Bell(Arc<AtomicUsize>);

    impl Doorbell for Bell {
        fn ring(&self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn mailbox() -> (Arc<Mailbox>, Arc<AtomicUsize>) {
        let rings = Arc::new(AtomicUsize::new(0));
        (Mailbox::new(Box::new(Bell(rings.clone()))), rings)
    }

    #[test]
    fn only_the_first_listing_of_a_sleeping_mailbox_rings() {
        let (mailbox, rings) = mailbox();
        (1..4).for_each(|number| mailbox.list(Key::from(number)));
        assert_eq!(rings.load(Ordering::Relaxed), 1);
        let mut taken = vec![];
        mailbox.take(&mut taken);
        assert_eq!(taken, [1, 2, 3].map(Key::from));
        mailbox.list(Key::from(4));
        assert_eq!(rings.load(Ordering::Relaxed), 1, "awake until it says otherwise");
        assert!(!mailbox.sleep(true));
        assert_eq!(rings.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_mailbox_that_sleeps_rings_for_the_next_listing() {
        let (mailbox, rings) = mailbox();
        assert!(mailbox.sleep(true));
        assert!(!mailbox.sleep(false));
        assert!(mailbox.sleep(true));
        mailbox.list(Key::from(1));
        assert_eq!(rings.load(Ordering::Relaxed), 2);
    }

    /// A doorbell whose sound is heard before the ringer goes on: it waits for the thread's answer.
    struct Heard {
        mailbox: Arc<std::sync::OnceLock<std::sync::Weak<Mailbox>>>,
        answers: Arc<AtomicUsize>,
    }

    impl Doorbell for Heard {
        fn ring(&self) {
            let mailbox = self.mailbox.get().and_then(std::sync::Weak::upgrade).expect("it is there");
            let (answer, answered) = std::sync::mpsc::channel();
            std::thread::spawn(move || {
                let mut taken = vec![];
                mailbox.take(&mut taken);
                let _ = answer.send(taken.len());
            });
            if answered.recv_timeout(std::time::Duration::from_secs(20)) == Ok(1) {
                self.answers.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn a_thread_that_is_rung_for_need_not_wait_for_the_ringer() {
        let (place, answers) = (Arc::default(), Arc::new(AtomicUsize::new(0)));
        let bell = Heard { mailbox: Arc::clone(&place), answers: answers.clone() };
        let mailbox = Mailbox::new(Box::new(bell));
        place.set(Arc::downgrade(&mailbox)).expect("it is set once");
        mailbox.list(Key::from(1));
        assert_eq!(answers.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn hanging_up_drops_the_doorbell_and_what_is_listed() {
        let (mailbox, rings) = mailbox();
        mailbox.list(Key::from(1));
        mailbox.hang_up();
        assert_eq!(Arc::strong_count(&rings), 1);
        mailbox.list(Key::from(2));
        assert!(!mailbox.has_entries());
        assert!(mailbox.sleep(true) && !mailbox.sleep(false));
        assert_eq!(rings.load(Ordering::Relaxed), 1);
    }
}
