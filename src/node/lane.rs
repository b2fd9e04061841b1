//! The functions of the fast lane: messages that JavaScript writes and reads itself, in the block that both sides see.
//!
//! Arguments and results are in the block where that is quicker than handing them over.

use std::mem::MaybeUninit;

use super::block::{Block, Cell64, Control, WORD_BYTES};
use super::external_string;
use super::functions::{Call, Outcome, decode, outcome_of, report};
use super::thread::Thread;
use crate::channel::{Batch, Key, Message};
use crate::clone::{self, Beside};
use crate::js::{Env, Failure, Result, Value};
use crate::memory::{self, Bytes};
use crate::wire::{Form, KnownShapes, TooLarge, Writer, tag};

/// Bytes of messages to take at once, at most: what is put back has been copied in vain.
const MOST_BYTES: usize = 16 * 1024;

/// A message of so many bytes may take the memory over that it was written in.
const LEAST_ADOPTED: usize = 8 * 1024;

/// A message of more bytes is not shown at once.
const LONG: usize = 16 * 1024;

/// Room for what comes after a long string or many bytes.
const REST_BYTES: usize = 256;

impl From<TooLarge> for Failure {
    fn from(error: TooLarge) -> Self {
        Failure::DataClone(error.to_string())
    }
}

// --- writing ---

/// The words that stand in the block, not yet in the draft.
fn written<'a>(block: Block) -> &'a [u8] {
    let (from, to) = (block.control(Control::From) * 4, block.control(Control::To) * 4);
    block.out().get(from..to).unwrap_or_default()
}

/// Moves what stands in the block into the draft.
fn flushed(thread: &Thread) -> Result<Writer> {
    flushed_before(thread, 0)
}

/// Moves what stands in the block into the draft, to which so many bytes are to be appended.
fn flushed_before(thread: &Thread, more: usize) -> Result<Writer> {
    let block = thread.block()?;
    let mut writer = thread.take_begun().unwrap_or_else(|| {
        if more < LEAST_ADOPTED {
            return thread.writer();
        }
        Writer::with_buffer(memory::vector_for(written(block).len() + more + REST_BYTES))
    });
    writer.words(written(block), block.control(Control::Flags) as u32);
    Ok(writer)
}

/// `send()`: sends the message in draft and block, from the endpoint in the cell `KEY`.
pub fn send(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let block = thread.block()?;
    let key = Key::from(block.get(Cell64::Key) as u64);
    let outcome = match thread.take_begun() {
        None => outcome_of(thread.with_endpoint(key, |endpoint| endpoint.send_bytes(sealed(block)))?),
        Some(begun) => {
            thread.put_begun(begun);
            let message = Message::new(finished(thread)?);
            outcome_of(thread.with_endpoint(key, |endpoint| endpoint.send(message))?)
        }
    };
    block.set(Cell64::Outcome, f64::from(outcome as u8));
    Ok(env.nothing())
}

/// The message that stands in the block and nowhere else, with its header.
#[inline]
pub(super) fn sealed<'a>(block: Block) -> &'a [u8] {
    let to = (block.control(Control::To) * 4).clamp(4, WORD_BYTES);
    let message = &mut block.out()[..to];
    let header = tag::MAGIC | tag::VERSION << 16 | (block.control(Control::Flags) as u32) << 24;
    message[..4].copy_from_slice(&header.to_le_bytes());
    message
}

/// The complete message: the draft's memory if it is about as large, else a copy.
pub(super) fn finished(thread: &Thread) -> Result<Bytes> {
    let mut writer = flushed(thread)?;
    if writer.len() >= LEAST_ADOPTED && memory::suits(writer.capacity(), writer.len()) {
        return Ok(writer.into_bytes()?.into());
    }
    let bytes = writer.finish().map(Bytes::from);
    thread.reuse(writer);
    Ok(bytes?)
}

/// `keep() → number`: keeps the message in draft and block as a draft to be sent later.
pub fn keep(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let message = finished(thread)?;
    env.make_number(thread.keep_draft(message) as f64)
}

/// `flush()`: makes room in the block.
pub fn flush(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let writer = flushed(thread)?;
    thread.put_begun(writer);
    Ok(env.nothing())
}

/// `discard()`: forgets what has been written.
pub fn discard(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    if let Some(writer) = thread.take_begun() {
        thread.reuse(writer);
    }
    Ok(env.nothing())
}

/// `appendValue(value, session) → boolean`: writes a value with the complete codec; whether it left something to the parcel.
/// The draft's size in words, its parity at least, is then in `TO`.
pub fn append_value(thread: &Thread, env: Env, call: &Call<'_, 2>) -> Result<Value> {
    // Not in the thread's hands meanwhile: getters run, and may post.
    let mut writer = flushed(thread)?;
    let parcel = clone::serialize(env, thread.hooks()?, call.get(1), call.get(0), &mut writer)?;
    keep_writing(thread, writer)?;
    env.make_boolean(parcel)
}

/// `appendString(string, isLatin1)`: writes a string, head and all.
pub fn append_string(thread: &Thread, env: Env, call: &Call<'_, 2>) -> Result<Value> {
    let string = call.get(0);
    let units = env.string_length(string)?;
    let length = u32::try_from(units).map_err(|_| TooLarge)?;
    let is_latin1 = env.boolean(call.get(1))?;
    let mut writer = flushed_before(thread, if is_latin1 { units } else { 2 * units })?;
    // SAFETY: a string of that length fills so many places; what Node-API has not filled, this does.
    unsafe {
        if is_latin1 {
            writer.latin1_with(length, |place| filled(env.latin1_into(string, place), place, 0))
        } else {
            writer.utf16_with(length, |place| filled(env.utf16_into(string, place), place, 0))
        }
    }?;
    keep_writing(thread, writer)?;
    Ok(env.nothing())
}

/// Fills the places that a call has left.
fn filled<T: Copy>(done: Result<usize>, place: &mut [MaybeUninit<T>], rest: T) -> Result<usize> {
    place[done.as_ref().copied().unwrap_or(0)..].fill(MaybeUninit::new(rest));
    done
}

/// `appendBytes(bytes)`: appends what a Uint8Array shows, and pads it; its head is in the block.
pub fn append_bytes(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let writer = env.with_uint8array(call.get(0), |bytes| {
        let mut writer = flushed_before(thread, bytes.len())?;
        writer.padded(bytes);
        Ok::<_, Failure>(writer)
    })??;
    keep_writing(thread, writer)?;
    Ok(env.nothing())
}

fn keep_writing(thread: &Thread, writer: Writer) -> Result<()> {
    thread.block()?.set_control(Control::To, (writer.len() / 4) & 1);
    thread.put_begun(writer);
    Ok(())
}

/// `writeLatin1(string)`: puts a string's units, and a zero, into the block, from byte `TO`. There is room for them.
pub fn write_latin1(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let block = thread.block()?;
    if let Some(place) = block.out().get_mut(block.control(Control::To)..) {
        // SAFETY: bytes may be seen as bytes that need not be initialised by one who only writes bytes there.
        let place = unsafe { &mut *(std::ptr::from_mut(place) as *mut [MaybeUninit<u8>]) };
        env.latin1_into(call.get(0), place)?;
    }
    Ok(env.nothing())
}

/// `writeUtf16(string)`: as `writeLatin1`, two bytes for each unit; `TO` is a multiple of 4.
pub fn write_utf16(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let block = thread.block()?;
    if let Some(place) = block.out().get_mut(block.control(Control::To)..) {
        // SAFETY: a pair of bytes is a unit, and one that need not be initialised for one who only writes it.
        let (_, place, _) = unsafe { place.align_to_mut::<MaybeUninit<u16>>() };
        env.utf16_into(call.get(0), place)?;
    }
    Ok(env.nothing())
}

/// `internShape(keys) → number`: the process-wide number of a list of keys; -1 if it gets none.
pub fn intern_shape(_: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let list = call.get(0);
    let mut keys = Vec::new();
    for index in 0..env.array_length(list)? {
        let mut units = Vec::new();
        env.string(env.element(list, index)?, &mut units)?;
        keys.push(units.into_boxed_slice());
    }
    env.make_int(KnownShapes.intern(keys).map_or(-1, |number| number as i32))
}

/// `shapeKeys(number) → string[]`: the keys of a shape; undefined if there is none.
pub fn shape_keys(_: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let Some(keys) = KnownShapes.keys(env.number(call.get(0))? as u32) else { return Ok(env.nothing()) };
    let list = env.make_array()?;
    for (key, index) in keys.iter().zip(0..) {
        let units: Option<Vec<u8>> = key.iter().map(|&unit| u8::try_from(unit).ok()).collect();
        let name = match units {
            Some(units) => env.make_latin1(&units)?,
            None => env.make_utf16(key)?,
        };
        env.set_element(list, index, name)?;
    }
    Ok(list)
}

// --- reading ---

/// `take()`: the next messages of one endpoint, or its close. What it is, is in the cells: `RECORDS`, `COUNT` messages in
/// the block, each after its length and a zero word; `MESSAGE`, one whose first `WINDOW` of `LENGTH` bytes are there.
pub fn take(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let block = thread.block()?;
    thread.set_current(None);
    let most = block.control(Control::Most);
    let next = || thread.with_table(|table| table.next_batch(MOST_BYTES, most, block.incoming()));
    let taken = match next()? {
        None if thread.patience.wait(|| thread.has_listed()) => next()?,
        taken => taken,
    };
    let Some((key, batch)) = taken else { return report(thread, env, Outcome::Nothing) };
    block.set(Cell64::Key, u64::from(key) as f64);
    match batch {
        Batch::Closed => block.set(Cell64::Outcome, f64::from(Outcome::Closed as u8)),
        Batch::Message(message) => arrived(thread, block, message),
        Batch::Records { count, .. } => {
            block.set_control(Control::Count, count);
            block.set_control(Control::Delivered, 0);
            block.set(Cell64::Outcome, f64::from(Outcome::Records as u8));
        }
    }
    Ok(env.nothing())
}

/// `receive(key)`: the next message of one endpoint. What it is, is in the cells, as with `take`, `RECORDS` excepted.
pub fn receive(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let block = thread.block()?;
    let number = env.number(call.get(0))?;
    let key = Key::from(number as u64);
    block.set(Cell64::Key, number);
    match thread.with_table(|table| table.receive(key))? {
        None => block.set(Cell64::Outcome, f64::from(Outcome::Nothing as u8)),
        Some(message) => arrived(thread, block, message),
    }
    Ok(env.nothing())
}

/// What JavaScript does with the string that a message is, if several endpoints of the thread get the message: made once,
/// it is every one's.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Keeping {
    /// Nothing: nobody else gets it.
    No = 0,
    /// It may keep the string and say so.
    May = 1,
    /// It has kept the string.
    Kept = 2,
    /// This is the message whose string it has kept.
    Again = 3,
}

impl Keeping {
    /// Every state under the name that JavaScript uses.
    pub const NAMES: [(&str, Keeping); 4] =
        [("NO", Keeping::No), ("MAY", Keeping::May), ("KEPT", Keeping::Kept), ("AGAIN", Keeping::Again)];
}

fn arrived(thread: &Thread, block: Block, message: Message) {
    let outcome = match message.parcel() {
        Some(parcel) if message.bytes.is_empty() => {
            block.set(Cell64::OtherKey, u64::from(parcel) as f64);
            Outcome::Whole
        }
        _ if message.has_attachments() => Outcome::Attached,
        _ => Outcome::Message,
    };
    block.set(Cell64::Length, message.bytes.len() as f64);
    block.set(Cell64::Outcome, f64::from(outcome as u8));
    let kept = block.control(Control::Keeping);
    let keeping = match outcome {
        Outcome::Message if message.bytes.is_shared() && message.bytes.len() <= WORD_BYTES => {
            let same = thread.is_last_shared(&message.bytes);
            if same && (kept == Keeping::Kept as usize || kept == Keeping::Again as usize) {
                Keeping::Again
            } else {
                Keeping::May
            }
        }
        _ => Keeping::No,
    };
    block.set_control(Control::Keeping, keeping as usize);
    if matches!(keeping, Keeping::Again) {
        return;
    }
    show(block, &message.bytes, 0);
    thread.set_current(Some(message));
}

/// Copies what follows byte `from` into the block, as much as fits.
fn show(block: Block, bytes: &[u8], from: usize) {
    let rest = bytes.get(from..).unwrap_or_default();
    // Of a long message only a little is shown first: it may be one string or one buffer, which is not copied twice then.
    let most = if rest.len() <= LONG || from > 0 { WORD_BYTES } else { WORD_BYTES / 16 };
    let length = rest.len().min(most);
    block.incoming()[..length].copy_from_slice(&rest[..length]);
    block.set_control(Control::Window, length);
}

/// `window()`: shows what follows byte `OFFSET` of the message, a multiple of 8.
pub fn window(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let block = thread.block()?;
    thread.with_current(|bytes| show(block, bytes, block.get(Cell64::Offset) as usize));
    Ok(env.nothing())
}

/// `release()`: the message has been read; its memory is free.
pub fn release(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    thread.set_current(None);
    Ok(env.nothing())
}

/// `read() → value`: reads the message with the complete codec, from the start.
pub fn read(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let key = Key::from(thread.block()?.get(Cell64::Key) as u64);
    match thread.take_current() {
        Some(message) => decode(thread, env, key, message),
        None => report(thread, env, Outcome::Nothing),
    }
}

/// `readRecord() → value`: reads a message in the block, at `OFFSET`, `LENGTH` bytes, with the complete codec.
pub fn read_record(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let undefined = env.undefined()?;
    let block = thread.block()?;
    // A copy: making the value runs JavaScript.
    let message = part(block, block.incoming(), 1)?.to_vec();
    let beside = Beside { ports: undefined, parcel: undefined };
    clone::deserialize(env, thread.hooks()?, &message, Form::Local(&KnownShapes), beside)
}

fn malformed() -> Failure {
    Failure::DataClone("malformed message: its end is missing".into())
}

/// `latin1() → string`: `LENGTH` units from byte `OFFSET` of the words being read.
pub fn latin1(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let block = thread.block()?;
    env.make_latin1(part(block, block.incoming(), 1)?)
}

/// `utf16() → string`: `LENGTH` units from byte `OFFSET` of the words being read.
pub fn utf16(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let block = thread.block()?;
    make_utf16(env, part(block, block.incoming(), 2)?)
}

/// `longLatin1() → string`: `LENGTH` units from byte `OFFSET` of the message.
pub fn long_latin1(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let block = thread.block()?;
    let (offset, length) = (block.get(Cell64::Offset) as usize, block.get(Cell64::Length) as usize);
    let total = thread.with_current(<[u8]>::len);
    // A string that is most of the message may keep the whole of it.
    if length >= external_string::LEAST
        && length > total / 2
        && offset.saturating_add(length) <= total
        && let Some(bytes) = thread.share_current()
        && let Some(string) = external_string::make(env, &thread.freed, bytes, offset, length)?
    {
        return Ok(string);
    }
    thread.with_current(|bytes| env.make_latin1(part(block, bytes, 1)?))
}

/// `longUtf16() → string`: as `longLatin1`.
pub fn long_utf16(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let block = thread.block()?;
    thread.with_current(|bytes| make_utf16(env, part(block, bytes, 2)?))
}

/// A string of the units that are in `bytes`.
fn make_utf16(env: Env, bytes: &[u8]) -> Result<Value> {
    // SAFETY: every pair of bytes is a u16.
    let (before, units, _) = unsafe { bytes.align_to::<u16>() };
    if before.is_empty() {
        return env.make_utf16(units);
    }
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    env.make_utf16(&units)
}

/// `longBytes() → ArrayBuffer`: a copy of `LENGTH` bytes from byte `OFFSET` of the message.
pub fn long_bytes(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let block = thread.block()?;
    thread.with_current(|bytes| env.make_buffer(part(block, bytes, 1)?))
}

/// What `OFFSET` and `LENGTH`, in units of `size` bytes, say of a message or of the words being read.
fn part(block: Block, message: &[u8], size: usize) -> Result<&[u8]> {
    let (offset, length) = (block.get(Cell64::Offset) as usize, block.get(Cell64::Length) as usize);
    let end = length.saturating_mul(size).saturating_add(offset);
    message.get(offset..end).ok_or_else(malformed)
}

/// `digits(bigint) → boolean`: writes a BigInt's digits into the block from byte `TO`, how many into `COUNT`; true if it is
/// below zero.
pub fn write_digits(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let block = thread.block()?;
    let mut digits = Vec::new();
    let negative = env.bigint(call.get(0), &mut digits)?;
    let bytes: Vec<u8> = digits.iter().flat_map(|digit| digit.to_le_bytes()).collect();
    let at = block.control(Control::To);
    if let Some(place) = block.out().get_mut(at..at + bytes.len()) {
        place.copy_from_slice(&bytes);
        block.set(Cell64::Length, digits.len() as f64);
    } else {
        block.set(Cell64::Length, -1.0);
    }
    env.make_boolean(negative)
}

/// `digits(negative) → bigint`: `LENGTH` digits from byte `OFFSET` of the words being read.
pub fn digits(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let block = thread.block()?;
    let (offset, length) = (block.get(Cell64::Offset) as usize, block.get(Cell64::Length) as usize);
    let end = length.saturating_mul(8).saturating_add(offset);
    let bytes = block.incoming().get(offset..end).ok_or_else(malformed)?;
    let digits: Vec<u64> = bytes.as_chunks().0.iter().map(|digit| u64::from_le_bytes(*digit)).collect();
    env.make_bigint(env.boolean(call.get(0))?, &digits)
}
