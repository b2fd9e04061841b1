//! The keys of the shapes that a library's process knows by number.

use crate::raw::Library;
use crate::wire::Shapes;
use std::sync::{LazyLock, Mutex, PoisonError, RwLock};

/// A shape's keys. A process has few shapes, and gives none up.
pub(crate) type Keys = &'static [Box<str>];

/// What this crate has asked of a library.
pub(crate) struct Known {
    library: Library,
    by_number: RwLock<Vec<Option<Keys>>>,
}

/// For each library that has handed ports over, of which there is nearly always one.
static KNOWN: LazyLock<Mutex<Vec<&'static Known>>> = LazyLock::new(Mutex::default);

impl Known {
    /// Those of a library.
    pub(crate) fn of(library: Library) -> &'static Known {
        let mut all = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.iter().find(|known| known.library.address() == library.address()) {
            return known;
        }
        let known: &'static Known = Box::leak(Box::new(Known { library, by_number: RwLock::default() }));
        all.push(known);
        known
    }

    /// The keys of shape `number`, if there is such a shape.
    pub(crate) fn keys(&self, number: u32) -> Option<Keys> {
        let index = number as usize;
        let found = self.by_number.read().unwrap_or_else(PoisonError::into_inner).get(index).copied().flatten();
        if found.is_some() {
            return found;
        }
        let keys: Keys = Box::leak(self.library.keys(number)?.into_boxed_slice());
        let mut by_number = self.by_number.write().unwrap_or_else(PoisonError::into_inner);
        if by_number.len() <= index {
            by_number.resize(index + 1, None);
        }
        Some(*by_number[index].get_or_insert(keys))
    }
}

impl Shapes for Known {
    fn key_count(&self, number: u32) -> Option<u32> {
        self.keys(number).map(|keys| keys.len() as u32)
    }
}
