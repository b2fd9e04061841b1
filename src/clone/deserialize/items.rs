//! Makes the value of an item. A container is made empty, with a frame on the stack for its children.

use super::{Build, Frame};
use crate::js::{Result, Value};
use crate::wire::{BigInt, ErrorHead, Item, KnownShapes, Str, tag};

impl<'a, 's> Build<'a, 's> {
    /// The value of an item; if it is an object, `number` is its number.
    pub(super) fn make(&mut self, item: Item<'a>, number: u32) -> Result<Value<'s>> {
        let env = self.env;
        let object = match item {
            Item::Undefined => return env.undefined(),
            Item::Null => return env.null(),
            Item::Boolean(value) => return env.make_boolean(value),
            Item::Int(value) => return env.make_int(value),
            Item::Double(value) => return env.make_number(value),
            Item::BigInt(value) => return self.bigint(value),
            Item::String(value) => return self.string(value),
            Item::Hole => return Err(self.reader.unexpected("a value").into()),
            Item::Ref(object) => return self.again(object),
            Item::BooleanObject(_)
            | Item::NumberObject(_)
            | Item::StringObject(_)
            | Item::BigIntObject(_)
            | Item::Date(_)
            | Item::RegExp { .. }
            | Item::Error(_) => self.builtin(item)?,
            Item::ArrayBuffer(buffer) => self.buffer(buffer)?,
            Item::WholeView { kind, bytes } => self.whole_view(kind, bytes, number)?,
            Item::View(view) => self.view(view)?,
            Item::Sidecar(index) => env.element(self.beside.parcel, index)?,
            Item::Port(index) => env.element(self.beside.ports, index)?,
            Item::Signal(index) => env.element(self.beside.signals, index)?,
            container => self.container(container)?,
        };
        self.remember(number, object)?;
        Ok(object)
    }

    /// The object with that number, which has been made.
    fn again(&self, number: u32) -> Result<Value<'s>> {
        match self.objects {
            Some(objects) => self.env.element(objects, number),
            None => Err(self.reader.unexpected("a value").into()),
        }
    }

    /// An object of a class of the language that holds at most primitives, and an error, whose cause follows.
    fn builtin(&mut self, item: Item<'a>) -> Result<Value<'s>> {
        let env = self.env;
        let (tag, primitive) = match item {
            Item::BooleanObject(value) => (tag::BOOLEAN_OBJECT, env.make_boolean(value)?),
            Item::NumberObject(value) => (tag::NUMBER_OBJECT, env.make_number(value)?),
            Item::StringObject(value) => (tag::STRING_OBJECT, self.string(value)?),
            Item::BigIntObject(value) => (tag::BIGINT_OBJECT, self.bigint(value)?),
            Item::Date(time) => return self.date(time),
            Item::RegExp { source, flags } => {
                let (source, flags) = (self.string(source)?, self.string(flags)?);
                return self.hooks.revive(env, tag::REGEXP, &[source, flags]);
            }
            Item::Error(head) => return self.error(head),
            _ => return Err(self.reader.unexpected("an object of the language").into()),
        };
        self.hooks.revive(env, tag, &[primitive])
    }

    /// A plain object, an array, a Map or a Set: empty, with a frame for what follows. Arrays of numbers are made whole.
    fn container(&mut self, item: Item<'a>) -> Result<Value<'s>> {
        let env = self.env;
        let first = self.properties.len();
        match item {
            Item::Object { count } => {
                let object = self.object()?;
                self.stack.push(Frame::Keyed { object, left: count, first });
                Ok(object)
            }
            Item::Shape { shape, keys } => {
                debug_assert_eq!(shape as usize, self.shapes.len());
                let keys = (0..keys).map(|_| self.reader.read_string()).collect::<std::result::Result<_, _>>()?;
                self.shapes.push(keys);
                self.shaped(shape)
            }
            Item::Shaped { shape, .. } => self.shaped(shape),
            Item::LocalShaped { shape, .. } => {
                let Some(keys) = KnownShapes.keys(shape) else {
                    return Err(self.reader.unexpected("a shape that the process knows").into());
                };
                let object = self.object()?;
                self.stack.push(Frame::Known { object, keys, next: 0, first });
                Ok(object)
            }
            Item::Array { length } => {
                let array = self.array(length)?;
                self.stack.push(Frame::Elements { array, next: 0, length });
                Ok(array)
            }
            Item::PackedInts(values) => {
                let array = self.array(values.len() as u32)?;
                self.numbers(array, values.iter().map(f64::from))?;
                Ok(array)
            }
            Item::PackedDoubles(values) => {
                let array = self.array(values.len() as u32)?;
                self.numbers(array, values.iter())?;
                Ok(array)
            }
            Item::SparseArray { length, count } => {
                let sizes = [env.make_number(f64::from(length))?, env.make_number(f64::from(count))?];
                let array = self.hooks.revive(env, tag::SPARSE_ARRAY, &sizes)?;
                self.stack.push(Frame::Keyed { object: array, left: count, first });
                Ok(array)
            }
            Item::Map { count } => self.collect(tag::MAP, count.saturating_mul(2)),
            Item::Set { count } => self.collect(tag::SET, count),
            _ => Err(self.reader.unexpected("a value").into()),
        }
    }

    /// A plain object.
    fn object(&self) -> Result<Value<'s>> {
        if self.hooks.is_of_other_realm {
            return self.hooks.revive(self.env, tag::OBJECT, &[]);
        }
        self.env.make_object()
    }

    /// An array of so many elements that are yet to come.
    fn array(&self, length: u32) -> Result<Value<'s>> {
        let env = self.env;
        if self.hooks.is_of_other_realm {
            return self.hooks.revive(env, tag::ARRAY, &[env.make_number(f64::from(length))?]);
        }
        env.make_array_of(length)
    }

    fn date(&self, time: f64) -> Result<Value<'s>> {
        let env = self.env;
        if self.hooks.is_of_other_realm {
            return self.hooks.revive(env, tag::DATE, &[env.make_number(time)?]);
        }
        env.make_date(time)
    }

    pub(super) fn string(&mut self, string: Str<'_>) -> Result<Value<'s>> {
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

    fn bigint(&mut self, value: BigInt<'_>) -> Result<Value<'s>> {
        self.digits.clear();
        self.digits.extend(value.digits.iter());
        self.env.make_bigint(value.negative, &self.digits)
    }

    fn error(&mut self, head: ErrorHead<'_>) -> Result<Value<'s>> {
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

    fn shaped(&mut self, shape: u32) -> Result<Value<'s>> {
        let object = self.object()?;
        self.stack.push(Frame::Shaped { object, shape: shape as usize, next: 0, first: self.properties.len() });
        Ok(object)
    }

    /// A Map or Set, to be filled once `count` values have been read.
    fn collect(&mut self, kind: u32, count: u32) -> Result<Value<'s>> {
        let object = self.hooks.revive(self.env, kind, &[])?;
        let list = self.env.make_array_of(count)?;
        self.stack.push(Frame::Collected { kind, object, list, next: 0, count });
        Ok(object)
    }
}
