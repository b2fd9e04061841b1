//! The shapes that the process knows by number: ordered lists of keys, interned for good.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::form::Shapes;

/// The keys of a plain object, in order, as UTF-16. None is an array index.
pub type KeyList = Arc<[Box<[u16]>]>;

/// So many shapes are interned, and no more: what comes later sends its keys along.
pub const MOST_SHAPES: usize = 1 << 14;

/// Nor more than so many keys in all, for they are kept for good.
pub const MOST_KEYS_IN_ALL: usize = 1 << 16;

/// An object with more keys than this is a dictionary, not worth a shape.
pub const MOST_KEYS: usize = 1024;

/// The shapes of this process. Every thread that has met a number may rely on it: nothing is ever taken back.
#[derive(Clone, Copy, Debug, Default)]
pub struct KnownShapes;

#[derive(Default)]
struct Known {
    numbers: HashMap<KeyList, u32>,
    lists: Vec<KeyList>,
    /// How many keys the lists have together.
    keys: usize,
}

static KNOWN: RwLock<Option<Known>> = RwLock::new(None);

impl KnownShapes {
    /// The number of a list of keys; `None` if it is not known and there is no room for it.
    pub fn intern(self, keys: Vec<Box<[u16]>>) -> Option<u32> {
        if keys.len() > MOST_KEYS {
            return None;
        }
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        if let Some(&number) = known.numbers.get(&keys[..]) {
            return Some(number);
        }
        if known.lists.len() >= MOST_SHAPES || known.keys + keys.len() > MOST_KEYS_IN_ALL {
            return None;
        }
        let number = known.lists.len() as u32;
        let keys: KeyList = keys.into();
        known.keys += keys.len();
        known.lists.push(keys.clone());
        known.numbers.insert(keys, number);
        Some(number)
    }

    /// The keys of shape `number`, if there is such a shape.
    pub fn keys(self, number: u32) -> Option<KeyList> {
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        known.as_ref()?.lists.get(number as usize).cloned()
    }
}

impl Shapes for KnownShapes {
    fn key_count(&self, number: u32) -> Option<u32> {
        self.keys(number).map(|keys| keys.len() as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(names: &[&str]) -> Vec<Box<[u16]>> {
        names.iter().map(|name| name.encode_utf16().collect()).collect()
    }

    // One test, because the table is the process's.
    #[test]
    fn a_list_of_keys_has_one_number_until_the_table_is_full() {
        let number = KnownShapes.intern(keys(&["x", "y"])).unwrap();
        assert_eq!(KnownShapes.intern(keys(&["x", "y"])), Some(number));
        assert_ne!(KnownShapes.intern(keys(&["y", "x"])), Some(number), "the order counts");
        assert_eq!(KnownShapes.key_count(number), Some(2));
        assert_eq!(KnownShapes.keys(number).unwrap()[..], keys(&["x", "y"])[..]);
        assert_eq!(KnownShapes.key_count(u32::MAX), None);
        assert_eq!(KnownShapes.intern(vec![Box::default(); MOST_KEYS + 1]), None);

        let wide = |first: &str| (0..MOST_KEYS).map(|key| format!("{first}{key}").encode_utf16().collect()).collect();
        assert!((0..MOST_KEYS_IN_ALL / MOST_KEYS).all(|_| KnownShapes.intern(wide("the same")).is_some()));
        let many =
            (0..MOST_KEYS_IN_ALL / MOST_KEYS).filter(|other| KnownShapes.intern(wide(&format!("{other} "))).is_some());
        assert!(many.count() < MOST_KEYS_IN_ALL / MOST_KEYS, "the keys are bounded, too");

        for other in 0..MOST_SHAPES {
            let _ = KnownShapes.intern(keys(&[&other.to_string()]));
        }
        assert_eq!(KnownShapes.intern(keys(&["one too many"])), None);
        assert_eq!(KnownShapes.intern(keys(&["x", "y"])), Some(number));
    }
}
