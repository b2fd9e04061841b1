//! `Key`: the number under which a thread's table knows an endpoint.

/// Names an attached endpoint in its [`Table`](super::Table).
///
/// ```text
///  63        53                        24                   0
///  ┌──────────┬─────────────────────────┬───────────────────┐
///  │ always 0 │ generation, from 1 (29) │ slot (24)         │
///  └──────────┴─────────────────────────┴───────────────────┘
/// ```
///
/// Below 2^53, so that it survives as a JavaScript number, and never 0. A slot's generation grows each time it is
/// emptied: a key that outlived its endpoint names nothing, and does not name the slot's next tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(u64);

const SLOT_BITS: u32 = 24;
const GENERATION_BITS: u32 = 29;

impl Key {
    /// How many slots keys can tell apart.
    pub const SLOTS: usize = 1 << SLOT_BITS;
    /// A slot that has lived this many lives is not used again.
    pub(super) const LAST_GENERATION: u32 = (1 << GENERATION_BITS) - 1;

    /// `slot` below [`Key::SLOTS`], `generation` from 1 to [`Key::LAST_GENERATION`].
    pub(super) fn new(slot: usize, generation: u32) -> Self {
        Key((u64::from(generation) << SLOT_BITS) | slot as u64)
    }

    pub(super) fn slot(self) -> usize {
        (self.0 & (Key::SLOTS as u64 - 1)) as usize
    }

    pub(super) fn generation(self) -> u64 {
        self.0 >> SLOT_BITS
    }
}

impl From<u64> for Key {
    /// Any number will do: one that no table gave out names nothing.
    fn from(number: u64) -> Self {
        Key(number)
    }
}

impl From<Key> for u64 {
    fn from(key: Key) -> Self {
        key.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_key_is_a_safe_integer() {
        let key = Key::new(Key::SLOTS - 1, Key::LAST_GENERATION);
        assert_eq!(u64::from(key), (1 << 53) - 1);
        assert_eq!(key.slot(), Key::SLOTS - 1);
        assert_eq!(key.generation(), u64::from(Key::LAST_GENERATION));
    }

    #[test]
    fn the_bits_above_a_key_are_not_forgotten() {
        let stray = Key::from(u64::MAX);
        assert_ne!(stray.generation(), u64::from(Key::LAST_GENERATION));
    }
}
