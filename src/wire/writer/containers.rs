//! Writing what holds any number of values: plain objects, arrays, Maps, Sets.

use super::{WriteError, Writer};
use crate::wire::tag;

/// A head whose count is not known yet; give it back to [`Writer::close`].
#[derive(Debug)]
#[must_use = "the count must be written with Writer::close"]
pub struct Open {
    at: usize,
    long: bool,
}

impl Writer {
    /// Begins a plain object; then write a key (a string or an [`index`](Writer::index)) and a value for each property, and give their
    /// count to [`close`](Writer::close): no more than `at_most`.
    pub fn open_object(&mut self, at_most: u32) -> Open {
        self.open(tag::OBJECT, at_most)
    }

    /// Begins an array; then write `length` values or [`hole`](Writer::hole)s.
    #[inline]
    pub fn begin_array(&mut self, length: u32) {
        self.numbered(1);
        self.counted(tag::ARRAY, length);
    }

    /// Begins an array of which the length is not known yet; then write the elements, and give their number to
    /// [`close`](Writer::close).
    #[cfg(feature = "known")]
    pub fn open_array(&mut self) -> Open {
        self.open(tag::ARRAY, u32::MAX)
    }

    /// Writes an element that the array does not have.
    #[inline]
    pub fn hole(&mut self) {
        self.word(tag::HOLE);
    }

    /// Begins an array of which only some properties are written: then `count` times a key and a value, the count to
    /// be given to [`close`](Writer::close): no more than `at_most`.
    pub fn open_sparse_array(&mut self, length: u32, at_most: u32) -> Open {
        let open = self.open(tag::SPARSE_ARRAY, at_most);
        self.word(length);
        open
    }

    /// Begins a Map; then write `count` times a key value and a value.
    pub fn begin_map(&mut self, count: u32) {
        self.numbered(1);
        self.counted(tag::MAP, count);
    }

    /// Begins a Set; then write `count` values.
    pub fn begin_set(&mut self, count: u32) {
        self.numbered(1);
        self.counted(tag::SET, count);
    }

    /// Writes the count of an object or sparse array whose properties have all been written.
    pub fn close(&mut self, open: Open, count: u32) {
        if self.failure.is_some() {
            // Its head may be missing.
            return;
        }
        if open.long {
            self.bytes[open.at + 4..open.at + 8].copy_from_slice(&count.to_le_bytes());
        } else if count < tag::LONG_COUNT {
            self.bytes[open.at + 1..open.at + 4].copy_from_slice(&count.to_le_bytes()[..3]);
        } else {
            self.failure = Some(WriteError::TooLarge);
        }
    }
}

impl Writer {
    fn open(&mut self, tag: u32, at_most: u32) -> Open {
        self.numbered(1);
        let open = Open { at: self.bytes.len(), long: at_most >= tag::LONG_COUNT };
        self.counted(tag, at_most);
        open
    }
}
