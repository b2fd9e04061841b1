//! From the wire to a JavaScript value: the whole of StructuredDeserialize, over Node-API.

use super::hooks::Hooks;
use super::scopes::Stack;
use crate::js::{Env, Failure, Property, Result, Thrown, Value};
use crate::wire::{Form, KeyList, Malformed, Reader, Str, check};

mod buffers;
mod containers;
mod items;

pub use buffers::{LARGE, make_buffer, make_by_constructor};

/// What came beside the bytes of a message.
#[derive(Clone, Copy)]
pub struct Beside<'s> {
    /// An array of the port objects, or undefined.
    pub ports: Value<'s>,
    /// An array of the objects in the parcel, or undefined.
    pub parcel: Value<'s>,
    /// An array of the signal objects, or undefined.
    pub signals: Value<'s>,
}

/// Reads the value of `message`.
///
/// # Errors
/// [`Thrown::DataClone`], with the byte, for bytes that are not a message of that form; what JavaScript throws when it
/// cannot make the value (no memory).
pub fn deserialize<'s>(
    env: Env<'s>,
    hooks: &Hooks,
    message: &[u8],
    form: Form<'_>,
    beside: Beside<'s>,
) -> Result<Value<'s>> {
    Build::new(env, hooks, Reader::new(message, form)?, beside)?.whole()
}

/// Reads a value from bytes that may come from anywhere.
///
/// # Errors
/// [`Thrown::DataClone`] that says what was wrong and at which byte, also for what only JavaScript could find wrong (the
/// flags of a RegExp, a maxByteLength beyond its limits).
pub fn deserialize_portable<'s>(env: Env<'s>, hooks: &Hooks, message: &[u8]) -> Result<Value<'s>> {
    check(message, Form::Portable)?;
    let undefined = env.undefined()?;
    let nothing = Beside { ports: undefined, parcel: undefined, signals: undefined };
    let mut walk = Build::new(env, hooks, Reader::new(message, Form::Portable)?, nothing)?;
    walk.whole().map_err(|failure| {
        let reason = match failure {
            Failure::Pending => match env.take_exception() {
                Some(exception) => message_of(env, exception).into(),
                // The thread is being terminated.
                None => return failure,
            },
            Failure::Error(thrown) => match *thrown {
                Thrown::Error(_, reason) => reason,
                thrown => return Failure::Error(Box::new(thrown)),
            },
        };
        Failure::data_clone(format!("malformed message at byte {}: {reason}", walk.reader.unexpected("").offset))
    })
}

/// What an error says.
fn message_of(env: Env, error: Value) -> String {
    let message = env.named(error, c"message").and_then(|message| env.text(message));
    message.unwrap_or_else(|_| {
        // Only one exception is to come of this.
        env.take_exception();
        String::new()
    })
}

impl From<Malformed> for Failure {
    fn from(malformed: Malformed) -> Self {
        Failure::data_clone(malformed.to_string())
    }
}

/// A container whose children are being read.
enum Frame<'s> {
    /// A plain object or sparse array; `first` is where its properties begin among those not yet defined.
    Keyed { object: Value<'s>, left: u32, first: usize },
    /// A plain object whose keys are those of a shape that the message has defined.
    Shaped { object: Value<'s>, shape: usize, next: usize, first: usize },
    /// A plain object whose keys are those of a shape that the process knows.
    Known { object: Value<'s>, keys: KeyList, next: usize, first: usize },
    /// An array.
    Elements { array: Value<'s>, next: u32, length: u32 },
    /// A Map, a Set or an error with a cause: its values are collected in `list` first.
    Collected { kind: u32, object: Value<'s>, list: Value<'s>, next: u32, count: u32 },
}

struct Build<'a, 's> {
    env: Env<'s>,
    hooks: &'a Hooks,
    reader: Reader<'a>,
    beside: Beside<'s>,
    /// An array of the objects by number, if the message refers to any.
    objects: Option<Value<'s>>,
    /// Whether elements must be defined rather than assigned, once somebody has asked.
    inherits_elements: Option<bool>,
    stack: Stack<'s, Frame<'s>>,
    /// Key lists of the shapes that the message has defined.
    shapes: Vec<Vec<Str<'a>>>,
    /// Properties read and not yet defined, those of outer containers first.
    properties: Vec<Property<'s>>,
    units: Vec<u16>,
    digits: Vec<u64>,
}

impl<'a, 's> Build<'a, 's> {
    fn new(env: Env<'s>, hooks: &'a Hooks, reader: Reader<'a>, beside: Beside<'s>) -> Result<Self> {
        let objects = if reader.has_references() { Some(env.make_array()?) } else { None };
        Ok(Build {
            env,
            hooks,
            reader,
            beside,
            objects,
            inherits_elements: None,
            stack: Stack::new(env),
            shapes: Vec::new(),
            properties: Vec::new(),
            units: Vec::new(),
            digits: Vec::new(),
        })
    }
}
