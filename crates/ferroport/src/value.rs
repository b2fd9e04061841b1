//! Values of types that are not known beforehand, and those that serde has no type for.

use crate::context::{self, names};
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::fmt;

/// A `Date` of JavaScript's.
///
/// ```
/// let date = ferroport::Date(86_400_000.0);
/// assert_eq!(date.0, 86_400_000.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Date(
    /// Milliseconds since 1970; NaN for an invalid date.
    pub f64,
);

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(names::DATE, &self.0)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        context::read_named(deserializer, names::DATE, "a Date", |time: f64| Ok(Date(time)))
    }
}

/// An integer that is a BigInt in JavaScript, however small it is. (Other integers are numbers up to 2^53, and BigInts beyond.)
///
/// ```
/// let id = ferroport::BigInt(7);
/// assert_eq!(id.0, 7);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BigInt(
    /// The integer.
    pub i128,
);

impl Serialize for BigInt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(names::BIGINT, &self.0)
    }
}

impl<'de> Deserialize<'de> for BigInt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i128::deserialize(deserializer).map(BigInt)
    }
}

/// Any value that consists of data.
///
/// An object that stands in the value several times is there several times. An error is an object with `name`, `message`, `stack` and
/// `cause`; a regular expression one with `source` and `flags`. Objects that contain themselves, and BigInts of more than 128 bits, are
/// errors.
///
/// ```
/// use ferroport::Value;
/// let value = Value::Object(vec![("n".into(), Value::Number(1.0)), ("at".into(), Value::Date(0.0))]);
/// assert_eq!(value.get("n"), Some(&Value::Number(1.0)));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `undefined`.
    #[default]
    Undefined,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A BigInt.
    BigInt(i128),
    /// A string.
    String(String),
    /// A Date, in milliseconds since 1970.
    Date(f64),
    /// An ArrayBuffer, or the bytes of a view over one. Written as a `Uint8Array`.
    Bytes(Vec<u8>),
    /// An array.
    Array(Vec<Value>),
    /// A plain object, its properties in their order.
    Object(Vec<(String, Value)>),
    /// A Map, its entries in their order.
    Map(Vec<(Value, Value)>),
    /// A Set, its values in their order.
    Set(Vec<Value>),
}

impl Value {
    /// The property of an object.
    ///
    /// ```
    /// assert_eq!(ferroport::Value::Null.get("n"), None);
    /// ```
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Object(properties) => properties.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }
}

/// Items that are written as what `NAME` says.
struct Named<'a, T: ?Sized>(&'static str, &'a T);

impl<T: Serialize + ?Sized> Serialize for Named<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(self.0, self.1)
    }
}

struct Entries<'a, K>(&'a [(K, Value)]);

impl<K: Serialize> Serialize for Entries<'_, K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

struct AsBytes<'a>(&'a [u8]);

impl Serialize for AsBytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Undefined => serializer.serialize_unit(),
            Value::Null => Named(names::NULL, &()).serialize(serializer),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(value) => serializer.serialize_f64(*value),
            Value::BigInt(value) => BigInt(*value).serialize(serializer),
            Value::String(value) => serializer.serialize_str(value),
            Value::Date(value) => Date(*value).serialize(serializer),
            Value::Bytes(value) => AsBytes(value).serialize(serializer),
            Value::Array(values) => values.serialize(serializer),
            Value::Object(properties) => Named(names::OBJECT, &Entries(properties)).serialize(serializer),
            Value::Map(entries) => Entries(entries).serialize(serializer),
            Value::Set(values) => Named(names::SET, values).serialize(serializer),
        }
    }
}

thread_local! {
    /// A value that this crate's own reader has made, on its way through serde.
    static READ: RefCell<Option<Value>> = const { RefCell::new(None) };
}

/// Hands a value through serde to `Value::deserialize`.
pub(crate) fn hand_through(value: Value) {
    READ.with_borrow_mut(|read| *read = Some(value));
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Of;
        impl<'de> Visitor<'de> for Of {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
                match READ.with_borrow_mut(Option::take) {
                    Some(value) => Ok(value),
                    // Another format, or an enum that serde reads in two steps: what serde has no types for is something else there.
                    None => deserializer.deserialize_any(Of),
                }
            }

            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(Value::Number(value as f64))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(Value::Number(value as f64))
            }

            fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
                Ok(Value::BigInt(value))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(Value::Number(value))
            }

            fn visit_str<E>(self, value: &str) -> Result<Value, E> {
                Ok(Value::String(value.to_owned()))
            }

            fn visit_bytes<E>(self, value: &[u8]) -> Result<Value, E> {
                Ok(Value::Bytes(value.to_owned()))
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Undefined)
            }

            fn visit_none<E>(self) -> Result<Value, E> {
                Ok(Value::Undefined)
            }

            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
                Value::deserialize(deserializer)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = access.next_element()? {
                    values.push(value);
                }
                Ok(Value::Array(values))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
                let mut properties = Vec::new();
                while let Some((key, value)) = access.next_entry::<Value, Value>()? {
                    let Value::String(key) = key else { return Err(A::Error::custom("expected a string as key")) };
                    properties.push((key, value));
                }
                Ok(Value::Object(properties))
            }
        }
        deserializer.deserialize_newtype_struct(names::VALUE, Of)
    }
}

/// With `#[serde(serialize_with = "…")]`: what serde writes in another way than JavaScript would like it.
pub(crate) mod with {
    use super::{Named, names};
    use serde::{Serialize, Serializer};

    pub(crate) fn object<T: Serialize + ?Sized, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        Named(names::OBJECT, value).serialize(serializer)
    }

    pub(crate) fn set<T: Serialize + ?Sized, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        Named(names::SET, value).serialize(serializer)
    }

    pub(crate) fn null<T: Serialize, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => value.serialize(serializer),
            None => Named(names::NULL, &()).serialize(serializer),
        }
    }
}
