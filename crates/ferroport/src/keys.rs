//! The keys of the shapes that a library's process knows by number.

use std::sync::OnceLock;

/// A shape's keys. A process has few shapes, and gives none up.
pub(crate) type Keys = &'static [Box<str>];

const PAGE: usize = 64;
const PAGES: usize = 1024;

/// What has been asked of a library, by the shapes' numbers. Looking costs no lock: threads read shapes with every message.
pub(crate) struct KeysByNumber([OnceLock<Box<[OnceLock<Keys>; PAGE]>>; PAGES]);

impl KeysByNumber {
    pub(crate) const fn new() -> KeysByNumber {
        KeysByNumber([const { OnceLock::new() }; PAGES])
    }

    /// The keys of shape `number`, which `ask` tells the first time. Numbers beyond all that libraries give out have none.
    #[inline]
    pub(crate) fn get(&self, number: u32, ask: impl FnOnce() -> Option<Vec<Box<str>>>) -> Option<Keys> {
        let (page, place) = (number as usize / PAGE, number as usize % PAGE);
        if let Some(keys) = self.0.get(page)?.get().and_then(|page| page[place].get()) {
            return Some(keys);
        }
        self.learn(page, place, ask()?)
    }

    #[cold]
    fn learn(&self, page: usize, place: usize, keys: Vec<Box<str>>) -> Option<Keys> {
        let page = self.0.get(page)?.get_or_init(|| Box::new([const { OnceLock::new() }; PAGE]));
        // Two threads that ask at the same time get the same answer; one of the two is kept.
        Some(page[place].get_or_init(|| Box::leak(keys.into_boxed_slice())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_asked_for_once_and_numbers_beyond_the_last_page_have_none() {
        // Reachable, so that the keys do not count as lost.
        static KNOWN: OnceLock<KeysByNumber> = OnceLock::new();
        let known = KNOWN.get_or_init(KeysByNumber::new);
        let ask = || Some(vec!["a".into(), "b".into()]);
        assert_eq!(known.get(70, || None), None);
        assert_eq!(known.get(70, ask).map(|keys| keys.len()), Some(2));
        assert_eq!(known.get(70, || panic!("asked again")).map(|keys| keys.len()), Some(2));
        assert_eq!(known.get(71, || None), None);
        assert!(known.get((PAGE * PAGES) as u32, ask).is_none());
        assert!(known.get(u32::MAX, ask).is_none());
    }
}
