//! Reading messages: a deserializer of serde over the wire format.

use crate::context::names;
use crate::error::Error;
use crate::keys::Keys;
use crate::raw::Library;
use crate::ser::{DEEPEST, MAX_SAFE, segment};
use crate::value::{self, Value};
use crate::wire::{self, Form, Item, Key, Place, Reader, Str, ViewKind};
use serde::de::value::{BorrowedStrDeserializer, StringDeserializer, U64Deserializer};
use serde::de::{
    self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

impl de::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Error::new(message.to_string())
    }
}

impl From<wire::Malformed> for Error {
    fn from(malformed: wire::Malformed) -> Self {
        Error::new(malformed.to_string())
    }
}

/// So many values may be read because objects stand in a message several times.
const MOST_AGAIN: u32 = 1 << 20;

/// So many bytes may be made out of what a message has once: this many, and [`LEAST_MADE`].
const MOST_MADE_OF_EACH: usize = 16;

/// See [`MOST_MADE_OF_EACH`].
const LEAST_MADE: usize = 1 << 24;

/// Keys up to this length are not counted: each has a value, which is about as long.
const SHORT_KEY: usize = 64;

/// Room for so many values is made before the first has been read.
const MOST_RESERVED: u32 = 1 << 12;

/// Reads the value that a message is.
pub(crate) fn read<'de, T: de::Deserialize<'de>>(bytes: &'de [u8], library: Library) -> Result<T, Error> {
    let reader = Reader::new(bytes, Form::Local(library.shapes()))?;
    let mut source = Source {
        reader,
        library,
        shapes: Vec::new(),
        peeked: None,
        depth: 0,
        places: BTreeMap::new(),
        again: 0,
        left_again: MOST_AGAIN,
        left_made: bytes.len().saturating_mul(MOST_MADE_OF_EACH).saturating_add(LEAST_MADE),
        shows: false,
    };
    let value = T::deserialize(&mut source)?;
    source.reader.finish()?;
    Ok(value)
}

struct Source<'de> {
    reader: Reader<'de>,
    library: Library,
    /// The keys of the shapes that the message itself defines.
    shapes: Vec<Rc<[Cow<'de, str>]>>,
    peeked: Option<Item<'de>>,
    depth: u32,
    /// Where objects begin, by their numbers, if the message refers to any.
    places: BTreeMap<u32, Place>,
    /// How many references the value being read stands behind.
    again: u32,
    left_again: u32,
    /// How many more bytes may be made of what stands in the message once.
    left_made: usize,
    /// Whether what is read next is the buffer of a view.
    shows: bool,
}

/// The keys of an object whose values come next.
#[derive(Clone)]
enum Heads<'de> {
    /// Each stands before its value.
    Inline,
    Process(Keys),
    Message(Rc<[Cow<'de, str>]>),
}

fn text<'de>(string: Str<'de>) -> Result<Cow<'de, str>, Error> {
    match string {
        Str::Latin1(bytes) => match str::from_utf8(bytes) {
            Ok(text) if bytes.is_ascii() => Ok(Cow::Borrowed(text)),
            _ => Ok(Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect())),
        },
        Str::Utf16(units) => char::decode_utf16(units.iter())
            .collect::<Result<String, _>>()
            .map(Cow::Owned)
            .map_err(|_| Error::new("a string with half of a surrogate pair, expected a well-formed one")),
    }
}

fn key_text<'de>(key: Key<'de>) -> Result<Cow<'de, str>, Error> {
    match key {
        Key::Index(index) => Ok(Cow::Owned(index.to_string())),
        Key::Name(name) => text(name),
    }
}

/// A BigInt's value.
enum Wide {
    Signed(i128),
    Unsigned(u128),
}

fn wide(bigint: wire::BigInt<'_>) -> Result<Wide, Error> {
    let digit = |index| u128::from(bigint.digits.get(index).unwrap_or(0));
    let magnitude = digit(1) << 64 | digit(0);
    let too_large = || Error::new("a BigInt of more than 128 bits, expected a smaller one");
    if bigint.digits.len() > 2 {
        return Err(too_large());
    }
    if bigint.negative {
        return 0_i128.checked_sub_unsigned(magnitude).map(Wide::Signed).ok_or_else(too_large);
    }
    Ok(i128::try_from(magnitude).map_or(Wide::Unsigned(magnitude), Wide::Signed))
}

impl<'de> Source<'de> {
    fn next(&mut self) -> Result<Item<'de>, Error> {
        if let Some(item) = self.peeked.take() {
            return Ok(item);
        }
        if self.again > 0 {
            self.left_again = self.left_again.checked_sub(1).ok_or_else(|| {
                Error::new(format!("objects stand in the message more often than {MOST_AGAIN} values can be read for"))
            })?;
        }
        if !self.reader.has_references() {
            return Ok(self.reader.read()?);
        }
        let (number, place) = (self.reader.next_object(), self.reader.place());
        let from = self.reader.offset();
        let item = self.reader.read()?;
        if self.again > 0 && !self.shows {
            self.makes(self.reader.offset() - from)?;
        }
        for number in number..self.reader.next_object() {
            self.places.entry(number).or_insert(place);
        }
        Ok(item)
    }

    /// So many bytes are made of what the message has once, and they are made again.
    fn makes(&mut self, bytes: usize) -> Result<(), Error> {
        match self.left_made.checked_sub(bytes) {
            Some(left) => {
                self.left_made = left;
                Ok(())
            }
            None => Err(Error::new("much more stands in the message several times than it has bytes")),
        }
    }

    /// Reads the next value, wherever that stands: `work` gets its head and reads the rest.
    fn value<R>(&mut self, work: impl FnOnce(&mut Self, Item<'de>) -> Result<R, Error>) -> Result<R, Error> {
        match self.next()? {
            Item::Ref(number) => {
                let Some(&place) = self.places.get(&number) else {
                    return Err(Error::new("a reference to nothing"));
                };
                let here = self.reader.place();
                self.reader.go(place);
                self.again += 1;
                let read = self.descend().and_then(|()| self.next()).and_then(|item| work(self, item));
                self.depth -= 1;
                self.again -= 1;
                self.reader.go(here);
                read
            }
            item => work(self, item),
        }
    }

    fn descend(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Error::new(format!("the value is nested more than {DEEPEST} levels deep, or contains itself")));
        }
        Ok(())
    }

    /// Does `work` one level down.
    fn inside<R>(&mut self, work: impl FnOnce(&mut Self) -> Result<R, Error>) -> Result<R, Error> {
        let done = self.descend().and_then(|()| work(self));
        self.depth -= 1;
        done
    }

    /// The keys that follow the head of a shape, or that its number stands for.
    fn heads(&mut self, item: &Item<'de>) -> Result<(Heads<'de>, u32), Error> {
        Ok(match *item {
            Item::Object { count } | Item::SparseArray { count, .. } => (Heads::Inline, count),
            Item::LocalShaped { shape, keys } => {
                let names = self.library.keys(shape).ok_or_else(|| Error::new("a shape that is not known"))?;
                (Heads::Process(names), keys)
            }
            Item::Shaped { shape, keys } => (Heads::Message(self.shapes[shape as usize].clone()), keys),
            Item::Shape { shape, keys } => {
                // Behind a reference it is known already, and so are those that come after it.
                if let Some(names) = self.shapes.get(shape as usize).cloned() {
                    for _ in 0..keys {
                        self.reader.read_string()?;
                    }
                    return Ok((Heads::Message(names), keys));
                }
                let mut names = Vec::with_capacity(keys as usize);
                for _ in 0..keys {
                    names.push(text(self.reader.read_string()?)?);
                }
                let names: Rc<[_]> = names.into();
                self.shapes.push(names.clone());
                (Heads::Message(names), keys)
            }
            _ => return Err(Error::new("expected an object")),
        })
    }

    fn key(&mut self, heads: &Heads<'de>, index: u32) -> Result<Cow<'de, str>, Error> {
        let key = match heads {
            Heads::Inline => key_text(self.reader.read_key()?)?,
            Heads::Process(keys) => Cow::Borrowed(&*keys[index as usize]),
            Heads::Message(keys) => keys[index as usize].clone(),
        };
        if key.len() > SHORT_KEY {
            self.makes(key.len())?;
        }
        Ok(key)
    }

    /// The bytes that a view shows, of the buffer that comes next.
    fn view(&mut self, view: wire::View) -> Result<&'de [u8], Error> {
        // What counts is what the view shows.
        let before = std::mem::replace(&mut self.shows, true);
        let bytes = self.value(|_, item| match item {
            Item::ArrayBuffer(buffer) => Ok(buffer.bytes),
            Item::WholeView { bytes, .. } => Ok(bytes),
            _ => Err(Error::new("expected bytes, found a view of shared memory")),
        });
        self.shows = before;
        let bytes = bytes?;
        let from = usize::try_from(view.byte_offset).ok();
        let shown = from.and_then(|from| bytes.get(from..)).and_then(|rest| match view.byte_length {
            None => Some(rest),
            Some(length) => rest.get(..usize::try_from(length).ok()?),
        });
        let shown = shown.ok_or_else(|| Error::new("a view that does not fit into its buffer"))?;
        self.makes(shown.len())?;
        Ok(shown)
    }

    /// Passes by a value, however deep it is.
    fn skip(&mut self) -> Result<(), Error> {
        let mut open: Vec<(u64, bool)> = vec![(1, false)];
        while let Some((left, has_keys)) = open.last_mut() {
            if *left == 0 {
                open.pop();
                continue;
            }
            *left -= 1;
            if *has_keys {
                self.reader.read_key()?;
            }
            let item = self.next()?;
            match item {
                Item::Object { count } | Item::SparseArray { count, .. } => open.push((count.into(), true)),
                Item::Shape { keys, .. } | Item::Shaped { keys, .. } | Item::LocalShaped { keys, .. } => {
                    self.heads(&item)?;
                    open.push((keys.into(), false));
                }
                Item::Array { length } => open.push((length.into(), false)),
                Item::Map { count } => open.push((u64::from(count) * 2, false)),
                Item::Set { count } => open.push((count.into(), false)),
                Item::Error(error) => open.push((error.cause.into(), false)),
                Item::View(_) => open.push((1, false)),
                _ => {}
            }
        }
        Ok(())
    }

    /// A value of any type.
    fn any(&mut self) -> Result<Value, Error> {
        self.value(Source::any_of)
    }

    fn any_of(&mut self, item: Item<'de>) -> Result<Value, Error> {
        let string = |string| text(string).map(Cow::into_owned);
        Ok(match item {
            Item::Undefined | Item::Hole | Item::Ref(_) => Value::Undefined,
            Item::Null => Value::Null,
            Item::Boolean(value) | Item::BooleanObject(value) => Value::Bool(value),
            Item::Int(value) => Value::Number(value.into()),
            Item::Double(value) | Item::NumberObject(value) => Value::Number(value),
            Item::BigInt(value) | Item::BigIntObject(value) => match wide(value)? {
                Wide::Signed(value) => Value::BigInt(value),
                Wide::Unsigned(_) => return Err(Error::new("a BigInt of more than 127 bits, expected a smaller one")),
            },
            Item::String(value) | Item::StringObject(value) => Value::String(string(value)?),
            Item::Date(value) => Value::Date(value),
            Item::RegExp { source, flags } => Value::Object(vec![
                ("source".into(), Value::String(string(source)?)),
                ("flags".into(), Value::String(string(flags)?)),
            ]),
            Item::Error(error) => {
                let mut parts = vec![("name".into(), Value::String(error.kind.class().into()))];
                for (name, part) in [("message", error.message), ("stack", error.stack)] {
                    if let Some(part) = part {
                        parts.push((name.into(), Value::String(string(part)?)));
                    }
                }
                if error.cause {
                    let cause = self.inside(Source::any).map_err(|error| error.within(|| ".cause".into()))?;
                    parts.push(("cause".into(), cause));
                }
                Value::Object(parts)
            }
            Item::Object { .. } | Item::Shape { .. } | Item::Shaped { .. } | Item::LocalShaped { .. } => {
                let (heads, count) = self.heads(&item)?;
                Value::Object(self.inside(|source| source.properties(&heads, count))?)
            }
            Item::SparseArray { length, count } => {
                let properties = self.inside(|source| source.properties(&Heads::Inline, count))?;
                let values = sparse(length, properties)?;
                self.makes(values.len() * size_of::<Value>())?;
                Value::Array(values)
            }
            Item::Array { length } => Value::Array(self.list(length, |index| format!("[{index}]"))?),
            Item::PackedInts(ints) => Value::Array(ints.iter().map(|int| Value::Number(int.into())).collect()),
            Item::PackedDoubles(doubles) => Value::Array(doubles.iter().map(Value::Number).collect()),
            Item::Set { count } => Value::Set(self.list(count, |index| format!(".values()[{index}]"))?),
            Item::Map { count } => Value::Map(self.inside(|source| {
                let mut entries = Vec::with_capacity(count.min(MOST_RESERVED) as usize);
                for index in 0..count {
                    let part = |part| move |error: Error| error.within(|| format!(".entries()[{index}][{part}]"));
                    entries.push((source.any().map_err(part(0))?, source.any().map_err(part(1))?));
                }
                Ok(entries)
            })?),
            Item::ArrayBuffer(buffer) => Value::Bytes(buffer.bytes.into()),
            Item::WholeView { bytes, .. } => Value::Bytes(bytes.into()),
            Item::View(view) => Value::Bytes(self.view(view)?.into()),
            Item::Port(_) => return Err(Error::new("a MessagePort, expected data")),
            Item::Signal(_) => return Err(Error::new("a SharedAbortSignal, expected data")),
            Item::Sidecar(_) => return Err(Error::new("an object that only JavaScript can read, expected data")),
        })
    }

    fn list(&mut self, length: u32, place: impl Fn(u32) -> String) -> Result<Vec<Value>, Error> {
        self.inside(|source| {
            let mut values = Vec::with_capacity(length.min(MOST_RESERVED) as usize);
            for index in 0..length {
                values.push(source.any().map_err(|error| error.within(|| place(index)))?);
            }
            Ok(values)
        })
    }

    fn properties(&mut self, heads: &Heads<'de>, count: u32) -> Result<Vec<(String, Value)>, Error> {
        let mut properties = Vec::with_capacity(count.min(MOST_RESERVED) as usize);
        for index in 0..count {
            let key = self.key(heads, index)?;
            let value = self.any().map_err(|error| error.within(|| segment(&key)))?;
            properties.push((key.into_owned(), value));
        }
        Ok(properties)
    }

    /// Lets the visitor have a head's value.
    fn visit<V: Visitor<'de>>(&mut self, item: Item<'de>, visitor: V) -> Result<V::Value, Error> {
        match item {
            Item::Undefined | Item::Null | Item::Hole | Item::Ref(_) => visitor.visit_unit(),
            Item::Boolean(value) | Item::BooleanObject(value) => visitor.visit_bool(value),
            Item::Int(value) => visitor.visit_i64(value.into()),
            Item::Double(value) | Item::NumberObject(value) => visit_number(value, visitor),
            Item::BigInt(value) | Item::BigIntObject(value) => match wide(value)? {
                Wide::Signed(value) => match (u64::try_from(value), i64::try_from(value)) {
                    (Ok(value), _) => visitor.visit_u64(value),
                    (_, Ok(value)) => visitor.visit_i64(value),
                    _ => visitor.visit_i128(value),
                },
                Wide::Unsigned(value) => visitor.visit_u128(value),
            },
            Item::String(value) | Item::StringObject(value) => match text(value)? {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            Item::Date(value) => visitor.visit_f64(value),
            Item::RegExp { .. } | Item::Error(_) | Item::SparseArray { .. } => {
                let value = self.any_of(item)?;
                visit_value(value, visitor)
            }
            Item::Object { .. } | Item::Shape { .. } | Item::Shaped { .. } | Item::LocalShaped { .. } => {
                let (heads, count) = self.heads(&item)?;
                self.inside(|source| {
                    let mut properties = Properties { source, heads, count, index: 0, key: Cow::Borrowed("") };
                    let value = visitor.visit_map(&mut properties)?;
                    all_read(properties.count - properties.index, value)
                })
            }
            Item::Array { length } => self.elements(length, false, visitor),
            Item::Set { count } => self.elements(count, true, visitor),
            Item::PackedInts(ints) => all_of(ints.iter().map(i64::from), visitor),
            Item::PackedDoubles(doubles) => {
                let mut numbers = Numbers { numbers: doubles.iter(), index: 0 };
                let value = visitor.visit_seq(&mut numbers)?;
                all_read(numbers.numbers.len() as u32, value)
            }
            Item::Map { count } => self.inside(|source| {
                let mut entries = Entries { source, count, index: 0 };
                let value = visitor.visit_map(&mut entries)?;
                all_read(entries.count - entries.index, value)
            }),
            Item::ArrayBuffer(buffer) => visitor.visit_borrowed_bytes(buffer.bytes),
            Item::WholeView { bytes, .. } => visitor.visit_borrowed_bytes(bytes),
            Item::View(view) => {
                let bytes = self.view(view)?;
                visitor.visit_borrowed_bytes(bytes)
            }
            // Wrapped, so that what serde keeps of it is no mere number.
            Item::Port(index) | Item::Signal(index) => {
                visitor.visit_newtype_struct(IntoDeserializer::<Error>::into_deserializer(u64::from(index)))
            }
            Item::Sidecar(_) => {
                Err(de::Error::invalid_type(Unexpected::Other("object that only JavaScript can read"), &visitor))
            }
        }
    }

    fn elements<V: Visitor<'de>>(&mut self, count: u32, is_set: bool, visitor: V) -> Result<V::Value, Error> {
        self.inside(|source| {
            let mut elements = Elements { source, count, index: 0, is_set };
            let value = visitor.visit_seq(&mut elements)?;
            all_read(elements.count - elements.index, value)
        })
    }
}

/// A value that stands in the message several times, or is made up.
fn visit_value<'de, V: Visitor<'de>>(value: Value, visitor: V) -> Result<V::Value, Error> {
    match value {
        Value::Object(properties) => {
            let entries = properties.into_iter().map(|(key, value)| (key, Made(value)));
            visitor.visit_map(de::value::MapDeserializer::new(entries))
        }
        Value::Array(values) => visitor.visit_seq(de::value::SeqDeserializer::new(values.into_iter().map(Made))),
        Value::String(text) => visitor.visit_string(text),
        Value::Number(number) => visit_number(number, visitor),
        Value::Bool(value) => visitor.visit_bool(value),
        Value::Bytes(bytes) => visitor.visit_byte_buf(bytes),
        Value::Date(time) => visitor.visit_f64(time),
        Value::BigInt(value) => visitor.visit_i128(value),
        Value::Set(values) => visitor.visit_seq(de::value::SeqDeserializer::new(values.into_iter().map(Made))),
        Value::Map(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (Made(key), Made(value)));
            visitor.visit_map(de::value::MapDeserializer::new(entries))
        }
        Value::Undefined | Value::Null => visitor.visit_unit(),
    }
}

/// A value that has been read, to be read as another type.
struct Made(Value);

impl IntoDeserializer<'_, Error> for Made {
    type Deserializer = Made;

    fn into_deserializer(self) -> Made {
        self
    }
}

impl<'de> de::Deserializer<'de> for Made {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visit_value(self.0, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Undefined | Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        if name == names::VALUE {
            value::hand_through(self.0);
            return visitor.visit_newtype_struct(Made(Value::Undefined));
        }
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// The elements of an array with holes.
fn sparse(length: u32, properties: Vec<(String, Value)>) -> Result<Vec<Value>, Error> {
    // The length says nothing about the size of the message.
    if length as usize > 64 + 16 * properties.len() {
        return Err(Error::new(format!(
            "an array of length {length} with {} elements, expected a denser one",
            properties.len()
        )));
    }
    let mut values = vec![Value::Undefined; length as usize];
    for (key, value) in properties {
        if let Some(place) = key.parse::<usize>().ok().and_then(|index| values.get_mut(index)) {
            *place = value;
        }
    }
    Ok(values)
}

fn visit_number<'de, V: Visitor<'de>>(number: f64, visitor: V) -> Result<V::Value, Error> {
    // An integer, if it is one that no other could have been rounded to. -0 is none.
    if number.trunc() == number && number.abs() <= MAX_SAFE as f64 && (number != 0.0 || number.is_sign_positive()) {
        if number < 0.0 { visitor.visit_i64(number as i64) } else { visitor.visit_u64(number as u64) }
    } else {
        visitor.visit_f64(number)
    }
}

fn all_read<T>(left: u32, value: T) -> Result<T, Error> {
    if left == 0 { Ok(value) } else { Err(Error::new(format!("{left} elements more than expected"))) }
}

/// The elements of a view, as numbers.
fn all_of<'de, T, V>(numbers: impl ExactSizeIterator<Item = T>, visitor: V) -> Result<V::Value, Error>
where
    T: IntoDeserializer<'de, Error>,
    V: Visitor<'de>,
{
    let mut numbers = Plain { numbers, index: 0 };
    let value = visitor.visit_seq(&mut numbers)?;
    all_read(numbers.numbers.len() as u32, value)
}

struct Plain<I> {
    numbers: I,
    index: usize,
}

impl<'de, T: IntoDeserializer<'de, Error>, I: ExactSizeIterator<Item = T>> SeqAccess<'de> for Plain<I> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(number) = self.numbers.next() else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        let read = seed.deserialize(number.into_deserializer());
        read.map(Some).map_err(|error| error.within(|| format!("[{index}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.numbers.len())
    }
}

/// Numbers that may be integers or not.
struct Numbers<I> {
    numbers: I,
    index: usize,
}

impl<'de, I: ExactSizeIterator<Item = f64>> SeqAccess<'de> for Numbers<I> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(number) = self.numbers.next() else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        let read = seed.deserialize(Made(Value::Number(number)));
        read.map(Some).map_err(|error| error.within(|| format!("[{index}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.numbers.len())
    }
}

/// Lets a visitor have the elements of a typed array.
fn visit_view<'de, V: Visitor<'de>>(kind: ViewKind, bytes: &'de [u8], visitor: V) -> Result<V::Value, Error> {
    macro_rules! of {
        ($type:ty) => {
            all_of(
                bytes.chunks_exact(size_of::<$type>()).map(|chunk| {
                    let mut le = [0; size_of::<$type>()];
                    le.copy_from_slice(chunk);
                    <$type>::from_le_bytes(le)
                }),
                visitor,
            )
        };
    }
    match kind {
        ViewKind::Int8 => of!(i8),
        ViewKind::Uint8 | ViewKind::Uint8Clamped | ViewKind::DataView => of!(u8),
        ViewKind::Int16 => of!(i16),
        ViewKind::Uint16 => of!(u16),
        ViewKind::Int32 => of!(i32),
        ViewKind::Uint32 => of!(u32),
        ViewKind::Float32 => of!(f32),
        ViewKind::Float64 => of!(f64),
        ViewKind::BigInt64 => of!(i64),
        ViewKind::BigUint64 => of!(u64),
        ViewKind::Float16 => Err(de::Error::invalid_type(Unexpected::Other("Float16Array"), &visitor)),
    }
}

impl<'de> de::Deserializer<'de> for &mut Source<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.value(|source, item| source.visit(item, visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.next()? {
            Item::Undefined | Item::Null | Item::Hole => visitor.visit_none(),
            item => {
                self.peeked = Some(item);
                visitor.visit_some(self)
            }
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.value(|source, item| match item {
            Item::WholeView { kind, bytes } => visit_view(kind, bytes, visitor),
            Item::View(view) => {
                let bytes = source.view(view)?;
                visit_view(view.kind, bytes, visitor)
            }
            item => source.visit(item, visitor),
        })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        match name {
            names::VALUE => {
                let value = self.any()?;
                value::hand_through(value);
                visitor.visit_newtype_struct(Made(Value::Undefined))
            }
            names::DATE => self.value(|source, item| match item {
                Item::Date(time) => visitor.visit_newtype_struct(IntoDeserializer::<Error>::into_deserializer(time)),
                item => source.visit(item, Refuses(visitor)),
            }),
            names::PORT | names::SIGNAL => self.value(|source, item| match item {
                Item::Port(index) if name == names::PORT => {
                    visitor.visit_newtype_struct(U64Deserializer::new(index.into()))
                }
                Item::Signal(index) if name == names::SIGNAL => {
                    visitor.visit_newtype_struct(U64Deserializer::new(index.into()))
                }
                Item::Port(_) => Err(de::Error::invalid_type(Unexpected::Other("MessagePort"), &visitor)),
                Item::Signal(_) => Err(de::Error::invalid_type(Unexpected::Other("SharedAbortSignal"), &visitor)),
                item => source.visit(item, Refuses(visitor)),
            }),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value(|source, item| match item {
            Item::String(name) | Item::StringObject(name) => {
                visitor.visit_enum(IntoDeserializer::<Error>::into_deserializer(text(name)?.into_owned()))
            }
            Item::Object { .. } | Item::Shape { .. } | Item::Shaped { .. } | Item::LocalShaped { .. } => {
                let (heads, count) = source.heads(&item)?;
                if count != 1 {
                    return Err(Error::new(format!(
                        "an object with {count} properties, expected one whose only key is the name of a variant"
                    )));
                }
                let key = source.key(&heads, 0)?;
                source.inside(|source| {
                    let read = visitor.visit_enum(Variant { source, key: key.clone() });
                    read.map_err(|error| error.within(|| segment(&key)))
                })
            }
            item => source.visit(item, visitor),
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        true
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct map struct
        identifier
    }
}

/// Says that a visitor expects something else.
struct Refuses<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Refuses<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.expecting(f)
    }
}

struct Elements<'a, 'de> {
    source: &'a mut Source<'de>,
    count: u32,
    index: u32,
    is_set: bool,
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.index == self.count {
            return Ok(None);
        }
        let index = self.index;
        self.index += 1;
        let place = || if self.is_set { format!(".values()[{index}]") } else { format!("[{index}]") };
        seed.deserialize(&mut *self.source).map(Some).map_err(|error| error.within(place))
    }

    fn size_hint(&self) -> Option<usize> {
        Some((self.count - self.index) as usize)
    }
}

struct Entries<'a, 'de> {
    source: &'a mut Source<'de>,
    count: u32,
    index: u32,
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.index == self.count {
            return Ok(None);
        }
        let index = self.index;
        self.index += 1;
        let read = seed.deserialize(&mut *self.source);
        read.map(Some).map_err(|error| error.within(|| format!(".entries()[{index}][0]")))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let index = self.index - 1;
        seed.deserialize(&mut *self.source).map_err(|error| error.within(|| format!(".entries()[{index}][1]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some((self.count - self.index) as usize)
    }
}

struct Properties<'a, 'de> {
    source: &'a mut Source<'de>,
    heads: Heads<'de>,
    count: u32,
    index: u32,
    key: Cow<'de, str>,
}

impl<'de> MapAccess<'de> for Properties<'_, 'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.index == self.count {
            return Ok(None);
        }
        self.key = self.source.key(&self.heads, self.index)?;
        self.index += 1;
        let read = seed.deserialize(Name(self.key.clone()));
        read.map(Some).map_err(|error| error.within(|| segment(&self.key)))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(&mut *self.source).map_err(|error| error.within(|| segment(&self.key)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some((self.count - self.index) as usize)
    }
}

/// The key of a property. As a number or a boolean it is what it spells.
struct Name<'de>(Cow<'de, str>);

macro_rules! spelled {
    ($($method:ident: $type:ty => $visit:ident),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.parse::<$type>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Name<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    spelled! {
        deserialize_i8: i8 => visit_i8, deserialize_i16: i16 => visit_i16, deserialize_i32: i32 => visit_i32,
        deserialize_i64: i64 => visit_i64, deserialize_i128: i128 => visit_i128, deserialize_u8: u8 => visit_u8,
        deserialize_u16: u16 => visit_u16, deserialize_u32: u32 => visit_u32, deserialize_u64: u64 => visit_u64,
        deserialize_u128: u128 => visit_u128, deserialize_bool: bool => visit_bool
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        if name == names::VALUE {
            value::hand_through(Value::String(self.0.into_owned()));
            return visitor.visit_newtype_struct(Made(Value::Undefined));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Cow::Borrowed(text) => visitor.visit_enum(BorrowedStrDeserializer::<Error>::new(text)),
            Cow::Owned(text) => visitor.visit_enum(StringDeserializer::<Error>::new(text)),
        }
    }

    serde::forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A variant of an enum with contents.
struct Variant<'a, 'de> {
    source: &'a mut Source<'de>,
    key: Cow<'de, str>,
}

impl<'a, 'de> EnumAccess<'de> for Variant<'a, 'de> {
    type Error = Error;
    type Variant = Contents<'a, 'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Contents<'a, 'de>), Error> {
        Ok((seed.deserialize(Name(self.key))?, Contents(self.source)))
    }
}

struct Contents<'a, 'de>(&'a mut Source<'de>);

impl<'de> VariantAccess<'de> for Contents<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        de::Deserialize::deserialize(self.0)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_seq(self.0, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_any(self.0, visitor)
    }
}
