//! The reader: a checked cursor over a message that hands out one item at a time and allocates nothing for values.

use super::form::{Form, Shapes};
use super::item::{Item, Key, Str};
use super::malformed::{Defect, Malformed};
use super::tag;

mod buffers;
mod cursor;
mod objects;
mod primitives;

/// A cursor over a message.
///
/// Whatever the bytes are, it neither panics nor reads outside them, and what it hands out keeps these promises:
/// lengths lie inside the message; a reference names an object already handed out; a shape is known. All counts it
/// has handed out together never exceed the message's length in words, so that reserving memory for each as it comes
/// is safe.
///
/// It does not know where in the value the caller stands: that keys are read with [`read_key`](Reader::read_key), that
/// a view's buffer is a buffer and holds it, that holes stand in arrays. For bytes from outside the process let
/// [`check`](super::check()) say so first; else ask [`unexpected`](Reader::unexpected) for the error.
pub struct Reader<'a> {
    /// Header and value.
    bytes: &'a [u8],
    at: usize,
    /// Where the item read last begins.
    start: usize,
    /// Words that must still come at the least: one for each value and key promised and not read yet.
    owed: u64,
    objects: u32,
    flags: u32,
    /// Key counts of the shapes, as far as they were ever read.
    shapes: Vec<u32>,
    /// How many of them are defined before the place where the reader is.
    defined: u32,
    local_shapes: Option<&'a dyn Shapes>,
    run: Run<'a>,
}

/// Where a reader is between two values.
#[derive(Clone, Copy)]
pub struct Place {
    at: usize,
    owed: u64,
    objects: u32,
    defined: u32,
}

/// Strings that follow one another, of which some are yet to be handed out. `Reader::at` is at the next one's length.
#[derive(Default)]
struct Run<'a> {
    /// How many.
    left: u32,
    /// Their units.
    units: &'a [u8],
    is_wide: bool,
    /// Where what comes after them begins.
    end: usize,
}

impl<'a> Reader<'a> {
    /// Starts reading `message`, which may be in the in-process form only if `form` says so.
    ///
    /// # Errors
    /// [`Malformed`] if the header is not valid.
    pub fn new(message: &'a [u8], form: Form<'a>) -> Result<Self, Malformed> {
        let header = match message.first_chunk() {
            Some(&header) => u32::from_le_bytes(header),
            None => return Err(Malformed { offset: message.len(), defect: Defect::Truncated }),
        };
        if header & 0xffff != tag::MAGIC {
            return Err(Malformed { offset: 0, defect: Defect::NotAMessage });
        }
        let (version, flags) = (header >> 16 & 0xff, header >> 24);
        if version != tag::VERSION {
            return Err(Malformed { offset: 2, defect: Defect::Version(version as u8) });
        }
        let local = flags & tag::FLAG_LOCAL != 0;
        let linked = tag::FLAG_PORTS | tag::FLAG_ORDER;
        let is_known = match form {
            Form::Linked => {
                flags & !(tag::FLAG_REFS | tag::FLAG_LOCAL | linked) == 0 && flags & linked != tag::FLAG_ORDER
            }
            _ => flags & !(tag::FLAG_REFS | tag::FLAG_LOCAL) == 0,
        };
        if !is_known {
            return Err(Malformed { offset: 3, defect: Defect::Flags(flags as u8) });
        }
        let local_shapes = match form {
            Form::Local(shapes) => Some(shapes),
            Form::Portable | Form::Linked if local => return Err(Malformed { offset: 3, defect: Defect::LocalForm }),
            Form::Portable | Form::Linked => None,
        };
        if !message.len().is_multiple_of(4) {
            return Err(Malformed { offset: message.len() & !3, defect: Defect::PartialWord });
        }
        Ok(Reader {
            bytes: message,
            at: 4,
            start: 4,
            owed: 1,
            objects: 0,
            flags,
            shapes: Vec::new(),
            defined: 0,
            local_shapes,
            run: Run::default(),
        })
    }

    /// Whether the message contains references: if not, nobody need remember objects.
    #[inline]
    pub fn has_references(&self) -> bool {
        self.flags & tag::FLAG_REFS != 0
    }

    /// How many object numbers have been given out; the next object gets this one.
    #[inline]
    pub fn next_object(&self) -> u32 {
        self.objects
    }

    /// The flags in the header.
    #[inline]
    pub fn flags(&self) -> u32 {
        self.flags
    }

    /// Where the reader is, for [`go`](Reader::go). Not among strings: before a head of any other kind, or after one.
    #[inline]
    pub fn place(&self) -> Place {
        Place { at: self.at, owed: self.owed, objects: self.objects, defined: self.defined }
    }

    /// Goes to a place where this reader has been.
    pub fn go(&mut self, place: Place) {
        Place { at: self.at, owed: self.owed, objects: self.objects, defined: self.defined } = place;
        self.start = self.at;
        self.run = Run::default();
    }

    /// Offset of the next byte to read.
    #[inline]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Reads the next value, or its head.
    ///
    /// # Errors
    /// [`Malformed`] if there is none or it breaks a rule; the reader is of no use afterwards.
    #[inline]
    pub fn read(&mut self) -> Result<Item<'a>, Malformed> {
        if self.run.left > 0 {
            self.promised()?;
            return self.next_of_run().map(Item::String);
        }
        let (tag, argument, head) = self.head()?;
        if tag >= tag::FIRST_OBJECT {
            self.read_object(tag, argument)
        } else {
            self.read_primitive(tag, argument, head)
        }
    }

    /// Reads a property key.
    ///
    /// # Errors
    /// As [`read`](Reader::read); also if the value is neither a string nor an array index.
    #[inline]
    pub fn read_key(&mut self) -> Result<Key<'a>, Malformed> {
        let (tag, argument, head) = self.head()?;
        let index = match tag {
            tag::LATIN1 | tag::UTF16 => return Ok(Key::Name(self.string(tag, argument)?)),
            tag::INT | tag::INT32 | tag::DOUBLE => self.number(tag, argument, head)?,
            _ => return Err(self.unexpected("a property key")),
        };
        // 2^32 - 1 is a property name but no array index.
        if index.to_bits() == f64::from(index as u32).to_bits() && index < f64::from(u32::MAX) {
            Ok(Key::Index(index as u32))
        } else {
            Err(self.malformed(Defect::Index))
        }
    }

    /// Reads a string.
    ///
    /// # Errors
    /// As [`read`](Reader::read); also if the value is not a string.
    #[inline]
    pub fn read_string(&mut self) -> Result<Str<'a>, Malformed> {
        let (tag, argument, _) = self.head()?;
        self.string(tag, argument)
    }

    /// Says that the message is over.
    ///
    /// # Errors
    /// [`Malformed`] if values are missing or bytes are left.
    pub fn finish(&self) -> Result<(), Malformed> {
        if self.owed != 0 {
            Err(Malformed { offset: self.at, defect: Defect::Truncated })
        } else if self.at != self.bytes.len() {
            Err(Malformed { offset: self.at, defect: Defect::Trailing })
        } else {
            Ok(())
        }
    }

    /// The error for an item, just read, that cannot stand where it stands; `expected` says what could: "a buffer".
    #[cold]
    pub fn unexpected(&self, expected: &'static str) -> Malformed {
        self.malformed(Defect::Expected(expected))
    }

    /// The error for the item just read.
    #[cold]
    pub fn malformed(&self, defect: Defect) -> Malformed {
        Malformed { offset: self.start, defect }
    }
}
