//! Dropping what waits in a dead queue, without recursion.

#![allow(clippy::missing_const_for_thread_local, reason = "loom's macro does not know const initialisers")]

use super::queue::{Content, Queue};
use super::sync::thread_local;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::mem::{ManuallyDrop, take};

thread_local! {
    /// What dropped messages owned besides their bytes, to be dropped by the outermost `discard` on this thread.
    ///
    /// `ManuallyDrop`, so that no destructor makes it unusable for endpoints that other thread-locals drop at the
    /// thread's end. It leaks nothing: outside of `discard` it has no allocation.
    static PENDING: RefCell<ManuallyDrop<VecDeque<Box<dyn Any>>>> = RefCell::new(ManuallyDrop::new(VecDeque::new()));
    /// Whether a `discard` further up the stack will empty `PENDING`.
    static DISCARDING: Cell<bool> = Cell::new(false);
}

/// Drops everything in `queue`. `estate` takes out of a message what may hold queues, of which dropping is put off.
///
/// A message holds endpoints, whose queues hold messages, which hold endpoints ... Followed from drop to drop, a chain
/// of some thousand of them overflows the stack. So a `discard` inside a drop inside a `discard` only adds to the outer
/// one's work.
pub(super) fn discard<M: Content>(queue: &Queue<M>, estate: impl Fn(M) -> Option<Box<dyn Any>>) {
    queue.clear(|message| {
        if let Some(estate) = estate(message) {
            PENDING.with(|pending| pending.borrow_mut().push_back(estate));
        }
    });
    if DISCARDING.with(|discarding| discarding.replace(true)) {
        return;
    }
    while let Some(estate) = PENDING.with(|pending| pending.borrow_mut().pop_front()) {
        drop(estate);
    }
    PENDING.with(|pending| take(&mut **pending.borrow_mut()));
    DISCARDING.with(|discarding| discarding.set(false));
}
