//! The writer: appends values to one growing buffer, in the order a reader will meet them.

use std::fmt;

use super::tag;

mod buffers;
mod containers;
#[cfg(feature = "known")]
mod known;
mod objects;
mod primitives;

pub use containers::Open;
pub use objects::ErrorParts;

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
    #[cfg(feature = "known")]
    shapes: u32,
    /// Why what was written is no message, if it is none.
    failure: Option<WriteError>,
}

/// Why a message could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// Something in it exceeds what the format can count: 2^32 - 1 elements, objects or words.
    TooLarge,
    /// There is no memory for it.
    OutOfMemory,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WriteError::TooLarge => "the message is larger than its format can express",
            WriteError::OutOfMemory => "there is no memory for the message",
        })
    }
}

impl std::error::Error for WriteError {}

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
        let mut writer = Writer {
            bytes: buffer,
            flags: 0,
            objects: 0,
            #[cfg(feature = "known")]
            shapes: 0,
            failure: None,
        };
        writer.clear();
        writer
    }

    /// Starts over with an empty message; the memory is kept.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.extend_from_slice(&[0; 4]);
        (self.flags, self.objects, self.failure) = (0, 0, None);
        #[cfg(feature = "known")]
        {
            self.shapes = 0;
        }
    }

    /// The complete message.
    ///
    /// # Errors
    /// [`WriteError`] if anything written since [`clear`](Writer::clear) cannot be expressed, or there was no memory for it.
    pub fn finish(&mut self) -> Result<&[u8], WriteError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        self.bytes[..4].copy_from_slice(&tag::header(self.flags).to_le_bytes());
        Ok(&self.bytes)
    }

    /// The complete message, with its memory. Errors as [`finish`](Writer::finish).
    pub fn into_bytes(mut self) -> Result<Vec<u8>, WriteError> {
        self.finish()?;
        Ok(self.bytes)
    }

    /// Appends part of the message that somebody else has written: `words` go on at the multiple of 8 or 4 at which this
    /// writer stands, and `flags` are what they need in the header.
    ///
    /// The numbers of objects are not counted on: whoever mixes hands numbers references by a count of its own.
    pub fn words(&mut self, words: &[u8], flags: u32) {
        debug_assert!(words.len().is_multiple_of(4));
        self.flags |= flags;
        self.append(words);
    }

    /// Appends bytes and pads them, as the payload of a head that [`words`](Writer::words) has brought.
    pub fn padded(&mut self, bytes: &[u8]) {
        self.payload(bytes);
    }

    /// Bytes written so far, header included.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// How long the message may become before more memory is needed, in bytes.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
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
}

impl Writer {
    /// Appends bytes, if there is memory for them; else there will be no message.
    #[inline]
    fn append(&mut self, bytes: &[u8]) {
        if self.has_room(bytes.len()) {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Whether so many bytes more may be appended: asking makes room for them.
    #[inline]
    fn has_room(&mut self, bytes: usize) -> bool {
        self.bytes.capacity() - self.bytes.len() >= bytes || self.grow(bytes)
    }

    #[cold]
    fn grow(&mut self, bytes: usize) -> bool {
        let has_grown = self.bytes.try_reserve(bytes).is_ok();
        if !has_grown {
            self.failure = Some(WriteError::OutOfMemory);
        }
        has_grown
    }

    #[inline]
    fn word(&mut self, word: u32) {
        self.append(&word.to_le_bytes());
    }

    #[inline]
    fn head(&mut self, tag: u32, argument: u32) {
        self.word(tag::head(tag, argument));
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

    #[inline]
    fn numbered(&mut self, numbers: u32) {
        match self.objects.checked_add(numbers) {
            Some(objects) => self.objects = objects,
            None => self.failure = Some(WriteError::TooLarge),
        }
    }

    fn count(&mut self, length: usize) -> u32 {
        u32::try_from(length).unwrap_or_else(|_| {
            self.failure = Some(WriteError::TooLarge);
            0
        })
    }

    #[inline]
    fn payload(&mut self, bytes: &[u8]) {
        self.append(bytes);
        self.pad();
    }

    #[inline]
    fn pad(&mut self) {
        let padded = self.bytes.len().next_multiple_of(4);
        self.append(&[0; 4][..padded - self.bytes.len()]);
    }

    #[inline]
    fn align(&mut self) {
        let aligned = self.bytes.len().next_multiple_of(8);
        self.append(&[0; 8][..aligned - self.bytes.len()]);
    }

    #[inline]
    fn double(&mut self, value: f64) {
        self.align();
        self.float64(value);
    }

    #[inline]
    fn float64(&mut self, value: f64) {
        let bits = if value.is_nan() { tag::CANONICAL_NAN } else { value.to_bits() };
        self.append(&bits.to_le_bytes());
    }

    fn local(&mut self, tag: u32, count: u32) {
        self.flags |= tag::FLAG_LOCAL;
        self.numbered(1);
        self.counted(tag, count);
    }
}
