//! The shapes of the structs that a thread writes.

use crate::raw::Library;
use crate::wire::spelled_index;
use std::cell::RefCell;
use std::rc::Rc;

/// A struct that has been written: which keys it had, and their shape's number.
pub(crate) struct Shape {
    pub(crate) keys: Box<[&'static str]>,
    pub(crate) number: u32,
}

struct Entry {
    library: usize,
    /// The struct's name, by its address, which is quicker to compare; structs of one name differ by their keys.
    name: (usize, usize),
    fields: usize,
    /// How often it has been written without a shape.
    seen: u32,
    /// The keys that were seen, all of them `seen` times.
    keys: Box<[&'static str]>,
    shape: Option<Rc<Shape>>,
    /// It has had other keys under the same name: its keys go along with it.
    is_mixed: bool,
}

/// A thread that writes more structs than this forgets the first ones.
const MOST: usize = 256;

/// Somebody who sees a struct more often need not ask for a number again.
const OFTEN: u32 = 1 << 8;

thread_local! {
    static WRITTEN: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

fn with<R>(library: Library, name: &'static str, fields: usize, work: impl FnOnce(&mut Entry) -> R) -> R {
    WRITTEN.with_borrow_mut(|all| {
        let library = library.address();
        let name = (name.as_ptr().addr(), name.len());
        let place = all.iter().position(|it| it.name == name && it.fields == fields && it.library == library);
        let place = place.unwrap_or_else(|| {
            if all.len() >= MOST {
                all.remove(0);
            }
            all.push(Entry { library, name, fields, seen: 0, keys: Box::default(), shape: None, is_mixed: false });
            all.len() - 1
        });
        work(&mut all[place])
    })
}

/// The shape that a struct will have, if it is as it was.
pub(crate) fn predicted(library: Library, name: &'static str, fields: usize) -> Option<Rc<Shape>> {
    with(library, name, fields, |entry| if entry.is_mixed { None } else { entry.shape.clone() })
}

/// A struct was not as predicted.
pub(crate) fn was_mixed(library: Library, name: &'static str, fields: usize) {
    with(library, name, fields, |entry| entry.is_mixed = true);
}

/// A struct has been written with these keys.
pub(crate) fn learn(library: Library, name: &'static str, fields: usize, keys: &[&'static str]) {
    with(library, name, fields, |entry| {
        if entry.is_mixed || entry.shape.is_some() || entry.seen > OFTEN {
            return;
        }
        if entry.seen == 0 {
            entry.keys = keys.into();
        } else if *entry.keys != *keys {
            entry.is_mixed = true;
            return;
        }
        entry.seen += 1;
        if entry.seen == 1 || !entry.seen.is_power_of_two() {
            return;
        }
        let units: Vec<Vec<u16>> = keys.iter().map(|key| key.encode_utf16().collect()).collect();
        if units.iter().any(|key| spelled_index(key.iter().copied()).is_some()) {
            entry.is_mixed = true;
            return;
        }
        let number = library.intern(&units, entry.seen);
        entry.shape = number.map(|number| Rc::new(Shape { keys: keys.into(), number }));
    });
}
