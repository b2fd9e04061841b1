//! From the wire to a JavaScript value: the whole of StructuredDeserialize, over Node-API.

use napi::sys::{self, TypedarrayType};

use super::hooks::Hooks;
use super::scopes::Stack;
use crate::js::{self, Env, Failure, Result, Value};
use crate::wire::{
    BigInt, Buffer, ErrorHead, Form, Item, Key, KeyList, KnownShapes, Malformed, Reader, Str, View, ViewKind, check,
    tag,
};

/// What came beside the bytes of a message.
#[derive(Clone, Copy)]
pub struct Beside {
    /// An array of the port objects, or undefined.
    pub ports: Value,
    /// An array of the objects in the parcel, or undefined.
    pub parcel: Value,
}

/// Reads the value of `message`.
///
/// # Errors
/// [`Failure::DataClone`], with the byte, for bytes that are not a message of that form; what JavaScript throws when it
/// cannot make the value (no memory).
pub fn deserialize(env: Env, hooks: &Hooks, message: &[u8], form: Form<'_>, beside: Beside) -> Result<Value> {
    Build::new(env, hooks, Reader::new(message, form)?, beside)?.whole()
}

/// Reads a value from bytes that may come from anywhere.
///
/// # Errors
/// [`Failure::DataClone`] that says what was wrong and at which byte, also for what only JavaScript could find wrong (the
/// flags of a RegExp, a maxByteLength beyond its limits).
pub fn deserialize_portable(env: Env, hooks: &Hooks, message: &[u8]) -> Result<Value> {
    check(message, Form::Portable)?;
    let undefined = env.undefined()?;
    let nothing = Beside { ports: undefined, parcel: undefined };
    let mut walk = Build::new(env, hooks, Reader::new(message, Form::Portable)?, nothing)?;
    walk.whole().map_err(|failure| {
        let reason = match failure {
            Failure::Pending => match env.take_exception() {
                Some(exception) => message_of(env, exception),
                // The thread is being terminated.
                None => return failure,
            },
            Failure::Other(reason) => reason,
            Failure::DataClone(_) | Failure::Type(_) => return failure,
        };
        Failure::DataClone(format!("malformed message at byte {}: {reason}", walk.reader.unexpected("").offset))
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
        Failure::DataClone(malformed.to_string())
    }
}

/// A container whose children are being read.
enum Frame {
    /// A plain object or sparse array; `first` is where its properties begin among those not yet defined.
    Keyed { object: Value, left: u32, first: usize },
    /// A plain object whose keys are those of a shape that the message has defined.
    Shaped { object: Value, shape: usize, next: usize, first: usize },
    /// A plain object whose keys are those of a shape that the process knows.
    Known { object: Value, keys: KeyList, next: usize, first: usize },
    /// An array.
    Elements { array: Value, next: u32, length: u32 },
    /// A Map, a Set or an error with a cause: its values are collected in `list` first.
    Collected { kind: u32, object: Value, list: Value, next: u32, count: u32 },
}

struct Build<'a> {
    env: Env,
    hooks: &'a Hooks,
    reader: Reader<'a>,
    beside: Beside,
    /// An array of the objects by number, if the message refers to any.
    objects: Option<Value>,
    /// Whether elements must be defined rather than assigned, once somebody has asked.
    inherits_elements: Option<bool>,
    stack: Stack<Frame>,
    /// Key lists of the shapes that the message has defined.
    shapes: Vec<Vec<Str<'a>>>,
    /// Properties read and not yet defined, those of outer containers first.
    properties: Vec<sys::napi_property_descriptor>,
    units: Vec<u16>,
    digits: Vec<u64>,
}

impl<'a> Build<'a> {
    fn new(env: Env, hooks: &'a Hooks, reader: Reader<'a>, beside: Beside) -> Result<Self> {
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

    /// Reads the whole message.
    fn whole(&mut self) -> Result<Value> {
        let root = self.read()?;
        self.run()?;
        self.reader.finish()?;
        Ok(root)
    }

    /// Reads children until the outermost container is complete.
    fn run(&mut self) -> Result<()> {
        let env = self.env;
        loop {
            if self.stack.due() {
                // What is read and not yet defined would lose its handles.
                if let Some(
                    &mut (Frame::Keyed { object, first, .. }
                    | Frame::Shaped { object, first, .. }
                    | Frame::Known { object, first, .. }),
                ) = self.stack.top()
                {
                    self.define(object, first)?;
                }
                self.stack.renew()?;
            }
            let Some(frame) = self.stack.top() else { return Ok(()) };
            match frame {
                Frame::Keyed { object, left, first } => {
                    let (object, first) = (*object, *first);
                    if *left == 0 {
                        self.define(object, first)?;
                        self.stack.pop();
                        continue;
                    }
                    *left -= 1;
                    match self.reader.read_key()? {
                        Key::Index(index) => {
                            let value = self.read()?;
                            self.put(object, index, value)?;
                        }
                        Key::Name(name) => {
                            let key = self.string(name)?;
                            self.property(key)?;
                        }
                    }
                }
                Frame::Shaped { object, shape, next, first } => {
                    let (object, first) = (*object, *first);
                    let key = self.shapes.get(*shape).and_then(|keys| keys.get(*next)).copied();
                    *next += 1;
                    let Some(key) = key else {
                        self.define(object, first)?;
                        self.stack.pop();
                        continue;
                    };
                    let key = self.string(key)?;
                    self.property(key)?;
                }
                Frame::Known { object, keys, next, first } => {
                    let (object, first) = (*object, *first);
                    let Some(key) = keys.get(*next) else {
                        self.define(object, first)?;
                        self.stack.pop();
                        continue;
                    };
                    *next += 1;
                    let key = env.make_utf16(key)?;
                    self.property(key)?;
                }
                Frame::Elements { array, next, length } => {
                    if next == length {
                        self.stack.pop();
                        continue;
                    }
                    let (array, index) = (*array, *next);
                    *next += 1;
                    if let Some(value) = self.read_element()? {
                        self.put(array, index, value)?;
                    }
                }
                Frame::Collected { kind, object, list, next, count } => {
                    let (kind, object, list, index) = (*kind, *object, *list, *next);
                    if index == *count {
                        self.hooks.fill(env, kind, object, list)?;
                        self.stack.pop();
                        continue;
                    }
                    *next += 1;
                    let value = self.read()?;
                    self.put(list, index, value)?;
                }
            }
        }
    }

    /// Reads the value of a property and notes both, to be defined with the object's others.
    fn property(&mut self, key: Value) -> Result<()> {
        let at = self.properties.len();
        // The place of its value, which comes next.
        self.properties.push(js::property(key, key));
        // If the value is a container, its properties come to stand behind this one.
        let value = self.read()?;
        self.properties[at].value = value.raw();
        Ok(())
    }

    /// Defines the properties noted from `first` on.
    fn define(&mut self, object: Value, first: usize) -> Result<()> {
        if first < self.properties.len() {
            self.env.define(object, &self.properties[first..])?;
            self.properties.truncate(first);
        }
        Ok(())
    }

    /// Reads a value; of a container, the head, leaving its children to `run`.
    fn read(&mut self) -> Result<Value> {
        match self.read_element()? {
            Some(value) => Ok(value),
            None => Err(self.reader.unexpected("a value").into()),
        }
    }

    /// As `read`; `None` for a hole.
    fn read_element(&mut self) -> Result<Option<Value>> {
        let number = self.reader.next_object();
        match self.reader.read()? {
            Item::Hole => Ok(None),
            item => self.make(item, number).map(Some),
        }
    }

    /// The value of an item; if it is an object, `number` is its number.
    fn make(&mut self, item: Item<'a>, number: u32) -> Result<Value> {
        let env = self.env;
        let object = match item {
            Item::Undefined => return env.undefined(),
            Item::Null => return env.null(),
            Item::Boolean(value) => return env.make_boolean(value),
            Item::Int(value) => return env.make_int(value),
            Item::Double(value) => return env.make_number(value),
            Item::BigInt(value) => return self.bigint(value),
            Item::String(value) => return self.string(value),
            Item::Ref(object) => {
                let Some(objects) = self.objects else { return Err(self.reader.unexpected("a value").into()) };
                return env.element(objects, object);
            }
            Item::Hole => return Err(self.reader.unexpected("a value").into()),
            Item::BooleanObject(value) => {
                let primitive = env.make_boolean(value)?;
                self.hooks.revive(env, tag::BOOLEAN_OBJECT, &[primitive])?
            }
            Item::NumberObject(value) => {
                let primitive = env.make_number(value)?;
                self.hooks.revive(env, tag::NUMBER_OBJECT, &[primitive])?
            }
            Item::StringObject(value) => {
                let primitive = self.string(value)?;
                self.hooks.revive(env, tag::STRING_OBJECT, &[primitive])?
            }
            Item::BigIntObject(value) => {
                let primitive = self.bigint(value)?;
                self.hooks.revive(env, tag::BIGINT_OBJECT, &[primitive])?
            }
            Item::Date(time) => env.make_date(time)?,
            Item::RegExp { source, flags } => {
                let (source, flags) = (self.string(source)?, self.string(flags)?);
                self.hooks.revive(env, tag::REGEXP, &[source, flags])?
            }
            Item::Error(head) => self.error(head)?,
            Item::Object { count } => {
                let object = env.make_object()?;
                self.stack.push(Frame::Keyed { object, left: count, first: self.properties.len() });
                object
            }
            Item::Shape { shape, keys } => {
                debug_assert_eq!(shape as usize, self.shapes.len());
                let keys = (0..keys).map(|_| self.reader.read_string()).collect::<std::result::Result<_, _>>()?;
                self.shapes.push(keys);
                self.shaped(shape)?
            }
            Item::Shaped { shape, .. } => self.shaped(shape)?,
            Item::LocalShaped { shape, .. } => {
                let Some(keys) = KnownShapes.keys(shape) else {
                    return Err(self.reader.unexpected("a shape that the process knows").into());
                };
                let object = env.make_object()?;
                self.stack.push(Frame::Known { object, keys, next: 0, first: self.properties.len() });
                object
            }
            Item::Array { length } => {
                let array = env.make_array_of(length)?;
                self.stack.push(Frame::Elements { array, next: 0, length });
                array
            }
            Item::PackedInts(values) => {
                let array = env.make_array_of(values.len() as u32)?;
                self.numbers(array, values.iter().map(f64::from))?;
                array
            }
            Item::PackedDoubles(values) => {
                let array = env.make_array_of(values.len() as u32)?;
                self.numbers(array, values.iter())?;
                array
            }
            Item::SparseArray { length, count } => {
                let sizes = [env.make_number(f64::from(length))?, env.make_number(f64::from(count))?];
                let array = self.hooks.revive(env, tag::SPARSE_ARRAY, &sizes)?;
                self.stack.push(Frame::Keyed { object: array, left: count, first: self.properties.len() });
                array
            }
            Item::Map { count } => self.collect(tag::MAP, count.saturating_mul(2))?,
            Item::Set { count } => self.collect(tag::SET, count)?,
            Item::ArrayBuffer(buffer) | Item::Transferred { buffer, .. } => self.buffer(buffer)?,
            Item::WholeView { kind, bytes } => {
                let buffer = env.make_buffer(bytes)?;
                self.remember(number + 1, buffer)?;
                let fits = View { kind, byte_offset: 0, byte_length: Some(bytes.len() as u64) };
                self.view_over(buffer, fits)?
            }
            Item::View(view) => {
                let number = self.reader.next_object();
                match self.reader.read()? {
                    item @ (Item::ArrayBuffer(_) | Item::Transferred { .. }) => {
                        let buffer = self.make(item, number)?;
                        self.view_over(buffer, view)?
                    }
                    // It may be shared memory, over which Node-API makes no views.
                    item @ (Item::Ref(_) | Item::Sidecar(_)) => {
                        let buffer = self.make(item, number)?;
                        self.revive_view(buffer, view)?
                    }
                    _ => return Err(self.reader.unexpected("a buffer").into()),
                }
            }
            Item::Sidecar(index) => env.element(self.beside.parcel, index)?,
            Item::Port(index) => env.element(self.beside.ports, index)?,
        };
        self.remember(number, object)?;
        Ok(object)
    }

    /// Gives an array or object of our making an element that it does not have yet.
    fn put(&mut self, object: Value, index: u32, value: Value) -> Result<()> {
        let inherits = match self.inherits_elements {
            Some(inherits) => inherits,
            // Asked once: no code but ours runs before the message is read.
            None => *self.inherits_elements.insert(self.hooks.inherits_elements(self.env)?),
        };
        if inherits {
            self.env.define_element(object, index, value)
        } else {
            self.env.set_element(object, index, value)
        }
    }

    /// Keeps an object for later references, if the message has any.
    fn remember(&mut self, number: u32, object: Value) -> Result<()> {
        match self.objects {
            Some(objects) => self.put(objects, number, object),
            None => Ok(()),
        }
    }

    fn string(&mut self, string: Str<'_>) -> Result<Value> {
        match string {
            Str::Latin1(units) => self.env.make_latin1(units),
            Str::Utf16(units) => match units.aligned() {
                Some(units) => self.env.make_utf16(units),
                None => {
                    self.units.clear();
                    self.units.extend(units.iter());
                    self.env.make_utf16(&self.units)
                }
            },
        }
    }

    fn bigint(&mut self, value: BigInt<'_>) -> Result<Value> {
        self.digits.clear();
        self.digits.extend(value.digits.iter());
        self.env.make_bigint(value.negative, &self.digits)
    }

    fn error(&mut self, head: ErrorHead<'_>) -> Result<Value> {
        let env = self.env;
        let mut parts = [env.make_int(head.kind.number() as i32)?, env.undefined()?, env.undefined()?];
        for (part, text) in parts[1..].iter_mut().zip([head.message, head.stack]) {
            if let Some(text) = text {
                *part = self.string(text)?;
            }
        }
        let error = self.hooks.revive(env, tag::ERROR, &parts)?;
        if head.cause {
            let list = env.make_array()?;
            self.stack.push(Frame::Collected { kind: tag::ERROR, object: error, list, next: 0, count: 1 });
        }
        Ok(error)
    }

    fn shaped(&mut self, shape: u32) -> Result<Value> {
        let object = self.env.make_object()?;
        self.stack.push(Frame::Shaped { object, shape: shape as usize, next: 0, first: self.properties.len() });
        Ok(object)
    }

    /// Sets the elements of an array, a handle scope for each few of them.
    fn numbers(&mut self, array: Value, values: impl Iterator<Item = f64>) -> Result<()> {
        let env = self.env;
        let mut scope = env.open_scope()?;
        let mut done = Ok(());
        for (index, value) in values.enumerate() {
            if index % 512 == 511 {
                env.close_scope(scope);
                scope = env.open_scope()?;
            }
            done = env.make_number(value).and_then(|value| self.put(array, index as u32, value));
            if done.is_err() {
                break;
            }
        }
        env.close_scope(scope);
        done
    }

    /// A Map or Set, to be filled once `count` values have been read.
    fn collect(&mut self, kind: u32, count: u32) -> Result<Value> {
        let object = self.hooks.revive(self.env, kind, &[])?;
        let list = self.env.make_array_of(count)?;
        self.stack.push(Frame::Collected { kind, object, list, next: 0, count });
        Ok(object)
    }

    fn buffer(&mut self, buffer: Buffer<'_>) -> Result<Value> {
        let env = self.env;
        let Some(max) = buffer.max_byte_length else { return env.make_buffer(buffer.bytes) };
        let lengths = [env.make_number(buffer.bytes.len() as f64)?, env.make_number(max as f64)?];
        let made = self.hooks.revive(env, tag::ARRAY_BUFFER, &lengths)?;
        env.fill_buffer(made, buffer.bytes)?;
        Ok(made)
    }

    /// A view over `buffer`. One that does not fit is refused by the engine.
    fn view_over(&mut self, buffer: Value, view: View) -> Result<Value> {
        let env = self.env;
        let offset = view.byte_offset as usize;
        match (view.byte_length, node_api_kind(view.kind)) {
            (Some(length), Some(kind)) => {
                env.make_typed_array(kind, buffer, offset, (length / view.kind.element_size()) as usize)
            }
            (Some(length), None) if view.kind == ViewKind::DataView => {
                env.make_data_view(buffer, offset, length as usize)
            }
            _ => self.revive_view(buffer, view),
        }
    }

    /// As `view_over`, for all buffers and views.
    fn revive_view(&mut self, buffer: Value, view: View) -> Result<Value> {
        let env = self.env;
        let length = match view.byte_length {
            Some(length) => env.make_number((length / view.kind.element_size()) as f64)?,
            None => env.undefined()?,
        };
        let kind = env.make_int(view.kind.number() as i32)?;
        self.hooks.revive(env, tag::VIEW, &[kind, buffer, env.make_number(view.byte_offset as f64)?, length])
    }
}

/// Node-API's number for a class of typed array, where every version has one.
fn node_api_kind(kind: ViewKind) -> Option<i32> {
    Some(match kind {
        ViewKind::Int8 => TypedarrayType::int8_array,
        ViewKind::Uint8 => TypedarrayType::uint8_array,
        ViewKind::Uint8Clamped => TypedarrayType::uint8_clamped_array,
        ViewKind::Int16 => TypedarrayType::int16_array,
        ViewKind::Uint16 => TypedarrayType::uint16_array,
        ViewKind::Int32 => TypedarrayType::int32_array,
        ViewKind::Uint32 => TypedarrayType::uint32_array,
        ViewKind::Float32 => TypedarrayType::float32_array,
        ViewKind::Float64 => TypedarrayType::float64_array,
        ViewKind::BigInt64 => TypedarrayType::bigint64_array,
        ViewKind::BigUint64 => TypedarrayType::biguint64_array,
        ViewKind::Float16 | ViewKind::DataView => return None,
    })
}
