//! The shapes that the process knows by number: ordered lists of keys, interned for good.
//!
//! What is interned may have been chosen by outsiders, who send objects with keys of their own. So the table is bounded in
//! every way, and the fuller it is, the more often must a shape have been seen before it gets one of the last numbers.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::form::Shapes;

/// The keys of a plain object, in order, as UTF-16. None is an array index.
pub type KeyList = Arc<[Box<[u16]>]>;

/// So many shapes are interned, and no more: what comes later sends its keys along.
pub const MOST_SHAPES: usize = 1 << 14;

/// Nor more than so many keys in all, for they are kept for good.
pub const MOST_KEYS_IN_ALL: usize = 1 << 16;

/// Nor more than so many code units of keys in all: 2 MiB.
pub const MOST_UNITS_IN_ALL: usize = 1 << 20;

/// An object with more keys than this is a dictionary, not worth a shape.
pub const MOST_KEYS: usize = 1024;

/// A key of more code units than this is data: its object is a dictionary.
pub const LONGEST_KEY: usize = 128;

/// So often must a shape have been seen to get a number while the table is empty; twice as often for each eighth of it
/// that is in use.
const OFTEN: u32 = 2;

/// So often must a shape have been seen to get the last numbers. Who has seen it more often need not ask again.
pub const OFTEN_ENOUGH: u32 = OFTEN << 7;

/// The shapes of this process. Every thread that has met a number may rely on it: nothing is ever taken back.
#[derive(Clone, Copy, Debug, Default)]
pub struct KnownShapes;

#[derive(Default)]
struct Known {
    numbers: HashMap<KeyList, u32>,
    lists: Vec<KeyList>,
    /// How many keys the lists have together.
    keys: usize,
    /// How many code units these keys have together.
    units: usize,
}

impl Known {
    /// Whether there is room for a list of keys that has been seen so often.
    fn admits(&self, keys: usize, units: usize, seen: u32) -> bool {
        let bounds = [
            (self.lists.len(), 1, MOST_SHAPES),
            (self.keys, keys, MOST_KEYS_IN_ALL),
            (self.units, units, MOST_UNITS_IN_ALL),
        ];
        let fits = bounds.iter().all(|&(used, more, most)| used + more <= most);
        let eighths = bounds.iter().map(|&(used, _, most)| used * 8 / most).max().unwrap_or_default();
        fits && seen >> eighths >= OFTEN
    }
}

static KNOWN: RwLock<Option<Known>> = RwLock::new(None);

impl KnownShapes {
    /// The number of a list of keys that the caller has seen so often; `None` if it has none and gets none.
    pub fn intern(self, keys: Vec<Box<[u16]>>, seen: u32) -> Option<u32> {
        if keys.len() > MOST_KEYS || keys.iter().any(|key| key.len() > LONGEST_KEY) {
            return None;
        }
        let units: usize = keys.iter().map(|key| key.len()).sum();
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        if let Some(&number) = known.numbers.get(&keys[..]) {
            return Some(number);
        }
        if !known.admits(keys.len(), units, seen) {
            return None;
        }
        let number = known.lists.len() as u32;
        let keys: KeyList = keys.into();
        known.keys += keys.len();
        known.units += units;
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

    /// A table of so many lists of so many keys of so many units.
    fn filled(lists: usize, keys: usize, units: usize) -> Known {
        let list: KeyList = (0..keys).map(|_| vec![0; units].into_boxed_slice()).collect();
        Known { lists: vec![list; lists], keys: lists * keys, units: lists * keys * units, ..Known::default() }
    }

    #[test]
    fn the_fuller_the_table_the_more_often_must_a_shape_have_been_seen() {
        let price = |known: &Known| (0..=OFTEN_ENOUGH).find(|&seen| known.admits(1, 1, seen));
        assert_eq!(price(&Known::default()), Some(OFTEN));
        assert_eq!(price(&filled(MOST_SHAPES / 8 - 1, 0, 0)), Some(OFTEN));
        assert_eq!(price(&filled(MOST_SHAPES / 8, 0, 0)), Some(2 * OFTEN));
        assert_eq!(price(&filled(MOST_SHAPES / 2, 0, 0)), Some(16 * OFTEN));
        assert_eq!(price(&filled(1, MOST_KEYS_IN_ALL / 2, 0)), Some(16 * OFTEN), "keys count");
        assert_eq!(price(&filled(1, 1, MOST_UNITS_IN_ALL / 2)), Some(16 * OFTEN), "units count");
        assert_eq!(price(&filled(MOST_SHAPES - 1, 0, 0)), Some(OFTEN_ENOUGH));
        assert_eq!(price(&filled(MOST_SHAPES, 0, 0)), None);
        assert_eq!(price(&filled(1, MOST_KEYS_IN_ALL, 0)), None);
        assert_eq!(price(&filled(1, 1, MOST_UNITS_IN_ALL)), None);
    }

    #[test]
    fn what_does_not_fit_into_what_is_left_is_not_admitted_however_often_it_was_seen() {
        assert!(filled(1, 1, MOST_UNITS_IN_ALL - 10).admits(2, 10, u32::MAX));
        assert!(!filled(1, 1, MOST_UNITS_IN_ALL - 10).admits(2, 11, u32::MAX));
        assert!(filled(1, MOST_KEYS_IN_ALL - 10, 0).admits(10, 0, u32::MAX));
        assert!(!filled(1, MOST_KEYS_IN_ALL - 10, 0).admits(11, 0, u32::MAX));
    }

    // One test, because the table is the process's.
    #[test]
    fn a_list_of_keys_has_one_number_until_the_table_is_full() {
        let intern = |keys| KnownShapes.intern(keys, OFTEN_ENOUGH);
        assert_eq!(KnownShapes.intern(keys(&["x", "y"]), OFTEN - 1), None, "not seen often");
        let number = intern(keys(&["x", "y"])).unwrap();
        assert_eq!(KnownShapes.intern(keys(&["x", "y"]), 0), Some(number), "it has a number");
        assert_ne!(intern(keys(&["y", "x"])), Some(number), "the order counts");
        assert_eq!(KnownShapes.key_count(number), Some(2));
        assert_eq!(KnownShapes.keys(number).unwrap()[..], keys(&["x", "y"])[..]);
        assert_eq!(KnownShapes.key_count(u32::MAX), None);
        assert_eq!(intern(vec![Box::default(); MOST_KEYS + 1]), None);
        assert!(intern(keys(&["x", &"l".repeat(LONGEST_KEY)])).is_some());
        assert_eq!(intern(keys(&["x", &"l".repeat(LONGEST_KEY + 1)])), None);

        let wide = |first: &str| (0..MOST_KEYS).map(|key| format!("{first}{key}").encode_utf16().collect()).collect();
        assert!((0..MOST_KEYS_IN_ALL / MOST_KEYS).all(|_| intern(wide("the same")).is_some()));
        let many = (0..MOST_KEYS_IN_ALL / MOST_KEYS).filter(|other| intern(wide(&format!("{other} "))).is_some());
        assert!(many.count() < MOST_KEYS_IN_ALL / MOST_KEYS, "the keys are bounded, too");

        for other in 0..MOST_SHAPES {
            let _ = intern(keys(&[&other.to_string()]));
        }
        assert_eq!(intern(keys(&["one too many"])), None);
        assert_eq!(intern(keys(&["x", "y"])), Some(number));
    }
}
