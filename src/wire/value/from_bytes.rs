//! From a message to its value.

use super::{Integer, Object, PropertyKey, Slot, Text, Value};
use crate::wire::check::check;
use crate::wire::form::Form;
use crate::wire::item::{BigInt, Buffer, Item, Key, View};
use crate::wire::malformed::Malformed;
use crate::wire::reader::Reader;

impl Value {
    /// The value of a message in the portable form. An object's place is its number in the message.
    ///
    /// Takes memory in proportion to the message, and no stack for nesting.
    ///
    /// # Errors
    /// [`Malformed`]: the first rule that `message` breaks, and the byte.
    pub fn from_bytes(message: &[u8]) -> Result<Value, Malformed> {
        check(message, Form::Portable)?;
        let mut decoder = Decoder {
            reader: Reader::new(message, Form::Portable)?,
            objects: Vec::new(),
            open: Vec::new(),
            shapes: Vec::new(),
        };
        let root = decoder.element()?.unwrap_or_default();
        while let Some(open) = decoder.open.last_mut() {
            if open.left == 0 {
                decoder.open.pop();
                continue;
            }
            open.left -= 1;
            let (parent, shape, left) = (open.object, open.shape, open.left);
            decoder.child(parent, shape, left)?;
        }
        decoder.reader.finish()?;
        Ok(Value { root, objects: decoder.objects })
    }
}

struct Decoder<'a> {
    reader: Reader<'a>,
    objects: Vec<Object>,
    /// The objects the next value stands in, outermost first.
    open: Vec<Open>,
    /// The keys of each shape. Texts are shared: a long key costs once, however many objects have it.
    shapes: Vec<Vec<PropertyKey>>,
}

/// An object of which `left` values have not been read.
struct Open {
    object: usize,
    shape: Option<usize>,
    left: u64,
}

impl Decoder<'_> {
    /// Reads the next value in the object `parent`, of which then `left` are left, and puts it there.
    fn child(&mut self, parent: usize, shape: Option<usize>, left: u64) -> Result<(), Malformed> {
        let key = match &self.objects[parent] {
            Object::Plain(properties) => match shape {
                Some(shape) => Some(self.shapes[shape][properties.len()].clone()),
                None => Some(self.key()?),
            },
            Object::SparseArray { .. } => Some(self.key()?),
            _ => None,
        };
        let element = self.element()?;
        match (&mut self.objects[parent], key, element) {
            (Object::Plain(properties) | Object::SparseArray { properties, .. }, Some(key), Some(slot)) => {
                properties.push((key, slot));
            }
            (Object::Array(elements), _, element) => elements.push(element),
            (Object::Map(entries), _, Some(slot)) => match entries.last_mut() {
                Some((_, value)) if left.is_multiple_of(2) => *value = slot,
                _ => entries.push((slot, Slot::Undefined)),
            },
            (Object::Set(values), _, Some(slot)) => values.push(slot),
            (Object::Error { cause, .. }, _, Some(slot)) => *cause = Some(slot),
            (Object::View { buffer, .. }, _, Some(Slot::Object(place))) => *buffer = place,
            _ => return Err(self.reader.unexpected("a value")),
        }
        Ok(())
    }

    /// Reads a value, or only the head of an object, which then is open; `None` is a hole.
    fn element(&mut self) -> Result<Option<Slot>, Malformed> {
        let item = self.reader.read()?;
        let object = match item {
            Item::Undefined => return Ok(Some(Slot::Undefined)),
            Item::Null => return Ok(Some(Slot::Null)),
            Item::Boolean(value) => return Ok(Some(Slot::Boolean(value))),
            Item::Int(value) => return Ok(Some(Slot::Number(f64::from(value)))),
            Item::Double(value) => return Ok(Some(Slot::Number(value))),
            Item::BigInt(value) => return Ok(Some(Slot::BigInt(value.into()))),
            Item::String(text) => return Ok(Some(Slot::String(text.into()))),
            Item::Hole => return Ok(None),
            Item::Ref(number) => return Ok(Some(Slot::Object(number as usize))),
            Item::BooleanObject(value) => Object::Boolean(value),
            Item::NumberObject(value) => Object::Number(value),
            Item::StringObject(text) => Object::String(text.into()),
            Item::BigIntObject(value) => Object::BigInt(value.into()),
            Item::Date(time) => Object::Date(time),
            Item::RegExp { source, flags } => Object::RegExp { source: source.into(), flags: flags.into() },
            Item::Error(error) => {
                self.open(u64::from(error.cause));
                let (message, stack) = (error.message.map(Text::from), error.stack.map(Text::from));
                Object::Error { kind: error.kind, message, stack, cause: None }
            }
            Item::Object { count } => {
                self.open(u64::from(count));
                Object::Plain(Vec::with_capacity(count as usize))
            }
            Item::Shape { shape, keys } => {
                let mut names = Vec::with_capacity(keys as usize);
                for _ in 0..keys {
                    names.push(Text::from(self.reader.read_string()?).into());
                }
                self.shapes.push(names);
                self.shaped(shape, keys)
            }
            Item::Shaped { shape, keys } => self.shaped(shape, keys),
            Item::Array { length } => {
                self.open(u64::from(length));
                Object::Array(Vec::with_capacity(length as usize))
            }
            Item::PackedInts(values) => {
                Object::Array(values.iter().map(|value| Some(Slot::Number(f64::from(value)))).collect())
            }
            Item::PackedDoubles(values) => {
                Object::Array(values.iter().map(|value| Some(Slot::Number(value))).collect())
            }
            Item::SparseArray { length, count } => {
                self.open(u64::from(count));
                Object::SparseArray { length, properties: Vec::with_capacity(count as usize) }
            }
            Item::Map { count } => {
                self.open(u64::from(count) * 2);
                Object::Map(Vec::with_capacity(count as usize))
            }
            Item::Set { count } => {
                self.open(u64::from(count));
                Object::Set(Vec::with_capacity(count as usize))
            }
            Item::ArrayBuffer(Buffer { bytes, max_byte_length }) => {
                Object::ArrayBuffer { bytes: bytes.to_vec(), max_byte_length }
            }
            Item::View(View { kind, byte_offset, byte_length }) => {
                self.open(1);
                Object::View { kind, byte_offset, byte_length, buffer: usize::MAX }
            }
            Item::WholeView { kind, bytes } => {
                let view = self.objects.len();
                let byte_length = Some(bytes.len() as u64);
                self.objects.push(Object::View { kind, byte_offset: 0, byte_length, buffer: view + 1 });
                self.objects.push(Object::ArrayBuffer { bytes: bytes.to_vec(), max_byte_length: None });
                return Ok(Some(Slot::Object(view)));
            }
            Item::LocalShaped { .. } | Item::Port(_) | Item::Sidecar(_) | Item::Signal(_) => {
                return Err(self.reader.unexpected("a value of the portable form"));
            }
        };
        self.objects.push(object);
        Ok(Some(Slot::Object(self.objects.len() - 1)))
    }

    fn key(&mut self) -> Result<PropertyKey, Malformed> {
        Ok(match self.reader.read_key()? {
            Key::Index(index) => PropertyKey::Index(index),
            Key::Name(name) => Text::from(name).into(),
        })
    }

    fn shaped(&mut self, shape: u32, keys: u32) -> Object {
        self.open.push(Open { object: self.objects.len(), shape: Some(shape as usize), left: u64::from(keys) });
        Object::Plain(Vec::with_capacity(keys as usize))
    }

    /// Notes that the object about to be added has so many values to come.
    fn open(&mut self, left: u64) {
        self.open.push(Open { object: self.objects.len(), shape: None, left });
    }
}

impl From<BigInt<'_>> for Integer {
    fn from(value: BigInt<'_>) -> Self {
        Integer::new(value.negative, value.digits.iter().collect())
    }
}
