//! From a JavaScript value to the wire: the whole of StructuredSerialize, over Node-API.

use napi::sys::ValueType;

use super::hooks::Hooks;
use super::scopes::Stack;
use crate::js::{Env, Failure, Result, Value};
use crate::wire::{Buffer, ErrorKind, ErrorParts, Open, View, ViewKind, WriteError, Writer, spelled_index, tag};

/// Writes `value` into `writer`. True if the message refers to objects in a parcel or to signals, which must go along with it.
///
/// `session` is the JavaScript object that remembers, for the hook `visit`, which objects the message has shown and
/// which are to be transferred. Getters run in the middle of it and may do anything, posting included.
///
/// # Errors
/// What a getter throws, and the running Node's own error for what cannot be cloned. The writer then holds half a
/// message.
pub fn serialize<'s>(
    env: Env<'s>,
    hooks: &Hooks,
    session: Value<'s>,
    value: Value<'s>,
    writer: &mut Writer,
) -> Result<bool> {
    let mut walk = Walk {
        env,
        hooks,
        session,
        writer,
        stack: Stack::new(env),
        units: Vec::new(),
        digits: Vec::new(),
        beside: false,
    };
    walk.write(value)?;
    while let Some(child) = walk.next_child()? {
        walk.write(child)?;
    }
    Ok(walk.beside)
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::TooLarge => Failure::data_clone(error.to_string()),
            WriteError::OutOfMemory => Failure::out_of_memory(),
        }
    }
}

/// A container whose children are being written.
enum Frame<'s> {
    /// A plain object or sparse array: `keys` were its own enumerable ones at the start.
    Properties { object: Value<'s>, keys: Value<'s>, next: u32, count: u32, written: u32, open: Option<Open> },
    /// A dense array. What a getter adds to it is not sent, as the HTML standard has it.
    Elements { array: Value<'s>, next: u32, length: u32 },
    /// A snapshot of what a Map or Set held, or a list of values to follow.
    Snapshot { list: Value<'s>, next: u32, count: u32 },
}

struct Walk<'a, 's> {
    env: Env<'s>,
    hooks: &'a Hooks,
    session: Value<'s>,
    writer: &'a mut Writer,
    stack: Stack<'s, Frame<'s>>,
    /// Whether something has to go along with the bytes: a parcel, or signals.
    beside: bool,
    /// Room for a string's code units.
    units: Vec<u16>,
    /// Room for a BigInt's digits.
    digits: Vec<u64>,
}

impl<'s> Walk<'_, 's> {
    /// The next value to write, its key already written; `None` when the message is complete.
    fn next_child(&mut self) -> Result<Option<Value<'s>>> {
        let env = self.env;
        loop {
            if self.stack.due() {
                // SAFETY: what has been read of the children is in the message.
                unsafe { self.stack.renew() }?;
            }
            let Some(frame) = self.stack.top() else { return Ok(None) };
            match frame {
                Frame::Properties { object, keys, next, count, written, open } => {
                    if next == count {
                        if let Some(open) = open.take() {
                            self.writer.close(open, *written);
                        }
                        self.stack.pop();
                        continue;
                    }
                    let (object, key) = (*object, env.element(*keys, *next)?);
                    *next += 1;
                    // A getter that ran since the keys were listed may have deleted this property.
                    if !env.has_own(object, key)? {
                        continue;
                    }
                    *written += 1;
                    // The key goes first, but a getter may throw or write elsewhere: nothing of this is sent then.
                    self.key(key)?;
                    return env.property(object, key).map(Some);
                }
                Frame::Elements { array, next, length } => {
                    if next == length {
                        self.stack.pop();
                        continue;
                    }
                    let (array, index) = (*array, *next);
                    *next += 1;
                    let value = env.element(array, index)?;
                    // A getter that ran since the keys were listed may have deleted it.
                    if env.type_of(value)? == ValueType::napi_undefined && !env.has_own_element(array, index)? {
                        self.writer.hole();
                        continue;
                    }
                    return Ok(Some(value));
                }
                Frame::Snapshot { list, next, count } => {
                    if next == count {
                        self.stack.pop();
                        continue;
                    }
                    let index = *next;
                    *next += 1;
                    return env.element(*list, index).map(Some);
                }
            }
        }
    }

    /// Writes a value; of a container, the head, leaving its children to `next_child`.
    fn write(&mut self, value: Value<'s>) -> Result<()> {
        let env = self.env;
        match env.type_of(value)? {
            ValueType::napi_undefined => self.writer.undefined(),
            ValueType::napi_null => self.writer.null(),
            ValueType::napi_boolean => self.writer.boolean(env.boolean(value)?),
            ValueType::napi_number => self.writer.number(env.number(value)?),
            ValueType::napi_string => self.string(value)?,
            ValueType::napi_bigint => {
                let negative = env.bigint(value, &mut self.digits)?;
                self.writer.bigint(negative, &self.digits);
            }
            ValueType::napi_object => self.object(value)?,
            _ => return Err(self.hooks.refuse(env, value)),
        }
        Ok(())
    }

    fn string(&mut self, value: Value<'s>) -> Result<()> {
        self.units.clear();
        self.env.string(value, &mut self.units)?;
        self.writer.utf16(&self.units);
        Ok(())
    }

    /// Writes a key, an array's index as a number.
    fn key(&mut self, key: Value<'s>) -> Result<()> {
        self.units.clear();
        self.env.string(key, &mut self.units)?;
        match spelled_index(self.units.iter().copied()) {
            Some(index) => self.writer.index(index),
            None => self.writer.utf16(&self.units),
        }
        Ok(())
    }

    fn object(&mut self, object: Value<'s>) -> Result<()> {
        let env = self.env;
        let code = self.hooks.visit(env, self.session, object)?;
        if code < 0 {
            self.writer.reference((-1 - code) as u32);
            return Ok(());
        }
        let (kind, index) = tag::parts(code as u32);
        match kind {
            tag::OBJECT => {
                let keys = self.hooks.keys_of(env, object)?;
                self.properties(object, keys, None)?;
            }
            tag::ARRAY => self.array(object)?,
            tag::DATE => self.writer.date(env.date(object)?),
            tag::MAP | tag::SET => self.collection(object, kind)?,
            tag::BOOLEAN_OBJECT | tag::NUMBER_OBJECT | tag::STRING_OBJECT | tag::BIGINT_OBJECT => {
                self.wrapper(object, kind)?;
            }
            tag::REGEXP => self.regexp(object)?,
            tag::ERROR => self.error(object)?,
            tag::ARRAY_BUFFER => self.buffer(object)?,
            tag::VIEW | tag::WHOLE_VIEW => self.view(object, kind)?,
            tag::PORT => self.writer.port(index),
            tag::SIDECAR => self.sidecar(index),
            tag::SIGNAL => {
                self.beside = true;
                self.writer.signal(index);
            }
            _ => return Err(Failure::internal(format!("visit gave an object the tag {kind}"))),
        }
        Ok(())
    }

    /// A Map or a Set: what it held when it was come to.
    fn collection(&mut self, object: Value<'s>, kind: u32) -> Result<()> {
        let list = self.hooks.parts(self.env, kind, object)?;
        let count = self.env.array_length(list)?;
        if kind == tag::MAP {
            self.writer.begin_map(count / 2);
        } else {
            self.writer.begin_set(count);
        }
        self.stack.push(Frame::Snapshot { list, next: 0, count });
        Ok(())
    }

    /// A Boolean, Number, String or BigInt object.
    fn wrapper(&mut self, object: Value<'s>, kind: u32) -> Result<()> {
        let env = self.env;
        let primitive = env.element(self.hooks.parts(env, kind, object)?, 0)?;
        match kind {
            tag::BOOLEAN_OBJECT => self.writer.boolean_object(env.boolean(primitive)?),
            tag::NUMBER_OBJECT => self.writer.number_object(env.number(primitive)?),
            tag::STRING_OBJECT => {
                self.writer.begin_string_object();
                self.string(primitive)?;
            }
            _ => {
                let negative = env.bigint(primitive, &mut self.digits)?;
                self.writer.bigint_object(negative, &self.digits);
            }
        }
        Ok(())
    }

    fn regexp(&mut self, object: Value<'s>) -> Result<()> {
        let parts = self.hooks.parts(self.env, tag::REGEXP, object)?;
        self.writer.begin_regexp();
        self.string(self.env.element(parts, 0)?)?;
        self.string(self.env.element(parts, 1)?)
    }

    /// A plain object, or with a length a sparse array.
    fn properties(&mut self, object: Value<'s>, keys: Value<'s>, length: Option<u32>) -> Result<()> {
        let count = self.env.array_length(keys)?;
        let open = match length {
            None => self.writer.open_object(count),
            Some(length) => self.writer.open_sparse_array(length, count),
        };
        self.stack.push(Frame::Properties { object, keys, next: 0, count, written: 0, open: Some(open) });
        Ok(())
    }

    fn array(&mut self, array: Value<'s>) -> Result<()> {
        let env = self.env;
        let length = env.array_length(array)?;
        if let Some(keys) = self.hooks.keys_beside(env, array)? {
            return self.properties(array, keys, Some(length));
        }
        self.writer.begin_array(length);
        self.stack.push(Frame::Elements { array, next: 0, length });
        Ok(())
    }

    fn error(&mut self, error: Value<'s>) -> Result<()> {
        let env = self.env;
        let parts = self.hooks.parts(env, tag::ERROR, error)?;
        let kind = ErrorKind::from_number(env.number(env.element(parts, 0)?)? as u32).unwrap_or(ErrorKind::Error);
        let (message, stack) = (env.element(parts, 1)?, env.element(parts, 2)?);
        let has = |value| env.type_of(value).map(|found| found == ValueType::napi_string);
        let cause = env.array_length(parts)? > 3;
        let present = ErrorParts { message: has(message)?, stack: has(stack)?, cause };
        self.writer.begin_error(kind, present);
        if present.message {
            self.string(message)?;
        }
        if present.stack {
            self.string(stack)?;
        }
        if present.cause {
            self.stack.push(Frame::Snapshot { list: parts, next: 3, count: 4 });
        }
        Ok(())
    }

    fn buffer(&mut self, buffer: Value<'s>) -> Result<()> {
        let env = self.env;
        if env.is_detached(buffer)? {
            return Err(self.hooks.refuse(env, buffer));
        }
        let parts = self.hooks.parts(env, tag::ARRAY_BUFFER, buffer)?;
        let max_byte_length = self.length(env.element(parts, 0)?)?;
        // SAFETY: a writer runs no JavaScript.
        unsafe { env.with_bytes(buffer, |bytes| self.writer.array_buffer(Buffer { bytes, max_byte_length })) }
    }

    /// A view and its buffer. `kind` is `WHOLE_VIEW` where only the view's own bytes may be sent.
    fn view(&mut self, view: Value<'s>, kind: u32) -> Result<()> {
        let env = self.env;
        let parts = self.hooks.parts(env, tag::VIEW, view)?;
        let part = |index| env.element(parts, index);
        let Some(class) = ViewKind::from_number(env.number(part(0)?)? as u32) else {
            return Err(self.hooks.refuse(env, view));
        };
        let byte_offset = env.number(part(1)?)? as u64;
        let byte_length = self.length(part(2)?)?;
        let buffer = part(3)?;
        let own_bytes = byte_offset as usize..(byte_offset + byte_length.unwrap_or(0)) as usize;
        if kind == tag::WHOLE_VIEW {
            let write = |bytes: &[u8]| self.writer.whole_view(class, bytes.get(own_bytes).unwrap_or_default());
            // SAFETY: a writer runs no JavaScript.
            return unsafe { env.with_bytes(buffer, write) };
        }
        let code = self.hooks.visit(env, self.session, buffer)?;
        if code as u32 == tag::ARRAY_BUFFER && byte_offset == 0 && byte_length.is_some() {
            let resizable = self.length(env.element(self.hooks.parts(env, tag::ARRAY_BUFFER, buffer)?, 0)?)?;
            let write_whole = |bytes: &[u8]| {
                let whole = resizable.is_none() && bytes.len() == own_bytes.end;
                if whole {
                    self.writer.whole_view(class, bytes);
                }
                whole
            };
            // SAFETY: a writer runs no JavaScript.
            if unsafe { env.with_bytes(buffer, write_whole) }? {
                return Ok(());
            }
        }
        self.writer.begin_view(View { kind: class, byte_offset, byte_length });
        if code < 0 {
            self.writer.reference((-1 - code) as u32);
            return Ok(());
        }
        match tag::parts(code as u32) {
            (tag::SIDECAR, index) => self.sidecar(index),
            _ => self.buffer(buffer)?,
        }
        Ok(())
    }

    fn sidecar(&mut self, index: u32) {
        self.beside = true;
        self.writer.sidecar(index);
    }

    /// A length in bytes; `None` where JavaScript gives undefined.
    fn length(&self, value: Value<'s>) -> Result<Option<u64>> {
        match self.env.type_of(value)? {
            ValueType::napi_undefined => Ok(None),
            _ => Ok(Some(self.env.number(value)? as u64)),
        }
    }
}
