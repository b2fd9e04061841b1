//! The complete check of a message: everything the reader checks, and that each value stands where it may.

use super::form::Form;
use super::item::{Buffer, Item, Key, Str, View};
use super::malformed::{Defect, Malformed};
use super::reader::Reader;

/// What a valid message contains, for those who are about to read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Object numbers given out.
    pub objects: u32,
    /// How many objects the most deeply nested value stands in.
    pub depth: usize,
    /// One more than the highest index of a port; the endpoints that travel with the message must be as many.
    pub ports: u32,
    /// One more than the highest index into the parcel beside the message.
    pub sidecars: u32,
    /// One more than the highest index of a signal; the signals that travel with the message must be as many.
    pub signals: u32,
}

/// Checks a whole message: afterwards a [`Reader`] driven as [`Item`] says meets no error.
///
/// Left to the caller, because the message does not say: that a RegExp's source and flags compile, that memory can be
/// had for a buffer's maxByteLength, that ports and parcels exist, that none arrives twice, and that what a view shows
/// of a parcel is a buffer and long enough. It takes
/// memory in proportion to the message, at most, and no stack for nesting.
///
/// # Errors
/// [`Malformed`]: the first rule broken, and the byte.
pub fn check(message: &[u8], form: Form<'_>) -> Result<Summary, Malformed> {
    let mut checker = Checker {
        reader: Reader::new(message, form)?,
        open: Vec::new(),
        buffers: Vec::new(),
        summary: Summary::default(),
    };
    checker.value(Place::Value)?;
    while let Some(open) = checker.open.last_mut() {
        if open.left == 0 {
            checker.open.pop();
            continue;
        }
        open.left -= 1;
        let place = open.place;
        checker.value(place)?;
    }
    checker.reader.finish()?;
    checker.summary.objects = checker.reader.next_object();
    Ok(checker.summary)
}

struct Checker<'a> {
    reader: Reader<'a>,
    /// The objects the next value stands in, outermost first.
    open: Vec<Open>,
    /// Every buffer met, and whatever may be one, in the order of their numbers.
    buffers: Vec<KnownBuffer>,
    summary: Summary,
}

struct Open {
    left: u64,
    place: Place,
}

/// What may stand in a place.
#[derive(Clone, Copy)]
enum Place {
    Value,
    /// A value or a hole.
    Element,
    /// A key, then a value.
    Property,
    /// A key of an array of this length, then a value.
    ArrayProperty(u32),
    /// The buffer of this view.
    BufferOf(View),
}

struct KnownBuffer {
    number: u32,
    length: u64,
    resizable: bool,
}

impl<'a> Checker<'a> {
    fn value(&mut self, place: Place) -> Result<(), Malformed> {
        match place {
            Place::Property => drop(self.reader.read_key()?),
            Place::ArrayProperty(length) => self.array_key(length)?,
            Place::Value | Place::Element | Place::BufferOf(_) => {}
        }
        let number = self.reader.next_object();
        let item = self.reader.read()?;
        if let Place::BufferOf(view) = place {
            return self.buffer_of(view, number, item);
        }
        match item {
            Item::Hole if !matches!(place, Place::Element) => return Err(self.reader.malformed(Defect::Hole)),
            Item::Object { count } => self.open(count, Place::Property),
            Item::Shape { keys, .. } => {
                for _ in 0..keys {
                    self.reader.read_string()?;
                }
                self.open(keys, Place::Value);
            }
            Item::Shaped { keys, .. } | Item::LocalShaped { keys, .. } => self.open(keys, Place::Value),
            Item::Array { length } => self.open(length, Place::Element),
            Item::SparseArray { length, count } => self.open(count, Place::ArrayProperty(length)),
            Item::Map { count } => self.opened(u64::from(count) * 2, Place::Value),
            Item::Set { count } => self.open(count, Place::Value),
            Item::Error(error) => self.open(u32::from(error.cause), Place::Value),
            Item::View(view) => self.open(1, Place::BufferOf(view)),
            Item::WholeView { bytes, .. } => self.know(number + 1, Buffer { bytes, max_byte_length: None }),
            Item::ArrayBuffer(buffer) => self.know(number, buffer),
            Item::Port(index) => self.summary.ports = self.summary.ports.max(index.saturating_add(1)),
            Item::Sidecar(index) => self.sidecar(number, index),
            Item::Signal(index) => self.summary.signals = self.summary.signals.max(index.saturating_add(1)),
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, left: u32, place: Place) {
        self.opened(u64::from(left), place);
    }

    fn opened(&mut self, left: u64, place: Place) {
        self.open.push(Open { left, place });
        self.summary.depth = self.summary.depth.max(self.open.len());
    }

    /// What comes by sidecar may be a buffer; only whoever has the parcel can say, and how long it is.
    fn sidecar(&mut self, number: u32, index: u32) {
        self.summary.sidecars = self.summary.sidecars.max(index.saturating_add(1));
        self.buffers.push(KnownBuffer { number, length: u64::MAX, resizable: true });
    }

    fn know(&mut self, number: u32, buffer: Buffer<'_>) {
        let length = buffer.bytes.len() as u64;
        self.buffers.push(KnownBuffer { number, length, resizable: buffer.max_byte_length.is_some() });
    }

    fn array_key(&mut self, length: u32) -> Result<(), Malformed> {
        let fits = match self.reader.read_key()? {
            Key::Index(index) => index < length,
            // A name that spells an index is that index.
            Key::Name(name) => match name.array_index() {
                Some(index) => index < length,
                None => name != Str::Latin1(b"length"),
            },
        };
        if fits { Ok(()) } else { Err(self.reader.malformed(Defect::ArrayKey)) }
    }

    fn buffer_of(&mut self, view: View, number: u32, item: Item<'_>) -> Result<(), Malformed> {
        let number = match item {
            Item::ArrayBuffer(buffer) => {
                self.know(number, buffer);
                number
            }
            Item::Sidecar(index) => {
                self.sidecar(number, index);
                number
            }
            Item::Ref(number) => number,
            _ => return Err(self.reader.unexpected("an ArrayBuffer")),
        };
        let Ok(known) = self.buffers.binary_search_by_key(&number, |buffer| buffer.number) else {
            return Err(self.reader.unexpected("an ArrayBuffer"));
        };
        let KnownBuffer { length, resizable, .. } = self.buffers[known];
        if view.byte_length.is_none() && !resizable {
            return Err(self.reader.malformed(Defect::ViewTracking));
        }
        match view.byte_offset.checked_add(view.byte_length.unwrap_or(0)) {
            Some(end) if end <= length => Ok(()),
            _ => Err(self.reader.malformed(Defect::ViewRange)),
        }
    }
}
