//! The reader: a checked cursor over a message that hands out one item at a time and allocates nothing for values.

use super::form::{Form, Shapes};
use super::item::{BigInt, Buffer, ErrorHead, Item, Key, Str, View};
use super::kinds::{ErrorKind, ViewKind};
use super::malformed::{Defect, Malformed};
use super::packed::{Packed, Unit};
use super::tag;

/// A cursor over a message.
///
/// Whatever the bytes are, it neither panics nor reads outside them, and what it hands out keeps these promises:
/// lengths lie inside the message; a reference names an object already handed out; a shape is known. All counts it
/// has handed out together never exceed the message's length in words, so that reserving memory for each as it comes
/// is safe.
///
/// It does not know where in the value the caller stands: that keys are read with [`read_key`](Reader::read_key), that
/// a view's buffer is a buffer and holds it, that holes stand in arrays. For bytes from outside the process let
/// [`check`](super::check()) say so first; else ask [`unexpected`](Reader::unexpected) for the error.
pub struct Reader<'a> {
    /// Header and value; without the table of transferred buffers.
    bytes: &'a [u8],
    at: usize,
    /// Where the item read last begins.
    start: usize,
    /// Words that must still come at the least: one for each value and key promised and not read yet.
    owed: u64,
    objects: u32,
    flags: u32,
    /// Key counts of the shapes defined so far.
    shapes: Vec<u32>,
    local_shapes: Option<&'a dyn Shapes>,
    transfers: Vec<Buffer<'a>>,
}

impl<'a> Reader<'a> {
    /// Starts reading `message`, which may be in the in-process form only if `form` says so.
    ///
    /// # Errors
    /// [`Malformed`] if the header, or the table of transferred buffers, is not valid.
    pub fn new(message: &'a [u8], form: Form<'a>) -> Result<Self, Malformed> {
        let header = match message.first_chunk() {
            Some(&header) => u32::from_le_bytes(header),
            None => return Err(Malformed { offset: message.len(), defect: Defect::Truncated }),
        };
        if header & 0xffff != tag::MAGIC {
            return Err(Malformed { offset: 0, defect: Defect::NotAMessage });
        }
        let (version, flags) = (header >> 16 & 0xff, header >> 24);
        if version != tag::VERSION {
            return Err(Malformed { offset: 2, defect: Defect::Version(version as u8) });
        }
        let local = flags & tag::FLAG_LOCAL != 0;
        let known = tag::FLAG_REFS | tag::FLAG_LOCAL | if local { tag::FLAG_TRANSFERS } else { 0 };
        if flags & !known != 0 {
            return Err(Malformed { offset: 3, defect: Defect::Flags(flags as u8) });
        }
        let local_shapes = match form {
            Form::Local(shapes) => Some(shapes),
            Form::Portable if local => return Err(Malformed { offset: 3, defect: Defect::LocalForm }),
            Form::Portable => None,
        };
        if message.len() % 4 != 0 {
            return Err(Malformed { offset: message.len() & !3, defect: Defect::PartialWord });
        }
        let mut reader = Reader {
            bytes: message,
            at: 4,
            start: 4,
            owed: 1,
            objects: 0,
            flags,
            shapes: Vec::new(),
            local_shapes,
            transfers: Vec::new(),
        };
        if flags & tag::FLAG_TRANSFERS != 0 {
            reader.read_transfers()?;
        }
        Ok(reader)
    }

    /// Whether the message contains references: if not, nobody need remember objects.
    #[inline]
    pub fn has_references(&self) -> bool {
        self.flags & tag::FLAG_REFS != 0
    }

    /// How many object numbers have been given out; the next object gets this one.
    #[inline]
    pub fn next_object(&self) -> u32 {
        self.objects
    }

    /// Offset of the next byte to read.
    #[inline]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The table of transferred buffers, in order, those that the value does not show included.
    #[inline]
    pub fn transfers(&self) -> &[Buffer<'a>] {
        &self.transfers
    }

    /// Reads the next value, or its head.
    ///
    /// # Errors
    /// [`Malformed`] if there is none or it breaks a rule; the reader is of no use afterwards.
    #[inline]
    pub fn read(&mut self) -> Result<Item<'a>, Malformed> {
        let (tag, argument, head) = self.head()?;
        if tag >= tag::FIRST_OBJECT {
            self.read_object(tag, argument)
        } else {
            self.read_primitive(tag, argument, head)
        }
    }

    /// Reads a property key.
    ///
    /// # Errors
    /// As [`read`](Reader::read); also if the value is neither a string nor an array index.
    #[inline]
    pub fn read_key(&mut self) -> Result<Key<'a>, Malformed> {
        let (tag, argument, head) = self.head()?;
        if tag == tag::LATIN1 {
            return Ok(Key::Name(Str::Latin1(self.latin1(argument)?)));
        }
        let index = match self.read_primitive(tag, argument, head)? {
            Item::String(name) => return Ok(Key::Name(name)),
            Item::Int(int) => f64::from(int),
            Item::Double(double) => double,
            _ => return Err(self.unexpected("a property key")),
        };
        // 2^32 - 1 is a property name but no array index.
        if index.to_bits() == f64::from(index as u32).to_bits() && index < f64::from(u32::MAX) {
            Ok(Key::Index(index as u32))
        } else {
            Err(self.malformed(Defect::Index))
        }
    }

    /// Reads a string.
    ///
    /// # Errors
    /// As [`read`](Reader::read); also if the value is not a string.
    #[inline]
    pub fn read_string(&mut self) -> Result<Str<'a>, Malformed> {
        let (tag, argument, _) = self.head()?;
        self.string(tag, argument)
    }

    /// Says that the message is over.
    ///
    /// # Errors
    /// [`Malformed`] if values are missing or bytes are left.
    pub fn finish(&self) -> Result<(), Malformed> {
        if self.owed != 0 {
            Err(Malformed { offset: self.at, defect: Defect::Truncated })
        } else if self.at != self.bytes.len() {
            Err(Malformed { offset: self.at, defect: Defect::Trailing })
        } else {
            Ok(())
        }
    }

    /// The error for an item, just read, that cannot stand where it stands; `expected` says what could: "a buffer".
    #[cold]
    pub fn unexpected(&self, expected: &'static str) -> Malformed {
        self.malformed(Defect::Expected(expected))
    }

    /// The error for the item just read.
    #[cold]
    pub fn malformed(&self, defect: Defect) -> Malformed {
        Malformed { offset: self.start, defect }
    }
}

impl<'a> Reader<'a> {
    #[inline]
    fn read_primitive(&mut self, tag: u32, argument: u32, head: u32) -> Result<Item<'a>, Malformed> {
        Ok(match tag {
            tag::INT => Item::Int(head as i32 >> 8),
            tag::LATIN1 => Item::String(Str::Latin1(self.latin1(argument)?)),
            tag::UTF16 => Item::String(self.string(tag, argument)?),
            tag::REF => Item::Ref(self.reference(argument)?),
            tag::BIGINT => Item::BigInt(self.bigint(argument)?),
            _ if tag == 0 || tag > tag::REF => return Err(self.malformed(Defect::Tag(tag as u8))),
            _ if argument != 0 => return Err(self.malformed(Defect::Argument(tag as u8))),
            tag::UNDEFINED => Item::Undefined,
            tag::NULL => Item::Null,
            tag::FALSE => Item::Boolean(false),
            tag::TRUE => Item::Boolean(true),
            tag::INT32 => Item::Int(self.word()? as i32),
            tag::DOUBLE => Item::Double(self.double()?),
            _ => Item::Hole,
        })
    }

    fn read_object(&mut self, tag: u32, argument: u32) -> Result<Item<'a>, Malformed> {
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
            tag::ARRAY_BUFFER => Item::ArrayBuffer(self.buffer(argument, Defect::Argument(tag as u8))?),
            tag::VIEW => Item::View(self.view(argument)?),
            tag::WHOLE_VIEW => self.whole_view(argument)?,
            tag::LOCAL_SHAPED..=tag::SIDECAR => self.read_local(tag, argument)?,
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

    #[cold]
    fn read_local(&mut self, tag: u32, argument: u32) -> Result<Item<'a>, Malformed> {
        let (true, Some(shapes)) = (self.flags & tag::FLAG_LOCAL != 0, self.local_shapes) else {
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
            tag::TRANSFERRED => match self.transfers.get(number as usize) {
                Some(&buffer) => Item::Transferred { index: number, buffer },
                None => return Err(self.malformed(Defect::TransferIndex(number))),
            },
            tag::PORT => Item::Port(number),
            _ => Item::Sidecar(number),
        })
    }

    /// Sets the table of transferred buffers apart from the value. The message's last word says where it begins.
    fn read_transfers(&mut self) -> Result<(), Malformed> {
        let message = self.bytes;
        let end = message.len() - 4;
        self.at = end;
        let from = self.word()? as usize;
        if from == 0 || from > end / 4 {
            return Err(Malformed { offset: end, defect: Defect::Truncated });
        }
        self.bytes = &message[..end];
        (self.at, self.start) = (from * 4, from * 4);
        let count = self.word()?;
        if u64::from(count) * 3 > ((end - self.at) / 4) as u64 {
            return Err(self.malformed(Defect::Count(count)));
        }
        self.transfers.reserve_exact(count as usize);
        for _ in 0..count {
            self.start = self.at;
            let flags = self.word()?;
            let buffer = self.buffer(flags, Defect::Expected("flags of a transferred buffer"))?;
            self.transfers.push(buffer);
        }
        if self.at != end {
            return Err(Malformed { offset: self.at, defect: Defect::Trailing });
        }
        self.bytes = &message[..from * 4];
        (self.at, self.start) = (4, 4);
        Ok(())
    }

    /// The head word of something promised.
    #[inline]
    fn head(&mut self) -> Result<(u32, u32, u32), Malformed> {
        if self.owed == 0 {
            return Err(Malformed { offset: self.at, defect: Defect::PastEnd });
        }
        self.owed -= 1;
        self.start = self.at;
        let head = self.word()?;
        Ok((head & 0xff, head >> 8, head))
    }

    /// The head word of something that belongs to the item being read.
    fn inner_head(&mut self) -> Result<(u32, u32, u32), Malformed> {
        self.start = self.at;
        let head = self.word()?;
        Ok((head & 0xff, head >> 8, head))
    }

    fn inner_string(&mut self) -> Result<Str<'a>, Malformed> {
        let (tag, argument, _) = self.inner_head()?;
        self.string(tag, argument)
    }

    fn inner_number(&mut self) -> Result<f64, Malformed> {
        let (tag, argument, head) = self.inner_head()?;
        match tag {
            tag::INT | tag::INT32 | tag::DOUBLE => match self.read_primitive(tag, argument, head)? {
                Item::Int(int) => Ok(f64::from(int)),
                Item::Double(double) => Ok(double),
                _ => Err(self.unexpected("a number")),
            },
            _ => Err(self.unexpected("a number")),
        }
    }

    fn inner_bigint(&mut self) -> Result<BigInt<'a>, Malformed> {
        match self.inner_head()? {
            (tag::BIGINT, argument, _) => self.bigint(argument),
            _ => Err(self.unexpected("a BigInt")),
        }
    }
}

impl<'a> Reader<'a> {
    #[inline]
    fn word(&mut self) -> Result<u32, Malformed> {
        match self.bytes.get(self.at..).and_then(|rest| rest.first_chunk()) {
            Some(&word) => {
                self.at += 4;
                Ok(u32::from_le_bytes(word))
            }
            None => Err(self.truncated()),
        }
    }

    #[cold]
    fn truncated(&self) -> Malformed {
        Malformed { offset: self.at, defect: Defect::Truncated }
    }

    /// A count argument, resolved.
    #[inline]
    fn long(&mut self, argument: u32) -> Result<u32, Malformed> {
        if argument == tag::LONG_COUNT { self.word() } else { Ok(argument) }
    }

    /// A count of things that take `words` words each at the least, which the rest can hold.
    #[inline]
    fn count(&mut self, argument: u32, words: u64) -> Result<u32, Malformed> {
        let count = self.long(argument)?;
        self.owe(count, words)?;
        Ok(count)
    }

    /// Notes that `count` times `words` more words must come, if the rest can hold them and all that was noted before.
    #[inline]
    fn owe(&mut self, count: u32, words: u64) -> Result<(), Malformed> {
        let owed = self.owed + u64::from(count) * words;
        if owed > ((self.bytes.len() - self.at) / 4) as u64 {
            return Err(self.malformed(Defect::Count(count)));
        }
        self.owed = owed;
        Ok(())
    }

    #[inline]
    fn number_object(&mut self, numbers: u32) -> Result<(), Malformed> {
        match self.objects.checked_add(numbers) {
            Some(objects) => {
                self.objects = objects;
                Ok(())
            }
            None => Err(self.malformed(Defect::TooManyObjects)),
        }
    }

    #[inline]
    fn reference(&mut self, argument: u32) -> Result<u32, Malformed> {
        let number = self.long(argument)?;
        if !self.has_references() {
            Err(self.malformed(Defect::UnannouncedReference))
        } else if number >= self.objects {
            Err(self.malformed(Defect::Reference(number)))
        } else {
            Ok(number)
        }
    }

    /// The next `length` bytes.
    #[inline]
    fn take(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        let rest = &self.bytes[self.at..];
        match usize::try_from(length).ok().and_then(|length| rest.get(..length)) {
            Some(bytes) => {
                self.at += bytes.len();
                Ok(bytes)
            }
            None => Err(self.malformed(Defect::Length(length))),
        }
    }

    /// The next `length` bytes and the zeros that fill their last word.
    #[inline]
    fn payload(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        let bytes = self.take(length)?;
        let used = bytes.len() % 4;
        if used != 0 {
            // The word is there: message and table begin and end at multiples of 4.
            let padding = self.take(4 - used as u64)?;
            if padding.iter().any(|&byte| byte != 0) {
                return Err(Malformed { offset: self.at - padding.len(), defect: Defect::Padding });
            }
        }
        Ok(bytes)
    }

    #[inline]
    fn align(&mut self) -> Result<(), Malformed> {
        if self.at % 8 != 0 && self.word()? != 0 {
            return Err(Malformed { offset: self.at - 4, defect: Defect::Padding });
        }
        Ok(())
    }

    #[inline]
    fn double(&mut self) -> Result<f64, Malformed> {
        self.align()?;
        match self.bytes[self.at..].first_chunk::<8>() {
            Some(bytes) => {
                self.at += 8;
                Ok(f64::from_le(bytes))
            }
            None => Err(self.truncated()),
        }
    }

    #[inline]
    fn latin1(&mut self, argument: u32) -> Result<&'a [u8], Malformed> {
        let length = self.long(argument)?;
        self.payload(u64::from(length))
    }

    #[inline]
    fn string(&mut self, tag: u32, argument: u32) -> Result<Str<'a>, Malformed> {
        match tag {
            tag::LATIN1 => Ok(Str::Latin1(self.latin1(argument)?)),
            tag::UTF16 => Ok(Str::Utf16(self.packed(argument)?)),
            _ => Err(self.unexpected("a string")),
        }
    }

    fn packed<T: Unit>(&mut self, argument: u32) -> Result<Packed<'a, T>, Malformed> {
        let count = self.long(argument)?;
        Ok(Packed::new(self.payload(u64::from(count) * size_of::<T>() as u64)?))
    }

    fn packed_aligned<T: Unit>(&mut self, argument: u32) -> Result<Packed<'a, T>, Malformed> {
        let count = self.long(argument)?;
        self.align()?;
        Ok(Packed::new(self.payload(u64::from(count) * size_of::<T>() as u64)?))
    }

    fn bigint(&mut self, argument: u32) -> Result<BigInt<'a>, Malformed> {
        if argument & !tag::BIGINT_NEGATIVE != 0 {
            return Err(self.malformed(Defect::Argument(tag::BIGINT as u8)));
        }
        let negative = argument & tag::BIGINT_NEGATIVE != 0;
        // The word after the head, whatever its value.
        let digits: Packed<'a, u64> = self.packed_aligned(tag::LONG_COUNT)?;
        match digits.iter().next_back() {
            Some(0) => Err(self.malformed(Defect::BigIntDigits)),
            None if negative => Err(self.malformed(Defect::BigIntDigits)),
            _ => Ok(BigInt { negative, digits }),
        }
    }

    fn error(&mut self, argument: u32) -> Result<ErrorHead<'a>, Malformed> {
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

    fn length(&mut self) -> Result<u64, Malformed> {
        Ok(u64::from(self.word()?) | u64::from(self.word()?) << 32)
    }

    fn buffer(&mut self, flags: u32, otherwise: Defect) -> Result<Buffer<'a>, Malformed> {
        if flags & !tag::BUFFER_RESIZABLE != 0 {
            return Err(self.malformed(otherwise));
        }
        let length = self.length()?;
        let max_byte_length = if flags & tag::BUFFER_RESIZABLE != 0 { Some(self.length()?) } else { None };
        if max_byte_length.is_some_and(|max| max < length) {
            return Err(self.malformed(Defect::MaxByteLength));
        }
        Ok(Buffer { bytes: self.payload(length)?, max_byte_length })
    }

    fn view(&mut self, argument: u32) -> Result<View, Malformed> {
        let Some(kind) = ViewKind::from_number(argument & !tag::VIEW_TRACKS_LENGTH) else {
            return Err(self.malformed(Defect::Argument(tag::VIEW as u8)));
        };
        let (byte_offset, byte_length) = (self.length()?, self.length()?);
        if byte_offset % kind.element_size() != 0 || byte_length % kind.element_size() != 0 {
            return Err(self.malformed(Defect::ViewAlignment));
        }
        let tracks = argument & tag::VIEW_TRACKS_LENGTH != 0;
        if tracks && byte_length != 0 {
            return Err(self.malformed(Defect::ViewTracking));
        }
        self.owe(1, 1)?;
        Ok(View { kind, byte_offset, byte_length: (!tracks).then_some(byte_length) })
    }

    fn whole_view(&mut self, argument: u32) -> Result<Item<'a>, Malformed> {
        let Some(kind) = ViewKind::from_number(argument) else {
            return Err(self.malformed(Defect::Argument(tag::WHOLE_VIEW as u8)));
        };
        self.number_object(1)?;
        let length = self.length()?;
        if length % kind.element_size() != 0 {
            return Err(self.malformed(Defect::ViewAlignment));
        }
        Ok(Item::WholeView { kind, bytes: self.payload(length)? })
    }
}
