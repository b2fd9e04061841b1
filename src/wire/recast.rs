//! Messages that change their form: from the in-process form to the linked one, and back at the other end of a link between processes.
//!
//! Only heads of shapes change, and the keys that go with them; everything else is copied as it stands, in stretches as long as they can be.
//! What must begin at a multiple of 8 gets or loses a word of padding where what stands before it has become longer or shorter.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::mem::MaybeUninit;
use std::ops::Range;

use super::check::{Summary, check};
use super::form::Form;
use super::item::Item;
use super::malformed::{Defect, Malformed};
use super::reader::Reader;
use super::shapes::{KnownShapes, LONGEST_KEY, MOST_KEYS, OFTEN_ENOUGH};
use super::tag;

/// A message in its new form: what it consists of. The bytes are copied once, to where they are wanted.
pub struct Recast<'a> {
    source: &'a [u8],
    /// What the message has that the source has not.
    written: Vec<u8>,
    pieces: Vec<Piece>,
    length: usize,
    summary: Summary,
    is_order: bool,
}

enum Piece {
    /// Bytes of the source.
    Copied(Range<usize>),
    /// Bytes of what was written.
    Written(Range<usize>),
}

/// Why a message cannot leave the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPortable {
    /// It is no message.
    Malformed(Malformed),
    /// It refers to what only the JavaScript engine can move, or to a signal.
    Bound,
}

impl fmt::Display for NotPortable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotPortable::Malformed(malformed) => malformed.fmt(f),
            NotPortable::Bound => f.write_str("the message has something that cannot leave its process"),
        }
    }
}

impl std::error::Error for NotPortable {}

impl From<Malformed> for NotPortable {
    fn from(malformed: Malformed) -> Self {
        NotPortable::Malformed(malformed)
    }
}

impl<'a> Recast<'a> {
    /// A message of this process, for a link: without ports it is in the portable form, else in the linked one. An order is always in the
    /// linked one.
    ///
    /// # Errors
    /// [`NotPortable`].
    pub fn for_link(message: &'a [u8], is_order: bool) -> Result<Recast<'a>, NotPortable> {
        let form = Form::Local(&KnownShapes);
        let summary = check(message, form)?;
        if summary.sidecars > 0 || summary.signals > 0 {
            return Err(NotPortable::Bound);
        }
        let reader = Reader::new(message, form)?;
        let linked = match (is_order, summary.ports > 0) {
            (true, _) => tag::FLAG_PORTS | tag::FLAG_ORDER,
            (false, true) => tag::FLAG_PORTS,
            (false, false) => 0,
        };
        let flags = reader.flags() & tag::FLAG_REFS | linked;
        let mut walk = Walk::new(message, reader, summary);
        if walk.reader.flags() & tag::FLAG_LOCAL != 0 {
            walk.leave()?;
        }
        Ok(walk.end(flags))
    }

    /// A message that has come over a link, for this process. It has been checked then as `deserialize` checks, and no port is in it twice.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_link(message: &'a [u8], learned: &mut Learned) -> Result<Recast<'a>, Malformed> {
        let summary = check(message, Form::Linked)?;
        let reader = Reader::new(message, Form::Linked)?;
        let given = reader.flags();
        let mut walk = Walk::new(message, reader, summary);
        let mut flags = given & tag::FLAG_REFS;
        let is_order = given & tag::FLAG_ORDER != 0;
        if is_order && summary.ports > 0 {
            return Err(Malformed { offset: 3, defect: Defect::Flags(given as u8) });
        }
        // Orders are read in the portable form. Only plain objects become others, so what has no object is as it was.
        if !is_order && summary.objects > 0 && walk.arrive(learned)? || summary.ports > 0 {
            flags |= tag::FLAG_LOCAL;
        }
        let mut recast = walk.end(flags);
        recast.is_order = is_order;
        Ok(recast)
    }

    /// How many bytes the message has.
    pub fn length(&self) -> usize {
        self.length
    }

    /// What it contains.
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// Whether it is for ferroport itself at the other end.
    pub fn is_order(&self) -> bool {
        self.is_order
    }

    /// Whether it has become another, and which bytes it has, if it has not.
    pub fn unchanged(&self) -> Option<&'a [u8]> {
        self.pieces.is_empty().then_some(self.source)
    }

    /// Writes the message down.
    ///
    /// # Panics
    /// If the memory is not as long as the message.
    pub fn write(&self, memory: &mut [MaybeUninit<u8>]) {
        assert_eq!(memory.len(), self.length, "the memory is as long as the message");
        let mut at = 0;
        let mut put = |bytes: &[u8]| {
            // SAFETY: initialised bytes are bytes that need not be.
            let bytes = unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast::<MaybeUninit<u8>>(), bytes.len()) };
            memory[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        };
        if self.pieces.is_empty() {
            put(self.source);
        }
        for piece in &self.pieces {
            put(match piece {
                Piece::Copied(range) => &self.source[range.clone()],
                Piece::Written(range) => &self.written[range.clone()],
            });
        }
        assert_eq!(at, self.length, "the pieces are the message");
    }

    /// The message.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.length);
        self.write(&mut bytes.spare_capacity_mut()[..self.length]);
        // SAFETY: `write` has initialised so many, or has panicked.
        unsafe { bytes.set_len(self.length) };
        bytes
    }
}

impl fmt::Debug for Recast<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recast").field("length", &self.length).finish_non_exhaustive()
    }
}

/// The number of a shape in the message that is being written.
#[derive(Clone, Copy)]
enum Shape {
    /// One that this message defines.
    Own(u32),
    /// One that the process knows.
    Known(u32),
}

struct Walk<'a> {
    reader: Reader<'a>,
    recast: Recast<'a>,
    /// So much of the source has been copied or left out. The header has been left out.
    done: usize,
    /// The shapes that the source has defined, in order.
    shapes: Vec<Shape>,
    /// How many shapes the message that is being written has defined.
    defined: u32,
    /// The shapes among them that the process knows, by their number there.
    known: Vec<(u32, u32)>,
}

/// Bytes in front of the value.
const HEADER: usize = 4;

impl<'a> Walk<'a> {
    fn new(source: &'a [u8], reader: Reader<'a>, summary: Summary) -> Self {
        let recast =
            Recast { source, written: Vec::new(), pieces: Vec::new(), length: HEADER, summary, is_order: false };
        Walk { reader, recast, done: HEADER, shapes: Vec::new(), defined: 0, known: Vec::new() }
    }

    /// Whether something of the value is left to read. The message has been checked.
    fn has_more(&self) -> bool {
        self.reader.finish().is_err()
    }

    fn leave(&mut self) -> Result<(), NotPortable> {
        while self.has_more() {
            let start = self.reader.offset();
            match self.reader.read()? {
                Item::LocalShaped { shape, .. } => {
                    self.replace(start);
                    self.write_known(shape)?;
                }
                Item::Shape { .. } => {
                    self.shapes.push(Shape::Own(self.defined));
                    self.defined += 1;
                }
                Item::Shaped { shape, .. } => self.write_shaped(start, shape),
                item => self.align(start, item),
            }
        }
        Ok(())
    }

    /// Returns whether the message has something of the in-process form.
    fn arrive(&mut self, learned: &mut Learned) -> Result<bool, Malformed> {
        let mut is_local = false;
        let mut ports = HashSet::new();
        while self.has_more() {
            let start = self.reader.offset();
            match self.reader.read()? {
                Item::Shape { keys, .. } => {
                    let first = self.reader.offset();
                    let mut is_plain = true;
                    for _ in 0..keys {
                        let key = self.reader.read_string()?;
                        is_plain &= key.len() <= LONGEST_KEY && key.array_index().is_none();
                    }
                    let all = &self.recast.source[first..self.reader.offset()];
                    match if is_plain { learned.number(keys, all) } else { None } {
                        Some(number) => {
                            is_local = true;
                            self.replace(start);
                            self.counted(tag::LOCAL_SHAPED, number);
                            self.shapes.push(Shape::Known(number));
                        }
                        None => {
                            self.shapes.push(Shape::Own(self.defined));
                            self.defined += 1;
                        }
                    }
                }
                Item::Shaped { shape, .. } => self.write_shaped(start, shape),
                Item::Port(index) => {
                    if !ports.insert(index) {
                        return Err(Malformed { offset: start, defect: Defect::Expected("another port") });
                    }
                }
                item => self.align(start, item),
            }
        }
        Ok(is_local)
    }

    /// An object of a shape that the process knows.
    fn write_known(&mut self, shape: u32) -> Result<(), NotPortable> {
        match self.known.binary_search_by_key(&shape, |known| known.0) {
            Ok(place) => self.counted(tag::SHAPED, self.known[place].1),
            Err(place) => {
                let Some(keys) = KnownShapes.keys(shape) else { return Err(NotPortable::Bound) };
                self.known.insert(place, (shape, self.defined));
                self.defined += 1;
                self.counted(tag::SHAPE, keys.len() as u32);
                keys.iter().for_each(|key| self.string(key));
            }
        }
        Ok(())
    }

    /// An object of a shape that the source has defined.
    fn write_shaped(&mut self, start: usize, shape: u32) {
        match self.shapes[shape as usize] {
            Shape::Own(number) if number == shape => {}
            Shape::Own(number) => {
                self.replace(start);
                self.counted(tag::SHAPED, number);
            }
            Shape::Known(number) => {
                self.replace(start);
                self.counted(tag::LOCAL_SHAPED, number);
            }
        }
    }

    /// An item stands where padding may have to be another.
    fn align(&mut self, start: usize, item: Item<'_>) {
        let head = |at: usize| {
            self.recast.source[at..].first_chunk().map_or((0, 0), |head| tag::parts(u32::from_le_bytes(*head)))
        };
        // Where the padding stands, if it is needed.
        let at = match item {
            Item::Double(_) | Item::Date(_) => start + 4,
            Item::BigInt(_) => start + 8,
            Item::NumberObject(_) if head(start + 4).0 == tag::DOUBLE => start + 8,
            Item::BigIntObject(_) => start + 12,
            Item::PackedDoubles(_) => start + if head(start).1 == tag::LONG_COUNT { 8 } else { 4 },
            _ => return,
        };
        let shifted = self.recast.length + (at - self.done);
        if shifted % 8 == at % 8 {
            return;
        }
        self.copy_to(at);
        self.done = at.next_multiple_of(8);
        if !shifted.is_multiple_of(8) {
            self.word(0);
        }
    }

    /// Copies what has not been copied, up to there.
    fn copy_to(&mut self, end: usize) {
        if self.done < end {
            self.piece(Piece::Copied(self.done..end), end - self.done);
        }
        self.done = end;
    }

    /// Copies what comes before the item that begins there, and leaves the item out, as far as it has been read.
    fn replace(&mut self, start: usize) {
        self.copy_to(start);
        self.done = self.reader.offset();
    }

    fn piece(&mut self, piece: Piece, length: usize) {
        if self.recast.pieces.is_empty() {
            // The header's place; it is written last.
            self.recast.written.extend([0; HEADER]);
            self.recast.pieces.push(Piece::Written(0..HEADER));
        }
        self.recast.pieces.push(piece);
        self.recast.length += length;
    }

    fn write(&mut self, bytes: &[u8]) {
        let begin = self.recast.written.len();
        match self.recast.pieces.last_mut() {
            Some(Piece::Written(range)) if range.end == begin => {
                range.end += bytes.len();
                self.recast.length += bytes.len();
            }
            Some(_) => self.piece(Piece::Written(begin..begin + bytes.len()), bytes.len()),
            None => self.piece(Piece::Written(HEADER..HEADER + bytes.len()), bytes.len()),
        }
        self.recast.written.extend_from_slice(bytes);
    }

    fn word(&mut self, word: u32) {
        self.write(&word.to_le_bytes());
    }

    fn counted(&mut self, tag: u32, count: u32) {
        if count < tag::LONG_COUNT {
            self.word(tag::head(tag, count));
        } else {
            self.word(tag::head(tag, tag::LONG_COUNT));
            self.word(count);
        }
    }

    fn string(&mut self, units: &[u16]) {
        let is_wide = units.iter().any(|&unit| unit > 0xff);
        self.counted(if is_wide { tag::UTF16 } else { tag::LATIN1 }, units.len() as u32);
        let mut bytes: Vec<u8> =
            units.iter().flat_map(|unit| unit.to_le_bytes().into_iter().take(if is_wide { 2 } else { 1 })).collect();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        self.write(&bytes);
    }

    /// The whole message, with these flags in its header.
    fn end(mut self, flags: u32) -> Recast<'a> {
        let header = tag::header(flags).to_le_bytes();
        let is_changed = !self.recast.pieces.is_empty() || self.recast.source[..HEADER] != header;
        if !is_changed {
            self.recast.length = self.recast.source.len();
            return self.recast;
        }
        self.copy_to(self.recast.source.len());
        self.recast.written[..HEADER].copy_from_slice(&header);
        self.recast
    }
}

/// What a thread knows of the shapes in messages that have come over links: objects whose keys have come often get a number of the process,
/// which JavaScript reads the fastest.
#[derive(Debug, Default)]
pub struct Learned(HashMap<Box<[u8]>, Known>);

#[derive(Debug)]
struct Known {
    /// How often it has come without a number.
    seen: u32,
    number: Option<u32>,
}

/// So many lists of keys are remembered. They come from outside, so there may be any number.
const MOST_LEARNED: usize = 1024;

/// A list of keys that takes more bytes is not remembered.
const LONGEST_LEARNED: usize = 4096;

impl Learned {
    /// The number of a list of so many keys, none of them an index, that stand one after the other in these bytes; `None` if it has none.
    fn number(&mut self, count: u32, keys: &[u8]) -> Option<u32> {
        if count as usize > MOST_KEYS || keys.len() > LONGEST_LEARNED {
            return None;
        }
        let Some(known) = self.0.get_mut(keys) else {
            if self.0.len() >= MOST_LEARNED {
                self.0.clear();
            }
            self.0.insert(keys.into(), Known { seen: 1, number: None });
            return None;
        };
        if known.number.is_some() || known.seen > OFTEN_ENOUGH {
            return known.number;
        }
        known.seen += 1;
        if known.seen.is_power_of_two() {
            known.number = intern(count, keys, known.seen);
        }
        known.number
    }
}

/// Asks for a number for keys that are no indices. Keys that stand there twice get none: no object has such.
fn intern(count: u32, bytes: &[u8], seen: u32) -> Option<u32> {
    let mut keys: Vec<Box<[u16]>> = Vec::with_capacity(count as usize);
    let mut at = 0;
    for _ in 0..count {
        let (tag, argument) = tag::parts(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
        at += 4;
        // In its long form, a count is more than a key of a shape has units, or is written longer than need be.
        if argument == tag::LONG_COUNT {
            return None;
        }
        let length = argument as usize * if tag == tag::UTF16 { 2 } else { 1 };
        let units = bytes.get(at..at + length)?;
        keys.push(match tag {
            tag::LATIN1 => units.iter().map(|&unit| u16::from(unit)).collect(),
            _ => units.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect(),
        });
        at += length.next_multiple_of(4);
    }
    let mut sorted: Vec<&[u16]> = keys.iter().map(|key| &**key).collect();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return None;
    }
    KnownShapes.intern(keys, seen)
}
