//! The message being written: what of it stands in the block, what in the draft, and how it is sent.

use std::mem::MaybeUninit;

use crate::channel::{Key, Message};
use crate::clone;
use crate::js::{Code, Env, Failure, Result, Value};
use crate::memory::{self, Bytes};
use crate::node::block::{Block, Cell64, Control, WORD_BYTES};
use crate::node::draft::Draft;
use crate::node::messages::{Call, dispatch};
use crate::node::thread::Thread;
use crate::wire::{WriteError, Writer, tag};

/// A message of so many bytes keeps the memory that it was written in, if that is not much too large.
const LEAST_ADOPTED: usize = 8 * 1024;

/// Room for what comes after a long string or many bytes.
const REST_BYTES: usize = 256;

/// Which words of the block are not yet in the draft, in bytes.
fn unflushed(block: Block) -> std::ops::Range<usize> {
    block.control(Control::From) * 4..block.control(Control::To) * 4
}

/// Copies what stands in the block to the end of what has been written.
fn copy_out(block: Block, writer: &mut Writer) {
    let flags = block.control(Control::Flags) as u32;
    // SAFETY: a writer runs no JavaScript and knows no block.
    unsafe { block.with_out(|out| writer.words(out.get(unflushed(block)).unwrap_or_default(), flags)) }
}

/// Takes the draft of the message in the block; `None` if nothing of it has been flushed.
///
/// # Errors
/// If the draft is not there: then the beginning of the message is lost, and the rest must not be sent.
#[inline]
fn begun(thread: &Thread, block: Block) -> Result<Option<Draft>> {
    match block.control(Control::Flushes) {
        0 => Ok(None),
        flushes => match thread.take_draft() {
            Some(draft) if draft.flushes == flushes => Ok(Some(draft)),
            _ => Err(Failure::error(Code::MessageLost, "the beginning of the message is lost")),
        },
    }
}

/// Moves what stands in the block into the draft.
fn flushed(thread: &Thread) -> Result<Draft> {
    flushed_before(thread, 0)
}

/// Moves what stands in the block into the draft, to which so many bytes are to be appended.
fn flushed_before(thread: &Thread, more: usize) -> Result<Draft> {
    let block = thread.block()?;
    let begun = begun(thread, block)?;
    let mut draft = begun.unwrap_or_else(|| {
        thread.drop_draft();
        let writer = if more < LEAST_ADOPTED {
            thread.writer()
        } else {
            Writer::with_buffer(memory::vector_for(unflushed(block).len() + more + REST_BYTES))
        };
        Draft { writer, flushes: 0 }
    });
    copy_out(block, &mut draft.writer);
    draft.flushes += 1;
    Ok(draft)
}

/// Leaves the draft to the thread until the message goes on. The parity of its size in words is in `TO`.
fn put_back(thread: &Thread, draft: Draft) -> Result<()> {
    let block = thread.block()?;
    block.set_control(Control::To, (draft.writer.len() / 4) & 1);
    block.set_control(Control::Flushes, draft.flushes);
    thread.put_draft(draft);
    Ok(())
}

/// `send()`: sends the message in draft and block, from the endpoint in the cell `KEY`.
pub fn send<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let block = thread.block()?;
    let key = Key::from(block.get(Cell64::Key) as u64);
    let outcome = match begun(thread, block)? {
        None => dispatch(thread, key, |endpoint| {
            // SAFETY: sending runs no JavaScript of this thread.
            unsafe { InBlock(block).with_bytes(|bytes| endpoint.send_bytes(bytes)) }
        })?,
        Some(draft) => {
            let message = Message::new(finished(thread, block, draft)?);
            dispatch(thread, key, |endpoint| endpoint.send(message))?
        }
    };
    block.set(Cell64::Outcome, outcome.into());
    Ok(env.nothing())
}

/// What JavaScript has written: bytes in the block, to be sent at once, or a message of its own.
pub enum Written {
    /// All of the message stands in the block.
    InBlock(InBlock),
    /// A draft belonged to it.
    Drafted(Bytes),
}

/// Takes the message that JavaScript has written. It is nobody else's then.
///
/// # Errors
/// If its beginning is lost, or it is too large.
pub fn take_written(thread: &Thread) -> Result<Written> {
    let block = thread.block()?;
    Ok(match begun(thread, block)? {
        None => Written::InBlock(InBlock(block)),
        Some(draft) => Written::Drafted(finished(thread, block, draft)?),
    })
}

impl Written {
    /// The message, out of the block.
    pub fn into_bytes(self) -> Bytes {
        match self {
            // SAFETY: a copy runs no JavaScript.
            Written::InBlock(message) => unsafe { message.with_bytes(|bytes| bytes.into()) },
            Written::Drafted(bytes) => bytes,
        }
    }
}

/// The message that stands in the block and nowhere else.
pub struct InBlock(Block);

impl InBlock {
    /// Works with its bytes, the header written.
    ///
    /// # Safety
    /// While `work` runs, no JavaScript does, and nobody else works with the words being written.
    #[inline]
    pub unsafe fn with_bytes<R>(self, work: impl FnOnce(&[u8]) -> R) -> R {
        let to = (self.0.control(Control::To) * 4).clamp(4, WORD_BYTES);
        let header = tag::header(self.0.control(Control::Flags) as u32);
        // SAFETY: the caller's promise.
        unsafe {
            self.0.with_out(|out| {
                let message = &mut out[..to];
                message[..4].copy_from_slice(&header.to_le_bytes());
                work(message)
            })
        }
    }
}

/// The complete message: the draft's memory if it is about as large, else a copy.
fn finished(thread: &Thread, block: Block, draft: Draft) -> Result<Bytes> {
    let mut writer = draft.writer;
    copy_out(block, &mut writer);
    if writer.len() >= LEAST_ADOPTED && memory::suits(writer.capacity(), writer.len()) {
        return Ok(writer.into_bytes()?.into());
    }
    match Bytes::copy(writer.finish()?) {
        Some(bytes) => {
            thread.reuse(writer);
            Ok(bytes)
        }
        // There is no memory for a copy beside the original.
        None => Ok(writer.into_bytes()?.into()),
    }
}

/// `flush()`: makes room in the block.
pub fn flush<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let draft = flushed(thread)?;
    put_back(thread, draft)?;
    Ok(env.nothing())
}

/// `discard()`: forgets what has been written.
pub fn discard<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    thread.drop_draft();
    Ok(env.nothing())
}

/// `appendValue(value, session) → boolean`: writes a value with the complete codec; whether it left something to the parcel.
pub fn append_value<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    // The thread does not have the draft meanwhile, because getters run and may post.
    let mut draft = flushed(thread)?;
    let parcel = clone::serialize(env, &thread.hooks()?.codec, call.get(1), call.get(0), &mut draft.writer)?;
    put_back(thread, draft)?;
    env.make_boolean(parcel)
}

/// `appendString(string, isLatin1)`: writes a string, head and all.
pub fn append_string<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let string = call.get(0);
    let units = env.string_length(string)?;
    let length = u32::try_from(units).map_err(|_| WriteError::TooLarge)?;
    let is_latin1 = env.boolean(call.get(1))?;
    let mut draft = flushed_before(thread, if is_latin1 { units } else { 2 * units })?;
    let writer = &mut draft.writer;
    // SAFETY: a string of that length fills so many places; what Node-API has not filled, this does.
    unsafe {
        if is_latin1 {
            writer.latin1_with(length, |place| filled(env.latin1_into(string, place), place, 0))
        } else {
            writer.utf16_with(length, |place| filled(env.utf16_into(string, place), place, 0))
        }
    }
    .unwrap_or(Err(WriteError::OutOfMemory.into()))?;
    put_back(thread, draft)?;
    Ok(env.nothing())
}

/// Fills the places that a call has left.
fn filled<T: Copy>(done: Result<usize>, place: &mut [MaybeUninit<T>], rest: T) -> Result<usize> {
    place[done.as_ref().copied().unwrap_or(0)..].fill(MaybeUninit::new(rest));
    done
}

/// `appendBytes(bytes)`: appends what a Uint8Array shows, and pads it; its head is in the block.
pub fn append_bytes<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    // SAFETY: a writer runs no JavaScript.
    let draft = unsafe {
        env.with_uint8array(call.get(0), |bytes| {
            let mut draft = flushed_before(thread, bytes.len())?;
            draft.writer.padded(bytes);
            Ok::<_, Failure>(draft)
        })
    }??;
    put_back(thread, draft)?;
    Ok(env.nothing())
}
