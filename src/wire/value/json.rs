//! Between values and JSON: every JSON value is a value; the other way there are named refusals.

use std::fmt;

use serde_json::Value as Json;

use super::{Object, PropertyKey, Slot, Text, Value};

/// JSON nested deeper than this is refused: it is as deep as serde_json parses, and dropping it costs stack.
const MAX_DEPTH: usize = 127;

/// A value cannot be JSON: what stands in the way, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotJson {
    /// Where, as JavaScript would write it: `.jobs[2].when`; empty for the value itself.
    pub path: String,
    /// What.
    pub defect: JsonDefect,
}

/// What JSON cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonDefect {
    /// `undefined`.
    Undefined,
    /// A hole in an array.
    Hole,
    /// NaN or an infinity.
    NotFinite,
    /// A BigInt.
    BigInt,
    /// A string, or a key, with a surrogate that has no partner.
    LoneSurrogate,
    /// An object that is neither plain nor an array: its class.
    Class(&'static str),
    /// An array with properties that are no elements, or with holes.
    SparseArray,
    /// The same object a second time: JSON has no references.
    Shared,
    /// Deeper than serde_json's own parser goes.
    TooDeep,
    /// The value names an object that it does not have.
    NoSuchObject,
}

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.path.is_empty() { "the value" } else { &self.path };
        write!(f, "JSON cannot hold {} ({place})", self.defect)
    }
}

impl std::error::Error for NotJson {}

impl fmt::Display for JsonDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            JsonDefect::Undefined => "undefined",
            JsonDefect::Hole => "a hole in an array",
            JsonDefect::NotFinite => "a number that is not finite",
            JsonDefect::BigInt => "a BigInt",
            JsonDefect::LoneSurrogate => "a lone surrogate",
            JsonDefect::Class(class) => return write!(f, "an object of class {class}"),
            JsonDefect::SparseArray => "an array with holes or extra properties",
            JsonDefect::Shared => "an object twice",
            JsonDefect::TooDeep => "nesting this deep",
            JsonDefect::NoSuchObject => "an object that is not there",
        })
    }
}

/// What `JSON.parse` would make of it: numbers become float64s, the nearest one where they have none.
impl From<Json> for Value {
    fn from(json: Json) -> Value {
        let mut value = Value::default();
        // What was put among the objects empty, and the JSON that belongs into it.
        let mut waiting = Vec::new();
        value.root = value.shallow(json, &mut waiting);
        while let Some((place, json)) = waiting.pop() {
            let object = match json {
                Json::Array(elements) => {
                    Object::Array(elements.into_iter().map(|json| Some(value.shallow(json, &mut waiting))).collect())
                }
                Json::Object(properties) => {
                    let property = |(key, json): (String, Json)| {
                        (PropertyKey::from(key.as_str()), value.shallow(json, &mut waiting))
                    };
                    Object::Plain(properties.into_iter().map(property).collect())
                }
                _ => continue,
            };
            value.objects[place] = object;
        }
        value
    }
}

impl Value {
    /// The slot for `json`; its insides, if any, are left waiting.
    fn shallow(&mut self, json: Json, waiting: &mut Vec<(usize, Json)>) -> Slot {
        match json {
            Json::Null => Slot::Null,
            Json::Bool(value) => Slot::Boolean(value),
            // JSON's numbers are finite and without limits, so this is a number even if it overflows.
            Json::Number(number) => Slot::Number(number.as_f64().unwrap_or(f64::INFINITY)),
            Json::String(text) => Slot::String(Text::from(text.as_str())),
            Json::Array(_) | Json::Object(_) => {
                waiting.push((self.objects.len(), json));
                self.add(Object::Plain(Vec::new()))
            }
        }
    }
}

/// Refuses what JSON cannot hold, unlike `JSON.stringify`, which leaves it out or calls it null.
impl TryFrom<Value> for Json {
    type Error = NotJson;

    fn try_from(value: Value) -> Result<Json, NotJson> {
        Json::try_from(&value)
    }
}

impl TryFrom<&Value> for Json {
    type Error = NotJson;

    fn try_from(value: &Value) -> Result<Json, NotJson> {
        let mut walk = Walk { value, met: vec![false; value.objects.len()], path: Vec::new() };
        walk.slot(&value.root).map_err(|defect| NotJson { path: walk.place(), defect })
    }
}

struct Walk<'v> {
    value: &'v Value,
    met: Vec<bool>,
    /// From the value itself to where the walk is; a refusal leaves it pointing at the culprit.
    path: Vec<Step<'v>>,
}

enum Step<'v> {
    Key(&'v PropertyKey),
    Element(usize),
}

impl<'v> Walk<'v> {
    fn slot(&mut self, slot: &'v Slot) -> Result<Json, JsonDefect> {
        match slot {
            Slot::Undefined => Err(JsonDefect::Undefined),
            Slot::Null => Ok(Json::Null),
            Slot::Boolean(value) => Ok(Json::Bool(*value)),
            Slot::Number(value) => number(*value),
            Slot::BigInt(_) => Err(JsonDefect::BigInt),
            Slot::String(text) => text.to_utf8().map(Json::String).ok_or(JsonDefect::LoneSurrogate),
            Slot::Object(place) => self.object(*place),
        }
    }

    fn object(&mut self, place: usize) -> Result<Json, JsonDefect> {
        let object = self.value.objects.get(place).ok_or(JsonDefect::NoSuchObject)?;
        if std::mem::replace(&mut self.met[place], true) {
            return Err(JsonDefect::Shared);
        }
        if self.path.len() >= MAX_DEPTH {
            return Err(JsonDefect::TooDeep);
        }
        match object {
            Object::Plain(properties) => {
                let mut map = serde_json::Map::new();
                for (key, slot) in properties {
                    self.path.push(Step::Key(key));
                    let name = match key {
                        PropertyKey::Index(index) => index.to_string(),
                        PropertyKey::Name(name) => name.to_utf8().ok_or(JsonDefect::LoneSurrogate)?,
                    };
                    map.insert(name, self.slot(slot)?);
                    self.path.pop();
                }
                Ok(Json::Object(map))
            }
            Object::Array(elements) => {
                let mut array = Vec::with_capacity(elements.len());
                for (index, element) in elements.iter().enumerate() {
                    self.path.push(Step::Element(index));
                    array.push(self.slot(element.as_ref().ok_or(JsonDefect::Hole)?)?);
                    self.path.pop();
                }
                Ok(Json::Array(array))
            }
            Object::SparseArray { .. } => Err(JsonDefect::SparseArray),
            other => Err(JsonDefect::Class(class(other))),
        }
    }

    fn place(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Element(index) => path.push_str(&format!("[{index}]")),
                Step::Key(PropertyKey::Index(index)) => path.push_str(&format!("[{index}]")),
                Step::Key(PropertyKey::Name(name)) => match name.to_utf8() {
                    Some(name) if is_identifier(&name) => path.push_str(&format!(".{name}")),
                    _ => path.push_str(&format!("[{name:?}]")),
                },
            }
        }
        path
    }
}

fn is_identifier(name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    name.starts_with(|c: char| part(c) && !c.is_ascii_digit()) && name.chars().all(part)
}

/// Integers are written as such, so that 1 does not become 1.0.
fn number(value: f64) -> Result<Json, JsonDefect> {
    const MAX_SAFE: f64 = 9_007_199_254_740_991.0;
    let integer = value as i64;
    if value.abs() <= MAX_SAFE && (integer as f64).to_bits() == value.to_bits() {
        return Ok(Json::from(integer));
    }
    serde_json::Number::from_f64(value).map(Json::Number).ok_or(JsonDefect::NotFinite)
}

fn class(object: &Object) -> &'static str {
    match object {
        Object::Boolean(_) => "Boolean",
        Object::Number(_) => "Number",
        Object::String(_) => "String",
        Object::BigInt(_) => "BigInt",
        Object::Date(_) => "Date",
        Object::RegExp { .. } => "RegExp",
        Object::Error { kind, .. } => kind.class(),
        Object::Plain(_) => "Object",
        Object::Array(_) | Object::SparseArray { .. } => "Array",
        Object::Map(_) => "Map",
        Object::Set(_) => "Set",
        Object::ArrayBuffer { .. } => "ArrayBuffer",
        Object::View { kind, .. } => kind.class(),
    }
}
