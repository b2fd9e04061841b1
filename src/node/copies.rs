//! The copies of the JavaScript of ferroport in one thread, for one another: by number.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use super::thread::Thread;

/// No other number of the process is the same, and none is 0: that of a copy in another thread names nothing in this one.
static NEXT: AtomicU64 = AtomicU64::new(1);

thread_local! {
    static COPIES: RefCell<HashMap<u64, *const Thread>> = RefCell::default();
}

/// A number that only the loaded library has: two that were loaded from two files share no endpoints.
pub fn library() -> f64 {
    ptr::from_ref(&NEXT).addr() as f64
}

/// Lets others of this thread reach a copy; its number.
///
/// # Safety
/// [`leave`] is called in this thread before `thread` is freed.
pub unsafe fn enter(thread: *const Thread) -> u64 {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    COPIES.with_borrow_mut(|copies| copies.insert(number, thread));
    number
}

/// Nobody reaches the copy any more. Does no harm if it has been called before.
pub fn leave(number: u64) {
    // Where the thread is so far gone that its list is, nobody looks.
    let _ = COPIES.try_with(|copies| copies.borrow_mut().remove(&number));
}

/// How many ports of this thread keep its event loop alive, whichever copy has them.
pub fn refed() -> usize {
    // SAFETY: as in `with`.
    COPIES.with_borrow(|copies| copies.values().map(|thread| unsafe { &**thread }.refed()).sum())
}

/// Works with a copy; `None` if there is none of that number in this thread. `work` must not run JavaScript.
pub fn with<R>(number: u64, work: impl FnOnce(&Thread) -> R) -> Option<R> {
    let thread = COPIES.with_borrow(|copies| copies.get(&number).copied())?;
    // SAFETY: it stands there, so that it has not been freed, as `enter` was promised; it is freed in this thread alone, and
    // not by `work`, during which no finalizer runs.
    Some(work(unsafe { &*thread }))
}
