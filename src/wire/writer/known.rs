//! Writing objects and arrays of which all is known beforehand: for writers outside of JavaScript. The fast lane writes such heads by itself,
//! and the complete codec learns of an object what it has while it reads it.

use super::Writer;
use crate::wire::tag;

impl Writer {
    /// Begins a plain object; then write `count` times a key (a string or an [`index`](Writer::index)) and a value.
    #[inline]
    pub fn begin_object(&mut self, count: u32) {
        self.numbered(1);
        self.counted(tag::OBJECT, count);
    }

    /// Begins a plain object that defines a shape of so many keys; then write the keys (strings), then the values in the
    /// same order. Returns the shape's number, for [`begin_shaped`](Writer::begin_shaped).
    pub fn begin_shape(&mut self, keys: u32) -> u32 {
        self.numbered(1);
        self.counted(tag::SHAPE, keys);
        let shape = self.shapes;
        // No overflow: each shape is an object, and `numbered` notes when those run out.
        self.shapes = shape.wrapping_add(1);
        shape
    }

    /// Begins a plain object of a shape defined before in this message; then write its values.
    #[inline]
    pub fn begin_shaped(&mut self, shape: u32) {
        self.numbered(1);
        self.counted(tag::SHAPED, shape);
    }

    /// Begins a plain object of a shape that the process knows; then write its values. Makes the message local.
    #[inline]
    pub fn begin_local_shaped(&mut self, shape: u32) {
        self.local(tag::LOCAL_SHAPED, shape);
    }

    /// Writes an array of integers.
    pub fn packed_ints(&mut self, values: &[i32]) {
        self.numbered(1);
        let count = self.count(values.len());
        self.counted(tag::PACKED_INTS, count);
        for value in values {
            self.word(*value as u32);
        }
    }

    /// Writes an array of numbers.
    pub fn packed_doubles(&mut self, values: &[f64]) {
        self.numbered(1);
        let count = self.count(values.len());
        self.counted(tag::PACKED_DOUBLES, count);
        self.align();
        for value in values {
            self.float64(*value);
        }
    }
}
