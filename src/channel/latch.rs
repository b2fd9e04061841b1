//! A latch: a mutex for what is nearly always one thread's, and never held for long.

#[cfg(not(loom))]
pub(super) use real::Latch;

/// Loom explores the protocol with its own mutex: it knows no better way to wait.
#[cfg(loom)]
pub(super) use super::sync::Mutex as Latch;

#[cfg(not(loom))]
mod real {
    use std::cell::UnsafeCell;
    use std::marker::PhantomData;
    use std::ops::{Deref, DerefMut};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    /// A value that one thread at a time may use.
    ///
    /// It keeps no list of who waits, so that unlocking is a plain store. The standard mutex needs an atomic exchange
    /// there, to learn whether it has to wake somebody, and that is a quarter of what sending a small message costs.
    /// Whoever finds it locked lets other threads run until it is not.
    pub(in super::super) struct Latch<T> {
        locked: AtomicBool,
        value: UnsafeCell<T>,
    }

    // SAFETY: one thread at a time has the value, by a guard.
    unsafe impl<T: Send> Sync for Latch<T> {}

    impl<T> Latch<T> {
        pub(in super::super) fn new(value: T) -> Self {
            Latch { locked: AtomicBool::new(false), value: UnsafeCell::new(value) }
        }

        #[inline]
        pub(in super::super) fn lock(&self) -> Guard<'_, T> {
            while self.locked.swap(true, Ordering::Acquire) {
                thread::yield_now();
            }
            Guard { latch: self, value: PhantomData }
        }
    }

    /// The right to use a latch's value. Dropping it unlocks.
    pub(in super::super) struct Guard<'a, T> {
        latch: &'a Latch<T>,
        /// It is as much to be shared between threads as the value is.
        value: PhantomData<&'a mut T>,
    }

    impl<T> Deref for Guard<'_, T> {
        type Target = T;

        #[inline]
        fn deref(&self) -> &T {
            // SAFETY: there is one guard at a time, and it is borrowed.
            unsafe { &*self.latch.value.get() }
        }
    }

    impl<T> DerefMut for Guard<'_, T> {
        #[inline]
        fn deref_mut(&mut self) -> &mut T {
            // SAFETY: there is one guard at a time, and it is borrowed mutably.
            unsafe { &mut *self.latch.value.get() }
        }
    }

    impl<T> Drop for Guard<'_, T> {
        #[inline]
        fn drop(&mut self) {
            self.latch.locked.store(false, Ordering::Release);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Latch;
    use std::thread;

    #[test]
    fn threads_that_share_a_latch_take_turns() {
        let latch = Latch::new((0_u64, 0_u64));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..20_000 {
                        let mut value = latch.lock();
                        value.0 += 1;
                        value.1 = value.0;
                    }
                });
            }
        });
        assert_eq!(*latch.lock(), (80_000, 80_000));
    }
}
