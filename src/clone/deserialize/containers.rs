//! Containers: made when their heads are read, filled as their children come.

use super::{Build, Frame};
use crate::js::{Property, Result, Value};
use crate::wire::{Item, Key};

impl<'s> Build<'_, 's> {
    /// Reads the whole message.
    pub(super) fn whole(&mut self) -> Result<Value<'s>> {
        let root = self.read()?;
        self.run()?;
        self.reader.finish()?;
        Ok(root)
    }

    /// Reads children until the outermost container is complete.
    fn run(&mut self) -> Result<()> {
        loop {
            if self.stack.due() {
                self.renew_scope()?;
            }
            let Some(frame) = self.stack.top() else { return Ok(()) };
            match *frame {
                Frame::Keyed { ref mut left, object, first } => match left.checked_sub(1) {
                    Some(rest) => {
                        *left = rest;
                        self.keyed_property(object)?;
                    }
                    None => self.complete(object, first)?,
                },
                Frame::Shaped { ref mut next, object, shape, first } => {
                    let key = self.shapes.get(shape).and_then(|keys| keys.get(*next)).copied();
                    *next += 1;
                    match key {
                        Some(key) => {
                            let key = self.string(key)?;
                            self.property(key)?;
                        }
                        None => self.complete(object, first)?,
                    }
                }
                Frame::Known { ref mut next, ref keys, object, first } => match keys.get(*next) {
                    Some(key) => {
                        *next += 1;
                        let key = self.env.make_utf16(key)?;
                        self.property(key)?;
                    }
                    None => self.complete(object, first)?,
                },
                Frame::Elements { ref mut next, array, length } => {
                    let index = *next;
                    *next += 1;
                    if index == length {
                        self.stack.pop();
                    } else if let Some(value) = self.read_element()? {
                        self.put(array, index, value)?;
                    }
                }
                Frame::Collected { ref mut next, kind, object, list, count } => {
                    let index = *next;
                    *next += 1;
                    if index == count {
                        self.hooks.fill(self.env, kind, object, list)?;
                        self.stack.pop();
                    } else {
                        let value = self.read()?;
                        self.put(list, index, value)?;
                    }
                }
            }
        }
    }

    /// Lets the handles of the children go that have been read.
    fn renew_scope(&mut self) -> Result<()> {
        // Properties that are read and not yet defined would lose their handles.
        if let Some(
            &mut (Frame::Keyed { object, first, .. }
            | Frame::Shaped { object, first, .. }
            | Frame::Known { object, first, .. }),
        ) = self.stack.top()
        {
            self.define(object, first)?;
        }
        // SAFETY: what has been read is in the objects that are being made.
        unsafe { self.stack.renew() }
    }

    /// All properties of the innermost object have been read.
    fn complete(&mut self, object: Value<'s>, first: usize) -> Result<()> {
        self.define(object, first)?;
        self.stack.pop();
        Ok(())
    }

    /// Reads a key and the value of that property, or of that element.
    fn keyed_property(&mut self, object: Value<'s>) -> Result<()> {
        match self.reader.read_key()? {
            Key::Index(index) => {
                let value = self.read()?;
                self.put(object, index, value)
            }
            Key::Name(name) => {
                let key = self.string(name)?;
                self.property(key)
            }
        }
    }

    /// Reads the value of a property and notes both, to be defined with the object's others.
    fn property(&mut self, key: Value<'s>) -> Result<()> {
        let at = self.properties.len();
        // The place of its value, which comes next.
        self.properties.push(Property::new(key, key));
        // If the value is a container, its properties come to stand behind this one.
        let value = self.read()?;
        self.properties[at].set_value(value);
        Ok(())
    }

    /// Defines the properties noted from `first` on.
    fn define(&mut self, object: Value<'s>, first: usize) -> Result<()> {
        if first < self.properties.len() {
            self.env.define(object, &self.properties[first..])?;
            self.properties.truncate(first);
        }
        Ok(())
    }

    /// Reads a value; of a container, the head, leaving its children to `run`.
    pub(super) fn read(&mut self) -> Result<Value<'s>> {
        match self.read_element()? {
            Some(value) => Ok(value),
            None => Err(self.reader.unexpected("a value").into()),
        }
    }

    /// As `read`; `None` for a hole.
    fn read_element(&mut self) -> Result<Option<Value<'s>>> {
        let number = self.reader.next_object();
        match self.reader.read()? {
            Item::Hole => Ok(None),
            item => self.make(item, number).map(Some),
        }
    }

    /// Gives an array or object of our making an element that it does not have yet.
    pub(super) fn put(&mut self, object: Value, index: u32, value: Value) -> Result<()> {
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
    pub(super) fn remember(&mut self, number: u32, object: Value<'s>) -> Result<()> {
        match self.objects {
            Some(objects) => self.put(objects, number, object),
            None => Ok(()),
        }
    }

    /// Sets the elements of an array, a handle scope for each few of them.
    pub(super) fn numbers(&mut self, array: Value<'s>, values: impl Iterator<Item = f64>) -> Result<()> {
        let mut values = values.zip(0..).peekable();
        while values.peek().is_some() {
            let mut some = values.by_ref().take(512);
            // SAFETY: the numbers are in the array then, and no other values are made.
            unsafe {
                self.env
                    .scoped(|env| some.try_for_each(|(value, index)| self.put(array, index, env.make_number(value)?)))
            }??;
        }
        Ok(())
    }
}
