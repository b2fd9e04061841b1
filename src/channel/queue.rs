//! The unbounded queue of one endpoint: crossbeam-channel's, made at the first push.

#[cfg(not(loom))]
pub(super) use real::Queue;

#[cfg(loom)]
pub(super) use model::Queue;

#[cfg(not(loom))]
mod real {
    use crossbeam_channel::{Receiver, Sender, unbounded};
    use std::sync::OnceLock;

    /// A first-in-first-out queue that any thread may push to and pop from.
    ///
    /// Made at the first push, because an empty crossbeam channel takes 512 bytes and most channels are used one way.
    /// Both of its ends live here rather than one in each endpoint, because the pusher, too, has to be able to empty
    /// it (see `Half::send`).
    pub(in super::super) struct Queue<T>(OnceLock<(Sender<T>, Receiver<T>)>);

    impl<T> Queue<T> {
        pub(in super::super) fn new() -> Self {
            Queue(OnceLock::new())
        }

        pub(in super::super) fn push(&self, item: T) {
            let (sender, _) = self.0.get_or_init(unbounded);
            // Sending fails only when every receiver is gone, and one stands beside the sender.
            let _ = sender.send(item);
        }

        pub(in super::super) fn pop(&self) -> Option<T> {
            self.0.get()?.1.try_recv().ok()
        }

        pub(in super::super) fn is_empty(&self) -> bool {
            self.0.get().is_none_or(|(_, receiver)| receiver.is_empty())
        }

        pub(in super::super) fn len(&self) -> usize {
            self.0.get().map_or(0, |(_, receiver)| receiver.len())
        }
    }
}

#[cfg(loom)]
mod model {
    use super::super::sync::{Mutex, Ordering};
    use loom::sync::atomic::AtomicUsize;
    use std::collections::VecDeque;

    /// What loom explores in place of crossbeam's queue, which it cannot look into.
    ///
    /// Emptiness is read from a counter with acquire and release ordering and nothing more. Were it read under the
    /// lock, the lock would order what only the protocol's own fences may be relied on to order, and a model without
    /// them would pass.
    pub(in super::super) struct Queue<T> {
        items: Mutex<VecDeque<T>>,
        count: AtomicUsize,
    }

    impl<T> Queue<T> {
        pub(in super::super) fn new() -> Self {
            Queue { items: Mutex::new(VecDeque::new()), count: AtomicUsize::new(0) }
        }

        pub(in super::super) fn push(&self, item: T) {
            let mut items = self.items.lock();
            items.push_back(item);
            self.count.fetch_add(1, Ordering::Release);
        }

        pub(in super::super) fn pop(&self) -> Option<T> {
            if self.is_empty() {
                return None;
            }
            let mut items = self.items.lock();
            let item = items.pop_front()?;
            self.count.fetch_sub(1, Ordering::Release);
            Some(item)
        }

        pub(in super::super) fn is_empty(&self) -> bool {
            self.len() == 0
        }

        pub(in super::super) fn len(&self) -> usize {
            self.count.load(Ordering::Acquire)
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Queue;

    #[test]
    fn a_queue_that_was_never_pushed_to_is_empty() {
        let queue = Queue::<u8>::new();
        assert!(queue.is_empty() && queue.pop().is_none());
    }

    #[test]
    fn a_queue_is_first_in_first_out_across_its_blocks() {
        let queue = Queue::new();
        (0..100).for_each(|number| queue.push(number));
        assert_eq!(queue.len(), 100);
        assert!((0..100).all(|number| queue.pop() == Some(number)));
        assert!(queue.is_empty() && queue.pop().is_none());
    }
}
