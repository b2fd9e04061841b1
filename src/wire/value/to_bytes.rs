//! From a value to its message.

use std::{fmt, slice};

use super::{Object, PropertyKey, Slot, Value};
use crate::wire::check::check;
use crate::wire::form::Form;
use crate::wire::item::{Buffer, View};
use crate::wire::kinds::ViewKind;
use crate::wire::malformed::Defect;
use crate::wire::writer::{ErrorParts, WriteError, Writer};

/// Why a value has no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// A slot names an object that is not there.
    NoSuchObject(usize),
    /// More than the format can count, or there is memory for.
    Writer(WriteError),
    /// The value breaks a rule of the format: a view that does not fit its buffer, say.
    Invalid(Defect),
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unwritable::NoSuchObject(place) => write!(f, "the value has no object {place}"),
            Unwritable::Writer(error) => fmt::Display::fmt(error, f),
            Unwritable::Invalid(defect) => write!(f, "the value would make a malformed message: {defect}"),
        }
    }
}

impl std::error::Error for Unwritable {}

impl From<WriteError> for Unwritable {
    fn from(error: WriteError) -> Self {
        Unwritable::Writer(error)
    }
}

impl Value {
    /// The value's message, in the portable form.
    ///
    /// # Errors
    /// [`Unwritable`] if the value is not one that JavaScript could have, or is too large.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Unwritable> {
        let mut encoder = Encoder {
            objects: &self.objects,
            numbers: vec![None; self.objects.len()],
            writer: Writer::new(),
            open: Vec::new(),
        };
        encoder.slot(&self.root)?;
        while let Some(rest) = encoder.open.last_mut() {
            match rest.next() {
                Some(part) => encoder.part(part)?,
                None => drop(encoder.open.pop()),
            }
        }
        let bytes = encoder.writer.into_bytes()?;
        check(&bytes, Form::Portable).map_err(|malformed| Unwritable::Invalid(malformed.defect))?;
        Ok(bytes)
    }
}

struct Encoder<'v> {
    objects: &'v [Object],
    /// The number each object has got on the wire.
    numbers: Vec<Option<u32>>,
    writer: Writer,
    /// What the objects the next value stands in have left, outermost first.
    open: Vec<Rest<'v>>,
}

enum Rest<'v> {
    Properties(slice::Iter<'v, (PropertyKey, Slot)>),
    Elements(slice::Iter<'v, Option<Slot>>),
    /// Entries, and the value of the one whose key was written last.
    Entries(slice::Iter<'v, (Slot, Slot)>, Option<&'v Slot>),
    Slots(slice::Iter<'v, Slot>),
}

enum Part<'v> {
    Property(&'v PropertyKey, &'v Slot),
    Slot(&'v Slot),
    Hole,
}

impl<'v> Rest<'v> {
    fn next(&mut self) -> Option<Part<'v>> {
        match self {
            Rest::Properties(properties) => properties.next().map(|(key, slot)| Part::Property(key, slot)),
            Rest::Elements(elements) => elements.next().map(|element| element.as_ref().map_or(Part::Hole, Part::Slot)),
            Rest::Entries(entries, value) => {
                if let Some(value) = value.take() {
                    return Some(Part::Slot(value));
                }
                let (key, then) = entries.next()?;
                *value = Some(then);
                Some(Part::Slot(key))
            }
            Rest::Slots(slots) => slots.next().map(Part::Slot),
        }
    }
}

impl<'v> Encoder<'v> {
    fn part(&mut self, part: Part<'v>) -> Result<(), Unwritable> {
        match part {
            Part::Property(key, slot) => {
                self.key(key);
                self.slot(slot)
            }
            Part::Slot(slot) => self.slot(slot),
            Part::Hole => {
                self.writer.hole();
                Ok(())
            }
        }
    }

    fn slot(&mut self, slot: &'v Slot) -> Result<(), Unwritable> {
        match slot {
            Slot::Undefined => self.writer.undefined(),
            Slot::Null => self.writer.null(),
            Slot::Boolean(value) => self.writer.boolean(*value),
            Slot::Number(value) => self.writer.number(*value),
            Slot::BigInt(value) => self.writer.bigint(value.negative, &value.digits),
            Slot::String(text) => text.write(&mut self.writer),
            Slot::Object(place) => return self.object(*place),
        }
        Ok(())
    }

    fn key(&mut self, key: &PropertyKey) {
        match key {
            PropertyKey::Index(index) => self.writer.index(*index),
            PropertyKey::Name(name) => name.write(&mut self.writer),
        }
    }

    fn object(&mut self, place: usize) -> Result<(), Unwritable> {
        let object = self.objects.get(place).ok_or(Unwritable::NoSuchObject(place))?;
        if let Some(number) = self.numbers[place] {
            self.writer.reference(number);
            return Ok(());
        }
        self.numbers[place] = Some(self.writer.next_object());
        let writer = &mut self.writer;
        match object {
            Object::Boolean(value) => writer.boolean_object(*value),
            Object::Number(value) => writer.number_object(*value),
            Object::String(text) => {
                writer.begin_string_object();
                text.write(writer);
            }
            Object::BigInt(value) => writer.bigint_object(value.negative, &value.digits),
            Object::Date(time) => writer.date(*time),
            Object::RegExp { source, flags } => {
                writer.begin_regexp();
                source.write(writer);
                flags.write(writer);
            }
            Object::Error { kind, message, stack, cause } => {
                let parts = ErrorParts { message: message.is_some(), stack: stack.is_some(), cause: cause.is_some() };
                writer.begin_error(*kind, parts);
                message.iter().chain(stack).for_each(|text| text.write(writer));
                if let Some(cause) = cause {
                    self.open.push(Rest::Slots(slice::from_ref(cause).iter()));
                }
            }
            Object::Plain(properties) => {
                writer.begin_object(count(properties)?);
                self.open.push(Rest::Properties(properties.iter()));
            }
            Object::Array(elements) => {
                writer.begin_array(count(elements)?);
                self.open.push(Rest::Elements(elements.iter()));
            }
            Object::SparseArray { length, properties } => {
                let count = count(properties)?;
                let open = writer.open_sparse_array(*length, count);
                writer.close(open, count);
                self.open.push(Rest::Properties(properties.iter()));
            }
            Object::Map(entries) => {
                writer.begin_map(count(entries)?);
                self.open.push(Rest::Entries(entries.iter(), None));
            }
            Object::Set(values) => {
                writer.begin_set(count(values)?);
                self.open.push(Rest::Slots(values.iter()));
            }
            Object::ArrayBuffer { bytes, max_byte_length } => {
                writer.array_buffer(Buffer { bytes, max_byte_length: *max_byte_length });
            }
            Object::View { kind, byte_offset, byte_length, buffer } => {
                let view = View { kind: *kind, byte_offset: *byte_offset, byte_length: *byte_length };
                match self.whole(view, *buffer) {
                    Some(bytes) => self.whole_view(*kind, *buffer, bytes),
                    None => {
                        self.writer.begin_view(view);
                        self.object(*buffer)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The bytes of the buffer, if nothing written so far shows it and the view covers exactly it.
    fn whole(&self, view: View, buffer: usize) -> Option<&'v [u8]> {
        match self.objects.get(buffer)? {
            Object::ArrayBuffer { bytes, max_byte_length: None }
                if self.numbers[buffer].is_none()
                    && view.byte_offset == 0
                    && view.byte_length == Some(bytes.len() as u64) =>
            {
                Some(bytes)
            }
            _ => None,
        }
    }

    fn whole_view(&mut self, kind: ViewKind, buffer: usize, bytes: &[u8]) {
        self.numbers[buffer] = self.writer.next_object().checked_add(1);
        self.writer.whole_view(kind, bytes);
    }
}

fn count<T>(of: &[T]) -> Result<u32, Unwritable> {
    u32::try_from(of.len()).map_err(|_| Unwritable::Writer(WriteError::TooLarge))
}
