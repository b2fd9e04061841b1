//! Writing messages: a serializer of serde over the wire format.

use crate::context::{self, names};
use crate::error::Error;
use crate::raw::Library;
use crate::shapes::{self, Shape};
use crate::wire::{Open, ViewKind, Writer, spelled_index};
use serde::ser::{self, Impossible, Serialize};
use std::rc::Rc;

/// Up to here every integer is a number of its own.
pub(crate) const MAX_SAFE: u64 = (1 << 53) - 1;

/// How deep values may be nested: each level takes stack.
pub(crate) const DEEPEST: u32 = 128;

impl ser::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Error::new(message.to_string())
    }
}

/// Writes a value. If a struct is not as it was, once more without relying on that.
pub(crate) fn write<T: Serialize + ?Sized>(
    library: Library,
    value: &T,
    buffer: &mut Vec<u8>,
) -> Result<context::Departures, Error> {
    let mut predicts = true;
    loop {
        let mut writer = Writer::with_buffer(std::mem::take(buffer));
        let (written, departures) = context::writing(|| {
            let mut serializer = Serializer { writer: &mut writer, library, mode: Mode::Usual, depth: 0, predicts };
            value.serialize(&mut serializer)
        });
        match written {
            Ok(()) => {
                *buffer = writer.into_bytes().map_err(|error| Error::new(error.to_string()))?;
                return Ok(departures);
            }
            Err(error) if error.is_unpredicted && predicts => predicts = false,
            Err(error) => return Err(error),
        }
    }
}

/// What the next value is to be.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Usual,
    BigInt,
    Date,
    Set,
    Object,
    Null,
}

struct Serializer<'w> {
    writer: &'w mut Writer,
    library: Library,
    mode: Mode,
    depth: u32,
    /// Whether structs are written in the shapes that they have had before.
    predicts: bool,
}

impl Serializer<'_> {
    fn take_mode(&mut self) -> Mode {
        std::mem::replace(&mut self.mode, Mode::Usual)
    }

    fn descend(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            Err(Error::new(format!("the value is nested more than {DEEPEST} levels deep")))
        } else {
            Ok(())
        }
    }

    fn key(&mut self, key: &str) {
        match spelled_index(key.encode_utf16().collect::<Vec<_>>().into_iter()) {
            Some(index) if key.len() <= 10 => self.writer.index(index),
            _ => self.writer.str(key),
        }
    }

    fn signed(&mut self, value: i128) -> Result<(), Error> {
        let mode = self.take_mode();
        if mode != Mode::BigInt && value.unsigned_abs() <= u128::from(MAX_SAFE) {
            self.writer.number(value as f64);
        } else {
            self.bigint(value < 0, value.unsigned_abs());
        }
        Ok(())
    }

    fn bigint(&mut self, is_negative: bool, magnitude: u128) {
        self.writer.bigint(is_negative, &[magnitude as u64, (magnitude >> 64) as u64]);
    }

    /// Begins the object `{ [variant]: … }`.
    fn variant(&mut self, variant: &'static str) -> Result<(), Error> {
        self.descend()?;
        self.writer.begin_object(1);
        self.key(variant);
        Ok(())
    }
}

impl<'a, 'w> ser::Serializer for &'a mut Serializer<'w> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'a, 'w>;
    type SerializeTuple = Compound<'a, 'w>;
    type SerializeTupleStruct = Compound<'a, 'w>;
    type SerializeTupleVariant = Compound<'a, 'w>;
    type SerializeMap = Compound<'a, 'w>;
    type SerializeStruct = Compound<'a, 'w>;
    type SerializeStructVariant = Compound<'a, 'w>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.writer.boolean(value);
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.writer.int(value.into());
        Ok(())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.writer.int(value.into());
        Ok(())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.writer.int(value);
        Ok(())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.signed(value.into())
    }

    fn serialize_i128(self, value: i128) -> Result<(), Error> {
        self.signed(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.writer.int(value.into());
        Ok(())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.writer.int(value.into());
        Ok(())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.writer.number(value.into());
        Ok(())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        self.signed(value.into())
    }

    fn serialize_u128(self, value: u128) -> Result<(), Error> {
        match i128::try_from(value) {
            Ok(value) => self.signed(value),
            Err(_) => {
                self.bigint(false, value);
                Ok(())
            }
        }
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        match self.take_mode() {
            Mode::Date => self.writer.date(value),
            _ => self.writer.number(value),
        }
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.writer.str(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.writer.str(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.writer.whole_view(ViewKind::Uint8, value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        match self.take_mode() {
            Mode::Null => self.writer.null(),
            _ => self.writer.undefined(),
        }
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<(), Error> {
        self.mode = match name {
            names::PORT => {
                self.writer.port(context::leaving().0.saturating_sub(1));
                return Ok(());
            }
            names::SIGNAL => {
                self.writer.signal(context::leaving().1.saturating_sub(1));
                return Ok(());
            }
            names::DATE => Mode::Date,
            names::BIGINT => Mode::BigInt,
            names::SET => Mode::Set,
            names::OBJECT => Mode::Object,
            names::NULL => Mode::Null,
            _ => Mode::Usual,
        };
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.variant(variant)?;
        value.serialize(&mut *self).map_err(|error| error.within(|| segment(variant)))?;
        self.depth -= 1;
        Ok(())
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Compound<'a, 'w>, Error> {
        let mode = self.take_mode();
        self.descend()?;
        let kind = match length.map(u32::try_from) {
            Some(Err(_)) => return Err(Error::new("more elements than an array can have")),
            Some(Ok(length)) if mode == Mode::Set => {
                self.writer.begin_set(length);
                Kind::Set(length)
            }
            Some(Ok(length)) => {
                self.writer.begin_array(length);
                Kind::Array(length)
            }
            None => Kind::OpenArray(self.writer.open_array()),
        };
        Ok(Compound::new(self, kind))
    }

    fn serialize_tuple(self, length: usize) -> Result<Compound<'a, 'w>, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Compound<'a, 'w>, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Compound<'a, 'w>, Error> {
        self.variant(variant)?;
        let mut compound = self.serialize_seq(Some(length))?;
        compound.variant = Some(variant);
        Ok(compound)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Compound<'a, 'w>, Error> {
        let mode = self.take_mode();
        self.descend()?;
        let kind = match length.map(u32::try_from) {
            Some(Err(_)) => return Err(Error::new("more entries than a Map can have")),
            // Structs with flattened fields come without a length, and are objects.
            Some(Ok(length)) if mode != Mode::Object => {
                self.writer.begin_map(length);
                Kind::Map(length)
            }
            _ => Kind::Object(self.writer.open_object(u32::MAX)),
        };
        Ok(Compound::new(self, kind))
    }

    fn serialize_struct(self, name: &'static str, fields: usize) -> Result<Compound<'a, 'w>, Error> {
        self.take_mode();
        self.descend()?;
        let shape = if self.predicts && fields > 0 { shapes::predicted(self.library, name, fields) } else { None };
        let kind = match shape {
            Some(shape) => {
                self.writer.begin_local_shaped(shape.number);
                Kind::Shaped { name, shape }
            }
            None => Kind::Struct { name, fields, open: self.writer.open_object(fields as u32), keys: Vec::new() },
        };
        Ok(Compound::new(self, kind))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        fields: usize,
    ) -> Result<Compound<'a, 'w>, Error> {
        self.variant(variant)?;
        let mut compound = self.serialize_struct(variant, fields)?;
        compound.variant = Some(variant);
        Ok(compound)
    }

    fn is_human_readable(&self) -> bool {
        // As JSON, so that UUIDs, addresses and times are what JavaScript takes them for.
        true
    }
}

/// A property in a path.
pub(crate) fn segment(key: &str) -> String {
    let is_name = !key.is_empty()
        && !key.starts_with(|c: char| c.is_ascii_digit())
        && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
    if is_name { format!(".{key}") } else { format!("[{key:?}]") }
}

enum Kind {
    Array(u32),
    OpenArray(Open),
    Set(u32),
    Map(u32),
    Object(Open),
    Shaped { name: &'static str, shape: Rc<Shape> },
    Struct { name: &'static str, fields: usize, open: Open, keys: Vec<&'static str> },
}

struct Compound<'a, 'w> {
    serializer: &'a mut Serializer<'w>,
    kind: Kind,
    /// How many elements, entries or fields have been written.
    count: u32,
    /// The property in which it stands, if it is a variant's.
    variant: Option<&'static str>,
    /// The key of the entry of an object.
    key: String,
}

impl<'a, 'w> Compound<'a, 'w> {
    fn new(serializer: &'a mut Serializer<'w>, kind: Kind) -> Self {
        Compound { serializer, kind, count: 0, variant: None, key: String::new() }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let (index, is_set) = (self.count, matches!(self.kind, Kind::Set(_)));
        self.count += 1;
        let written = value.serialize(&mut *self.serializer);
        written.map_err(|error| {
            self.outside(error.within(|| if is_set { format!(".values()[{index}]") } else { format!("[{index}]") }))
        })
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        match &mut self.kind {
            Kind::Shaped { name, shape } if shape.keys.get(self.count as usize) != Some(&key) => {
                shapes::was_mixed(self.serializer.library, name, shape.keys.len());
                return Err(unpredicted());
            }
            Kind::Struct { keys, .. } => {
                self.serializer.key(key);
                keys.push(key);
            }
            _ => {}
        }
        self.count += 1;
        let written = value.serialize(&mut *self.serializer);
        written.map_err(|error| self.outside(error.within(|| segment(key))))
    }

    fn outside(&self, error: Error) -> Error {
        match self.variant {
            Some(variant) => error.within(|| segment(variant)),
            None => error,
        }
    }

    fn finish(self) -> Result<(), Error> {
        let Compound { serializer, kind, count, variant, .. } = self;
        serializer.depth -= 1 + u32::from(variant.is_some());
        match kind {
            Kind::Array(length) | Kind::Set(length) | Kind::Map(length) => {
                if length != count {
                    return Err(Error::new(format!("{length} elements were announced, and {count} written")));
                }
            }
            Kind::OpenArray(open) | Kind::Object(open) => serializer.writer.close(open, count),
            Kind::Shaped { name, shape } => {
                if count as usize != shape.keys.len() {
                    shapes::was_mixed(serializer.library, name, shape.keys.len());
                    return Err(unpredicted());
                }
            }
            Kind::Struct { name, fields, open, keys } => {
                serializer.writer.close(open, count);
                shapes::learn(serializer.library, name, fields, &keys);
            }
        }
        Ok(())
    }
}

/// Not for users: the message is written once more.
fn unpredicted() -> Error {
    let mut error = Error::new("a struct has other fields than it had before");
    error.is_unpredicted = true;
    error
}

/// What has elements, and no keys, is written alike.
macro_rules! elements {
    ($($kind:ident by $method:ident),*) => {$(
        impl ser::$kind for Compound<'_, '_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.element(value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        }
    )*};
}

elements!(
    SerializeSeq by serialize_element,
    SerializeTuple by serialize_element,
    SerializeTupleStruct by serialize_field,
    SerializeTupleVariant by serialize_field
);

impl ser::SerializeMap for Compound<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        if matches!(self.kind, Kind::Map(_)) {
            let index = self.count;
            let written = key.serialize(&mut *self.serializer);
            return written.map_err(|error| error.within(|| format!(".entries()[{index}][0]")));
        }
        self.key = key.serialize(KeyText)?;
        let key = std::mem::take(&mut self.key);
        self.serializer.key(&key);
        self.key = key;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let (index, is_map) = (self.count, matches!(self.kind, Kind::Map(_)));
        self.count += 1;
        let written = value.serialize(&mut *self.serializer);
        written.map_err(|error| {
            error.within(|| if is_map { format!(".entries()[{index}][1]") } else { segment(&self.key) })
        })
    }

    fn end(self) -> Result<(), Error> {
        self.finish()
    }
}

/// What has fields is written alike.
macro_rules! fields {
    ($($kind:ident),*) => {$(
        impl ser::$kind for Compound<'_, '_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
                self.field(key, value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        }
    )*};
}

fields!(SerializeStruct, SerializeStructVariant);

/// The key of an object.
struct KeyText;

/// Declares what can be a key because it can be written as a text.
macro_rules! as_text {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, value: $type) -> Result<String, Error> {
            Ok(value.to_string())
        }
    )*};
}

fn no_key<T>() -> Result<T, Error> {
    Err(Error::new("a key of an object must be a string or a number"))
}

impl ser::Serializer for KeyText {
    type Ok = String;
    type Error = Error;
    type SerializeSeq = Impossible<String, Error>;
    type SerializeTuple = Impossible<String, Error>;
    type SerializeTupleStruct = Impossible<String, Error>;
    type SerializeTupleVariant = Impossible<String, Error>;
    type SerializeMap = Impossible<String, Error>;
    type SerializeStruct = Impossible<String, Error>;
    type SerializeStructVariant = Impossible<String, Error>;

    as_text! {
        serialize_bool: bool, serialize_char: char, serialize_str: &str,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128
    }

    fn serialize_f32(self, _: f32) -> Result<String, Error> {
        no_key()
    }

    fn serialize_f64(self, _: f64) -> Result<String, Error> {
        no_key()
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<String, Error> {
        no_key()
    }

    fn serialize_none(self) -> Result<String, Error> {
        no_key()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<String, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<String, Error> {
        no_key()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<String, Error> {
        no_key()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<String, Error> {
        Ok(variant.to_owned())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<String, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<String, Error> {
        no_key()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Error> {
        no_key()
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        no_key()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        no_key()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        no_key()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        no_key()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Error> {
        no_key()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        no_key()
    }
}
