//! The copies of the JavaScript of ferroport in one thread, for one another, by number.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ptr;
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicU64, Ordering};

/// No other number of the process is the same, and none is 0. The number of a copy in another thread names nothing in this one.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A number that only the loaded library has: two that were loaded from two files share no endpoints.
pub fn library() -> f64 {
    ptr::from_ref(&NEXT).addr() as f64
}

/// The copies of one thread, each by what it has there. Nobody is kept alive by being listed.
pub struct Copies<T>(RefCell<HashMap<u64, Weak<T>>>);

impl<T> Default for Copies<T> {
    fn default() -> Self {
        Copies(RefCell::default())
    }
}

impl<T> Copies<T> {
    /// Lets the others reach a copy. Returns its number.
    pub fn enter(&self, copy: &Rc<T>) -> u64 {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        self.0.borrow_mut().insert(number, Rc::downgrade(copy));
        number
    }

    /// Nobody reaches the copy any more. Does no harm if it has been called before.
    pub fn leave(&self, number: u64) {
        self.0.borrow_mut().remove(&number);
    }

    /// The copy of that number, if this thread has one.
    pub fn get(&self, number: u64) -> Option<Rc<T>> {
        self.0.borrow().get(&number)?.upgrade()
    }

    /// All of them.
    pub fn all(&self) -> Vec<Rc<T>> {
        self.0.borrow().values().filter_map(Weak::upgrade).collect()
    }
}
