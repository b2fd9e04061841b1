//! Values that exist without JavaScript: everything a portable message can hold, as plain Rust data.

mod equal;
mod from_bytes;
mod json;
mod text;
mod to_bytes;

pub use json::{JsonDefect, NotJson};
pub use text::Text;
pub use to_bytes::Unwritable;

use super::kinds::{ErrorKind, ViewKind};

/// A JavaScript value: a slot, and all the objects reachable from it.
///
/// Objects live side by side in [`objects`](Value::objects) and name each other by their place there, so an object can
/// be shared or contain itself, and no depth of nesting costs stack when a value is read, written, compared or dropped.
///
/// ```text
///  { list: [1, ●] }       root     Object(0)
///    ▲        │           objects  0  Plain { "list": Object(1) }
///    └────────┘                    1  Array [1, Object(0)]
/// ```
///
/// ```
/// use ferroport::wire::{Object, Slot, Value};
/// let mut value = Value::default();
/// let list = value.add(Object::Array(vec![Some(Slot::Number(1.0)), None]));
/// value.root = value.add(Object::Plain(vec![("list".into(), list)]));
/// let bytes = value.to_bytes()?;
/// assert_eq!(Value::from_bytes(&bytes)?, value);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Two values are equal if JavaScript could not tell them apart by `Object.is` on what they hold: NaN equals itself, 0
/// does not equal -0, sharing matters, the order of `objects` and objects that nothing reaches do not.
#[derive(Clone, Debug, Default)]
pub struct Value {
    /// The value itself.
    pub root: Slot,
    /// The objects, in any order.
    pub objects: Vec<Object>,
}

/// What a variable, a property or an element holds.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "each variant is the JavaScript type of its name")]
pub enum Slot {
    #[default]
    Undefined,
    Null,
    Boolean(bool),
    Number(f64),
    BigInt(Integer),
    String(Text),
    /// The object at this place in [`Value::objects`].
    Object(usize),
}

/// A BigInt: sign and magnitude.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integer {
    negative: bool,
    digits: Vec<u64>,
}

/// A JavaScript object.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each variant is the JavaScript class of its name")]
pub enum Object {
    Boolean(bool),
    Number(f64),
    String(Text),
    BigInt(Integer),
    /// Milliseconds since 1970, NaN for an invalid date.
    Date(f64),
    RegExp {
        source: Text,
        flags: Text,
    },
    Error {
        kind: ErrorKind,
        message: Option<Text>,
        stack: Option<Text>,
        cause: Option<Slot>,
    },
    /// A plain object: its properties in order.
    Plain(Vec<(PropertyKey, Slot)>),
    /// An array without extra properties; `None` is a hole.
    Array(Vec<Option<Slot>>),
    /// An array of which only the properties it has are listed, extra ones included.
    SparseArray {
        length: u32,
        properties: Vec<(PropertyKey, Slot)>,
    },
    Map(Vec<(Slot, Slot)>),
    Set(Vec<Slot>),
    ArrayBuffer {
        bytes: Vec<u8>,
        /// For a resizable one: no less than `bytes.len()`.
        max_byte_length: Option<u64>,
    },
    View {
        kind: ViewKind,
        /// In bytes, a multiple of the element size.
        byte_offset: u64,
        /// In bytes, a multiple of the element size; `None` tracks the length of a resizable buffer.
        byte_length: Option<u64>,
        /// The place of its ArrayBuffer in [`Value::objects`].
        buffer: usize,
    },
}

/// A property key. Made from a string, it is an index if the string spells one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PropertyKey {
    /// An array index, 0 to 2^32 - 2.
    Index(u32),
    /// Any other string.
    Name(Text),
}

impl Value {
    /// Puts `object` among the objects and returns the slot that holds it.
    pub fn add(&mut self, object: Object) -> Slot {
        self.objects.push(object);
        Slot::Object(self.objects.len() - 1)
    }

    /// The object that `slot` holds, if it holds one.
    pub fn object(&self, slot: &Slot) -> Option<&Object> {
        match slot {
            Slot::Object(place) => self.objects.get(*place),
            _ => None,
        }
    }
}

impl From<Slot> for Value {
    fn from(root: Slot) -> Self {
        Value { root, objects: Vec::new() }
    }
}

impl Integer {
    /// The integer with this sign and these digits, least significant first; zeros at the end do not count.
    pub fn new(negative: bool, mut digits: Vec<u64>) -> Self {
        digits.truncate(digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1));
        Integer { negative: negative && !digits.is_empty(), digits }
    }

    /// Below zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Digits of 64 bits, least significant first, the last one not zero.
    pub fn digits(&self) -> &[u64] {
        &self.digits
    }
}

impl From<Text> for PropertyKey {
    fn from(name: Text) -> Self {
        match name.array_index() {
            Some(index) => PropertyKey::Index(index),
            None => PropertyKey::Name(name),
        }
    }
}

impl From<&str> for PropertyKey {
    fn from(name: &str) -> Self {
        Text::from(name).into()
    }
}
