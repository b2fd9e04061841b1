//! The writer: appends values to one growing buffer, in the order a reader will meet them.

use std::fmt;

use super::item::{Buffer, View};
use super::kinds::{ErrorKind, ViewKind};
use super::tag;

/// A message being written.
///
/// ```text
///  bytes  ┌────────┬──────┬─────────┬──────┬ ─ ─ ─
///         │ header │ head │ payload │ head │ …
///         └────────┴──────┴─────────┴──────┴ ─ ─ ─
///          4 bytes  every head and payload begins at a multiple of 4, float64s at a multiple of 8
/// ```
///
/// Methods named `begin_…` and `open_…` write a head; the caller then writes what belongs to it. Exactly one value
/// must be written between [`clear`](Writer::clear) and [`finish`](Writer::finish). The writer does not check that
/// the calls add up to a message ([`check`](super::check) does); it keeps the header's flags right by itself.
#[derive(Clone)]
pub struct Writer {
    bytes: Vec<u8>,
    flags: u32,
    objects: u32,
    shapes: u32,
    too_large: bool,
}

/// A head whose count is not known yet; give it back to [`Writer::close`].
#[derive(Debug)]
#[must_use = "the count must be written with Writer::close"]
pub struct Open {
    at: usize,
    long: bool,
}

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

/// Something in the message exceeds what the format can count: 2^32 - 1 elements, objects or words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the message is larger than its format can express")
    }
}

impl std::error::Error for TooLarge {}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// An empty message.
    pub fn new() -> Self {
        Self::with_buffer(Vec::new())
    }

    /// An empty message written into `buffer`, whose contents are dropped and whose memory is reused.
    pub fn with_buffer(buffer: Vec<u8>) -> Self {
        let mut writer = Writer { bytes: buffer, flags: 0, objects: 0, shapes: 0, too_large: false };
        writer.clear();
        writer
    }

    /// Starts over with an empty message; the memory is kept.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.extend_from_slice(&[0; 4]);
        (self.flags, self.objects, self.shapes, self.too_large) = (0, 0, 0, false);
    }

    /// The complete message.
    ///
    /// # Errors
    /// [`TooLarge`] if anything written since [`clear`](Writer::clear) cannot be expressed.
    pub fn finish(&mut self) -> Result<&[u8], TooLarge> {
        if self.too_large {
            return Err(TooLarge);
        }
        let header = tag::MAGIC | tag::VERSION << 16 | self.flags << 24;
        self.bytes[..4].copy_from_slice(&header.to_le_bytes());
        Ok(&self.bytes)
    }

    /// The complete message, with its memory. Errors as [`finish`](Writer::finish).
    pub fn into_bytes(mut self) -> Result<Vec<u8>, TooLarge> {
        self.finish()?;
        Ok(self.bytes)
    }

    /// Bytes written so far, header included.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether no value has been written.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.bytes.len() <= 4
    }

    /// The number that the next object will get; ask before writing its head.
    #[inline]
    pub fn next_object(&self) -> u32 {
        self.objects
    }

    /// Writes `undefined`.
    #[inline]
    pub fn undefined(&mut self) {
        self.word(tag::UNDEFINED);
    }

    /// Writes `null`.
    #[inline]
    pub fn null(&mut self) {
        self.word(tag::NULL);
    }

    /// Writes `true` or `false`.
    #[inline]
    pub fn boolean(&mut self, value: bool) {
        self.word(if value { tag::TRUE } else { tag::FALSE });
    }

    /// Writes a number in its shortest form.
    #[inline]
    pub fn number(&mut self, value: f64) {
        let int = value as i32;
        // Bits, not values: -0 is not the integer 0.
        if f64::from(int).to_bits() == value.to_bits() {
            self.int(int);
        } else {
            self.word(tag::DOUBLE);
            self.double(value);
        }
    }

    /// Writes a number that is an integer of 32 bits, in its shortest form.
    #[inline]
    pub fn int(&mut self, value: i32) {
        if value << 8 >> 8 == value {
            self.head(tag::INT, value as u32 & 0x00ff_ffff);
        } else {
            self.word(tag::INT32);
            self.word(value as u32);
        }
    }

    /// Writes a BigInt; `digits` least significant first, leading zeros are dropped.
    pub fn bigint(&mut self, negative: bool, digits: &[u64]) {
        let digits = &digits[..digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1)];
        self.head(tag::BIGINT, u32::from(negative && !digits.is_empty()) * tag::BIGINT_NEGATIVE);
        let count = self.count(digits.len());
        self.word(count);
        self.align();
        for digit in digits {
            self.bytes.extend_from_slice(&digit.to_le_bytes());
        }
    }

    /// Writes a string of code units up to 0xFF, a byte each.
    pub fn latin1(&mut self, units: &[u8]) {
        let count = self.count(units.len());
        self.counted(tag::LATIN1, count);
        self.payload(units);
    }

    /// Writes a string of `length` code units up to 0xFF, which `fill` puts in place. `fill` gets one byte more than
    /// that, zero and disregarded afterwards, for those who end strings with a zero. Returns what `fill` returns.
    pub fn latin1_with<R>(&mut self, length: u32, fill: impl FnOnce(&mut [u8]) -> R) -> R {
        self.counted(tag::LATIN1, length);
        let from = self.bytes.len();
        let to = from + length as usize;
        self.bytes.resize(to + 1, 0);
        let result = fill(&mut self.bytes[from..]);
        self.bytes.truncate(to);
        self.pad();
        result
    }

    /// Writes a string; as bytes if every unit is below 0x100, else as UTF-16, lone surrogates and all.
    pub fn utf16(&mut self, units: &[u16]) {
        let count = self.count(units.len());
        // One pass without an early exit is what the compiler can vectorise.
        if units.iter().fold(0, |all, unit| all | unit) <= 0xff {
            self.counted(tag::LATIN1, count);
            self.bytes.extend(units.iter().map(|&unit| unit as u8));
        } else {
            self.counted(tag::UTF16, count);
            self.bytes.reserve(units.len() * 2);
            for unit in units {
                self.bytes.extend_from_slice(&unit.to_le_bytes());
            }
        }
        self.pad();
    }

    /// Writes a string, in its shortest form.
    pub fn str(&mut self, text: &str) {
        if text.is_ascii() {
            self.latin1(text.as_bytes());
        } else if text.chars().all(|c| c <= '\u{ff}') {
            let count = self.count(text.chars().count());
            self.counted(tag::LATIN1, count);
            self.bytes.extend(text.chars().map(|c| c as u8));
            self.pad();
        } else {
            let count = self.count(text.encode_utf16().count());
            self.counted(tag::UTF16, count);
            for unit in text.encode_utf16() {
                self.bytes.extend_from_slice(&unit.to_le_bytes());
            }
            self.pad();
        }
    }

    /// Writes a property key that is an array index, 0 to 2^32 - 2.
    #[inline]
    pub fn index(&mut self, index: u32) {
        self.number(f64::from(index));
    }

    /// Writes an element that the array does not have.
    #[inline]
    pub fn hole(&mut self) {
        self.word(tag::HOLE);
    }

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

    /// Begins a plain object; then write `count` times a key (a string or an [`index`](Writer::index)) and a value.
    #[inline]
    pub fn begin_object(&mut self, count: u32) {
        self.numbered(1);
        self.counted(tag::OBJECT, count);
    }

    /// As [`begin_object`](Writer::begin_object), the count to be given to [`close`](Writer::close): no more than
    /// `at_most`.
    pub fn open_object(&mut self, at_most: u32) -> Open {
        self.open(tag::OBJECT, at_most)
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

    /// Begins an array; then write `length` values or [`hole`](Writer::hole)s.
    #[inline]
    pub fn begin_array(&mut self, length: u32) {
        self.numbered(1);
        self.counted(tag::ARRAY, length);
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
        if open.long {
            self.bytes[open.at + 4..open.at + 8].copy_from_slice(&count.to_le_bytes());
        } else if count < tag::LONG_COUNT {
            self.bytes[open.at + 1..open.at + 4].copy_from_slice(&count.to_le_bytes()[..3]);
        } else {
            self.too_large = true;
        }
    }

    /// Writes an ArrayBuffer.
    pub fn array_buffer(&mut self, buffer: Buffer<'_>) {
        self.numbered(1);
        self.head(tag::ARRAY_BUFFER, u32::from(buffer.max_byte_length.is_some()) * tag::BUFFER_RESIZABLE);
        self.buffer(buffer);
    }

    /// Begins a view; then write its buffer: an ArrayBuffer, a transferred one, or a reference to one.
    pub fn begin_view(&mut self, view: View) {
        self.numbered(1);
        self.head(tag::VIEW, view.kind.number() | u32::from(view.byte_length.is_none()) * tag::VIEW_TRACKS_LENGTH);
        self.length(view.byte_offset);
        self.length(view.byte_length.unwrap_or(0));
    }

    /// Writes a view over the whole of a fixed-length buffer that nothing else written so far shows. It takes two
    /// object numbers: [`next_object`](Writer::next_object) for the view and the one after for its buffer.
    pub fn whole_view(&mut self, kind: ViewKind, bytes: &[u8]) {
        self.numbered(2);
        self.head(tag::WHOLE_VIEW, kind.number());
        self.length(bytes.len() as u64);
        self.payload(bytes);
    }

    /// Writes a transferred ArrayBuffer, by its index in the [`transfers`](Writer::transfers) to come. Makes the message local.
    pub fn transferred(&mut self, index: u32) {
        self.local(tag::TRANSFERRED, index);
    }

    /// Writes a port, by its index among the endpoints that travel with the message. Makes the message local.
    pub fn port(&mut self, index: u32) {
        self.local(tag::PORT, index);
    }

    /// Writes something that travels in a parcel beside the message, by its index there. Makes the message local.
    pub fn sidecar(&mut self, index: u32) {
        self.local(tag::SIDECAR, index);
    }

    /// Ends the message with the table of transferred buffers; to be called once, after the value. Makes the message local.
    pub fn transfers<'b>(&mut self, buffers: impl ExactSizeIterator<Item = Buffer<'b>>) {
        self.flags |= tag::FLAG_LOCAL | tag::FLAG_TRANSFERS;
        let at = self.count(self.bytes.len() / 4);
        let count = self.count(buffers.len());
        self.word(count);
        for buffer in buffers {
            self.word(u32::from(buffer.max_byte_length.is_some()) * tag::BUFFER_RESIZABLE);
            self.buffer(buffer);
        }
        self.word(at);
    }
}

impl Writer {
    #[inline]
    fn word(&mut self, word: u32) {
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    #[inline]
    fn head(&mut self, tag: u32, argument: u32) {
        self.word(tag | argument << 8);
    }

    #[inline]
    fn counted(&mut self, tag: u32, count: u32) {
        if count < tag::LONG_COUNT {
            self.head(tag, count);
        } else {
            self.head(tag, tag::LONG_COUNT);
            self.word(count);
        }
    }

    fn open(&mut self, tag: u32, at_most: u32) -> Open {
        self.numbered(1);
        let open = Open { at: self.bytes.len(), long: at_most >= tag::LONG_COUNT };
        self.counted(tag, at_most);
        open
    }

    #[inline]
    fn numbered(&mut self, numbers: u32) {
        match self.objects.checked_add(numbers) {
            Some(objects) => self.objects = objects,
            None => self.too_large = true,
        }
    }

    fn local(&mut self, tag: u32, count: u32) {
        self.flags |= tag::FLAG_LOCAL;
        self.numbered(1);
        self.counted(tag, count);
    }

    fn count(&mut self, length: usize) -> u32 {
        u32::try_from(length).unwrap_or_else(|_| {
            self.too_large = true;
            0
        })
    }

    fn length(&mut self, length: u64) {
        self.bytes.extend_from_slice(&length.to_le_bytes());
    }

    fn buffer(&mut self, buffer: Buffer<'_>) {
        self.length(buffer.bytes.len() as u64);
        if let Some(max) = buffer.max_byte_length {
            self.length(max);
        }
        self.payload(buffer.bytes);
    }

    #[inline]
    fn payload(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.pad();
    }

    #[inline]
    fn pad(&mut self) {
        let padded = self.bytes.len().next_multiple_of(4);
        self.bytes.resize(padded, 0);
    }

    #[inline]
    fn align(&mut self) {
        let aligned = self.bytes.len().next_multiple_of(8);
        self.bytes.resize(aligned, 0);
    }

    #[inline]
    fn double(&mut self, value: f64) {
        self.align();
        self.float64(value);
    }

    #[inline]
    fn float64(&mut self, value: f64) {
        let bits = if value.is_nan() { tag::CANONICAL_NAN } else { value.to_bits() };
        self.bytes.extend_from_slice(&bits.to_le_bytes());
    }
}
