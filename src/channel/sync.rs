//! The synchronisation the channel is built on, in one place, so that loom can stand in for it under `cfg(loom)`.

use std::sync::PoisonError;
use std::time::Duration;

#[cfg(not(loom))]
use std::sync as platform;
#[cfg(not(loom))]
pub(super) use std::thread_local;

#[cfg(loom)]
use loom::sync as platform;
#[cfg(loom)]
pub(super) use loom::thread_local;

pub(super) use platform::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence};
pub(super) use platform::{Arc, MutexGuard, RwLockReadGuard, RwLockWriteGuard};

/// A mutex without poison: no code that can panic runs while one of ours is held, except a doorbell's, and a doorbell
/// that panics must not take the mailbox with it.
#[derive(Debug, Default)]
pub(super) struct Mutex<T>(platform::Mutex<T>);

impl<T> Mutex<T> {
    pub(super) fn new(value: T) -> Self {
        Mutex(platform::Mutex::new(value))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What threads sleep on, with a [`Mutex`], until another thread wakes them.
#[derive(Debug)]
pub(super) struct Condvar(platform::Condvar);

impl Condvar {
    pub(super) fn new() -> Self {
        Condvar(platform::Condvar::new())
    }

    /// Unlocks the mutex, sleeps until somebody notifies or so much time has passed, and locks the mutex again. May return earlier.
    pub(super) fn wait_timeout<'a, T>(&self, guard: MutexGuard<'a, T>, most: Duration) -> MutexGuard<'a, T> {
        self.0.wait_timeout(guard, most).unwrap_or_else(PoisonError::into_inner).0
    }

    /// The same without a limit.
    pub(super) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.0.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(super) fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// A lock that several may hold to read, without poison, as [`Mutex`].
#[derive(Debug)]
pub(super) struct RwLock<T>(platform::RwLock<T>);

impl<T> RwLock<T> {
    pub(super) fn new(value: T) -> Self {
        RwLock(platform::RwLock::new(value))
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, T> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A value made when it is first needed. Loom cannot look into a `OnceLock`, so with it, it is there from the start.
pub(super) struct Lazy<T>(Cell<T>);

#[cfg(not(loom))]
type Cell<T> = std::sync::OnceLock<Box<T>>;

#[cfg(loom)]
type Cell<T> = T;

#[cfg(not(loom))]
impl<T> Lazy<T> {
    pub(super) fn new(_make: fn() -> T) -> Self {
        Lazy(Cell::new())
    }

    #[inline]
    pub(super) fn get(&self) -> Option<&T> {
        self.0.get().map(|value| &**value)
    }

    #[inline]
    pub(super) fn get_or_make(&self, make: fn() -> T) -> &T {
        self.0.get_or_init(|| Box::new(make()))
    }
}

#[cfg(loom)]
impl<T> Lazy<T> {
    pub(super) fn new(make: fn() -> T) -> Self {
        Lazy(make())
    }

    pub(super) fn get(&self) -> Option<&T> {
        Some(&self.0)
    }

    pub(super) fn get_or_make(&self, _make: fn() -> T) -> &T {
        &self.0
    }
}
