//! The unbounded first-in-first-out list in a queue: crossbeam-channel's.

#[cfg(not(loom))]
pub(super) use real::Fifo;

#[cfg(loom)]
pub(super) use model::Fifo;

#[cfg(not(loom))]
mod real {
    use crossbeam_channel::{Receiver, Sender, unbounded};

    /// A first-in-first-out list that any thread may push to and pop from.
    ///
    /// Both of its ends live here rather than one in each endpoint, because the pusher, too, has to be able to empty
    /// it (see `View::send`).
    pub(in super::super) struct Fifo<T>(Sender<T>, Receiver<T>);

    impl<T> Fifo<T> {
        pub(in super::super) fn new() -> Self {
            let (sender, receiver) = unbounded();
            Fifo(sender, receiver)
        }

        pub(in super::super) fn push(&self, item: T) {
            // Sending fails only when every receiver is gone, and one stands beside the sender.
            let _ = self.0.send(item);
        }

        pub(in super::super) fn pop(&self) -> Option<T> {
            self.1.try_recv().ok()
        }
    }
}

#[cfg(loom)]
mod model {
    use super::super::sync::{AtomicUsize, Mutex, Ordering};
    use std::collections::VecDeque;

    /// What loom explores in place of crossbeam's queue, which it cannot look into.
    ///
    /// Emptiness is read from a counter with acquire and release ordering and nothing more. Were it read under the
    /// lock, the lock would order what only the protocol's own fences may be relied on to order, and a model without
    /// them would pass.
    pub(in super::super) struct Fifo<T> {
        items: Mutex<VecDeque<T>>,
        count: AtomicUsize,
    }

    impl<T> Fifo<T> {
        pub(in super::super) fn new() -> Self {
            Fifo { items: Mutex::new(VecDeque::new()), count: AtomicUsize::new(0) }
        }

        pub(in super::super) fn push(&self, item: T) {
            let mut items = self.items.lock();
            items.push_back(item);
            self.count.fetch_add(1, Ordering::Release);
        }

        pub(in super::super) fn pop(&self) -> Option<T> {
            if self.count.load(Ordering::Acquire) == 0 {
                return None;
            }
            let mut items = self.items.lock();
            let item = items.pop_front()?;
            self.count.fetch_sub(1, Ordering::Release);
            Some(item)
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Fifo;

    #[test]
    fn a_fifo_is_first_in_first_out_across_its_blocks() {
        let fifo = Fifo::new();
        assert!(fifo.pop().is_none());
        (0..100).for_each(|number| fifo.push(number));
        assert!((0..100).all(|number| fifo.pop() == Some(number)));
        assert!(fifo.pop().is_none());
    }
}
