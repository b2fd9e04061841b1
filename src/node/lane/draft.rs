//! The message being written: what of it stands in the block, what in the draft, and how it is sent.

use std::mem::MaybeUninit;

use crate::channel::{Key, Message};
use crate::clone;
use crate::js::{Env, Failure, Result, Value};
use crate::memory::{self, Bytes};
use crate::node::block::{Block, Cell64, Control, WORD_BYTES};
use crate::node::functions::{Call, outcome_of};
use crate::node::thread::Thread;
use crate::wire::{TooLarge, Writer, tag};

/// A message of so many bytes may take the memory over that it was written in.
const LEAST_ADOPTED: usize = 8 * 1024;

/// Room for what comes after a long string or many bytes.
const REST_BYTES: usize = 256;

impl From<TooLarge> for Failure {
    fn from(error: TooLarge) -> Self {
        Failure::DataClone(error.to_string())
    }
}

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
    block.set(Cell64::Outcome, outcome.into());
    Ok(env.nothing())
}

/// The message that stands in the block and nowhere else, with its header.
#[inline]
pub fn sealed<'a>(block: Block) -> &'a [u8] {
    let to = (block.control(Control::To) * 4).clamp(4, WORD_BYTES);
    let message = &mut block.out()[..to];
    let header = tag::MAGIC | tag::VERSION << 16 | (block.control(Control::Flags) as u32) << 24;
    message[..4].copy_from_slice(&header.to_le_bytes());
    message
}

/// The complete message: the draft's memory if it is about as large, else a copy.
pub fn finished(thread: &Thread) -> Result<Bytes> {
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
