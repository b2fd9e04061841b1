//! Writing objects that hold at most a primitive, errors, and objects named by a number.

use super::Writer;
use crate::wire::kinds::ErrorKind;
use crate::wire::tag;

/// Which parts of an error follow its head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErrorParts {
    /// Then write a string.
    pub message: bool,
    /// Then write a string.
    pub stack: bool,
    /// Then write any value.
    pub cause: bool,
}

impl Writer {
    /// Writes an object again that was written before and got the number `object`.
    #[inline]
    pub fn reference(&mut self, object: u32) {
        self.flags |= tag::FLAG_REFS;
        self.counted(tag::REF, object);
    }

    /// Writes a Boolean object.
    pub fn boolean_object(&mut self, value: bool) {
        self.numbered(1);
        self.head(tag::BOOLEAN_OBJECT, u32::from(value));
    }

    /// Writes a Number object.
    pub fn number_object(&mut self, value: f64) {
        self.numbered(1);
        self.word(tag::NUMBER_OBJECT);
        self.number(value);
    }

    /// Begins a String object; then write one string.
    pub fn begin_string_object(&mut self) {
        self.numbered(1);
        self.word(tag::STRING_OBJECT);
    }

    /// Writes a BigInt object; `digits` as in [`bigint`](Writer::bigint).
    pub fn bigint_object(&mut self, negative: bool, digits: &[u64]) {
        self.numbered(1);
        self.word(tag::BIGINT_OBJECT);
        self.bigint(negative, digits);
    }

    /// Writes a Date: milliseconds since 1970, NaN for an invalid one.
    pub fn date(&mut self, time: f64) {
        self.numbered(1);
        self.word(tag::DATE);
        self.double(time);
    }

    /// Begins a RegExp; then write two strings, source and flags.
    pub fn begin_regexp(&mut self) {
        self.numbered(1);
        self.word(tag::REGEXP);
    }

    /// Begins an error; then write the `parts` it has, in the order message, stack, cause.
    pub fn begin_error(&mut self, kind: ErrorKind, parts: ErrorParts) {
        self.numbered(1);
        let message = u32::from(parts.message) * tag::ERROR_HAS_MESSAGE;
        let stack = u32::from(parts.stack) * tag::ERROR_HAS_STACK;
        let cause = u32::from(parts.cause) * tag::ERROR_HAS_CAUSE;
        self.head(tag::ERROR, kind.number() | message | stack | cause);
    }

    /// Writes a port, by its index among the endpoints that travel with the message. Makes the message local.
    pub fn port(&mut self, index: u32) {
        self.local(tag::PORT, index);
    }

    /// Writes something that travels in a parcel beside the message, by its index there. Makes the message local.
    pub fn sidecar(&mut self, index: u32) {
        self.local(tag::SIDECAR, index);
    }

    /// Writes a signal, by its index among those that travel with the message. Makes the message local.
    pub fn signal(&mut self, index: u32) {
        self.local(tag::SIGNAL, index);
    }
}
