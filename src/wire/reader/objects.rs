//! Reading objects: heads of containers, and whole those that hold at most primitives.

use super::Reader;
use crate::wire::item::{BigInt, ErrorHead, Item, Str};
use crate::wire::kinds::ErrorKind;
use crate::wire::malformed::{Defect, Malformed};
use crate::wire::tag;

impl<'a> Reader<'a> {
    pub(super) fn read_object(&mut self, tag: u32, argument: u32) -> Result<Item<'a>, Malformed> {
        self.number_object(1)?;
        Ok(match tag {
            tag::OBJECT => Item::Object { count: self.count(argument, 2)? },
            tag::SHAPED => {
                let shape = self.long(argument)?;
                let Some(&keys) = self.shapes.get(shape as usize) else {
                    return Err(self.malformed(Defect::Shape(shape)));
                };
                self.owe(keys, 1)?;
                Item::Shaped { shape, keys }
            }
            tag::SHAPE => {
                let keys = self.count(argument, 2)?;
                let shape = self.shapes.len() as u32;
                self.shapes.push(keys);
                Item::Shape { shape, keys }
            }
            tag::ARRAY => Item::Array { length: self.count(argument, 1)? },
            tag::PACKED_INTS => Item::PackedInts(self.packed(argument)?),
            tag::PACKED_DOUBLES => Item::PackedDoubles(self.packed_aligned(argument)?),
            tag::SPARSE_ARRAY => {
                let count = self.long(argument)?;
                let length = self.word()?;
                self.owe(count, 2)?;
                Item::SparseArray { length, count }
            }
            tag::MAP => Item::Map { count: self.count(argument, 2)? },
            tag::SET => Item::Set { count: self.count(argument, 1)? },
            tag::BOOLEAN_OBJECT if argument <= 1 => Item::BooleanObject(argument == 1),
            tag::ERROR => Item::Error(self.error(argument)?),
            tag::ARRAY_BUFFER => Item::ArrayBuffer(self.buffer(argument)?),
            tag::VIEW => Item::View(self.view(argument)?),
            tag::WHOLE_VIEW => self.whole_view(argument)?,
            tag::LOCAL_SHAPED..=tag::SIGNAL => self.read_local(tag, argument)?,
            tag::BOOLEAN_OBJECT..=tag::REGEXP if argument != 0 => {
                return Err(self.malformed(Defect::Argument(tag as u8)));
            }
            tag::NUMBER_OBJECT => Item::NumberObject(self.inner_number()?),
            tag::STRING_OBJECT => Item::StringObject(self.inner_string()?),
            tag::BIGINT_OBJECT => Item::BigIntObject(self.inner_bigint()?),
            tag::DATE => Item::Date(self.double()?),
            tag::REGEXP => Item::RegExp { source: self.inner_string()?, flags: self.inner_string()? },
            _ => return Err(self.malformed(Defect::Tag(tag as u8))),
        })
    }

    pub(super) fn read_local(&mut self, tag: u32, argument: u32) -> Result<Item<'a>, Malformed> {
        let (true, Some(shapes)) = (self.flags & tag::FLAG_LOCAL != 0, self.local_shapes) else {
            // The flag is there only where the form allows it.
            if tag == tag::PORT && self.flags & tag::FLAG_PORTS != 0 {
                return Ok(Item::Port(self.long(argument)?));
            }
            return Err(self.malformed(Defect::LocalTag(tag as u8)));
        };
        let number = self.long(argument)?;
        Ok(match tag {
            tag::LOCAL_SHAPED => {
                let Some(keys) = shapes.key_count(number) else {
                    return Err(self.malformed(Defect::Shape(number)));
                };
                self.owe(keys, 1)?;
                Item::LocalShaped { shape: number, keys }
            }
            tag::PORT => Item::Port(number),
            tag::SIDECAR => Item::Sidecar(number),
            tag::SIGNAL => Item::Signal(number),
            _ => return Err(self.malformed(Defect::Tag(tag as u8))),
        })
    }

    pub(super) fn error(&mut self, argument: u32) -> Result<ErrorHead<'a>, Malformed> {
        let parts = tag::ERROR_HAS_MESSAGE | tag::ERROR_HAS_STACK | tag::ERROR_HAS_CAUSE;
        let kind = match ErrorKind::from_number(argument & tag::ERROR_KIND) {
            Some(kind) if argument & !(tag::ERROR_KIND | parts) == 0 => kind,
            _ => return Err(self.malformed(Defect::Argument(tag::ERROR as u8))),
        };
        let message = if argument & tag::ERROR_HAS_MESSAGE != 0 { Some(self.inner_string()?) } else { None };
        let stack = if argument & tag::ERROR_HAS_STACK != 0 { Some(self.inner_string()?) } else { None };
        let cause = argument & tag::ERROR_HAS_CAUSE != 0;
        self.owe(u32::from(cause), 1)?;
        Ok(ErrorHead { kind, message, stack, cause })
    }

    /// The head word of something that belongs to the item being read.
    pub(super) fn inner_head(&mut self) -> Result<(u32, u32, u32), Malformed> {
        self.start = self.at;
        let head = self.word()?;
        let (tag, argument) = tag::parts(head);
        Ok((tag, argument, head))
    }

    pub(super) fn inner_string(&mut self) -> Result<Str<'a>, Malformed> {
        let (tag, argument, _) = self.inner_head()?;
        self.string(tag, argument)
    }

    pub(super) fn inner_number(&mut self) -> Result<f64, Malformed> {
        let (tag, argument, head) = self.inner_head()?;
        self.number(tag, argument, head)
    }

    pub(super) fn inner_bigint(&mut self) -> Result<BigInt<'a>, Malformed> {
        match self.inner_head()? {
            (tag::BIGINT, argument, _) => self.bigint(argument),
            _ => Err(self.unexpected("a BigInt")),
        }
    }
}
