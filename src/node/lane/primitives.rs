//! What JavaScript is slow at: the units of strings, the digits of BigInts, many bytes; written into the block, or made of
//! the message being read.

use std::mem::MaybeUninit;

use crate::clone;
use crate::js::{Env, Failure, Result, Value};
use crate::node::block::{Block, Cell64, Control};
use crate::node::external_string;
use crate::node::messages::Call;
use crate::node::thread::Thread;

/// `writeLatin1(string)`: puts a string's units, and a zero, into the block, from byte `TO`. There is room for them.
pub fn write_latin1<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let block = thread.block()?;
    let write = |out: &mut [u8]| {
        let Some(place) = out.get_mut(block.control(Control::To)..) else { return Ok(0) };
        // SAFETY: bytes may be seen as bytes that need not be initialised by one who only writes bytes there.
        env.latin1_into(call.get(0), unsafe { &mut *(std::ptr::from_mut(place) as *mut [MaybeUninit<u8>]) })
    };
    // SAFETY: reading a string runs no JavaScript.
    unsafe { block.with_out(write) }?;
    Ok(env.nothing())
}

/// `writeUtf16(string)`: as `writeLatin1`, two bytes for each unit; `TO` is a multiple of 4.
pub fn write_utf16<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let block = thread.block()?;
    let write = |out: &mut [u8]| {
        let Some(place) = out.get_mut(block.control(Control::To)..) else { return Ok(0) };
        // SAFETY: a pair of bytes is a unit, and one that need not be initialised for one who only writes it.
        env.utf16_into(call.get(0), unsafe { place.align_to_mut::<MaybeUninit<u16>>() }.1)
    };
    // SAFETY: reading a string runs no JavaScript.
    unsafe { block.with_out(write) }?;
    Ok(env.nothing())
}

/// `writeDigits(bigint) → boolean`: writes a BigInt's digits into the block from byte `TO`, and how many they are into `LENGTH`: -1 if
/// there is no room for them. Returns whether the BigInt is below zero.
pub fn write_digits<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let block = thread.block()?;
    let mut digits = Vec::new();
    let negative = env.bigint(call.get(0), &mut digits)?;
    let bytes: Vec<u8> = digits.iter().flat_map(|digit| digit.to_le_bytes()).collect();
    let at = block.control(Control::To);
    let write = |out: &mut [u8]| out.get_mut(at..at + bytes.len()).map(|place| place.copy_from_slice(&bytes));
    // SAFETY: no JavaScript runs in there.
    let written = unsafe { block.with_out(write) };
    block.set(Cell64::Length, written.map_or(-1.0, |()| digits.len() as f64));
    env.make_boolean(negative)
}

/// `latin1() → string`: `LENGTH` units from byte `OFFSET` of the words being read.
pub fn latin1<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let block = thread.block()?;
    // SAFETY: making a string runs no JavaScript.
    unsafe { block.with_incoming(|incoming| env.make_latin1(part(block, incoming, 1)?)) }
}

/// `utf16() → string`: `LENGTH` units from byte `OFFSET` of the words being read.
pub fn utf16<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let block = thread.block()?;
    // SAFETY: as above.
    unsafe { block.with_incoming(|incoming| make_utf16(env, part(block, incoming, 2)?)) }
}

/// `digits(negative) → bigint`: `LENGTH` digits from byte `OFFSET` of the words being read.
pub fn digits<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let block = thread.block()?;
    let read = |incoming: &mut [u8]| {
        let bytes = part(block, incoming, 8)?;
        let digits = bytes.as_chunks().0.iter().map(|digit| u64::from_le_bytes(*digit));
        Ok::<Vec<u64>, Failure>(digits.collect())
    };
    // SAFETY: no JavaScript runs in there.
    let digits = unsafe { block.with_incoming(read) }?;
    env.make_bigint(env.boolean(call.get(0))?, &digits)
}

/// `longLatin1() → string`: `LENGTH` units from byte `OFFSET` of the message.
pub fn long_latin1<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let block = thread.block()?;
    match shared::<u8>(thread, env, block)? {
        Some(string) => Ok(string),
        None => thread.with_current(|bytes| env.make_latin1(part(block, bytes, 1)?)),
    }
}

/// `longUtf16() → string`: as `longLatin1`.
pub fn long_utf16<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let block = thread.block()?;
    match shared::<u16>(thread, env, block)? {
        Some(string) => Ok(string),
        None => thread.with_current(|bytes| make_utf16(env, part(block, bytes, 2)?)),
    }
}

/// A string that shares the bytes of the message and keeps them alive. Only a long string does, and one that most of the message belongs
/// to.
fn shared<'s, T: external_string::Unit>(thread: &Thread, env: Env<'s>, block: Block) -> Result<Option<Value<'s>>> {
    let (offset, length) = (block.get(Cell64::Offset) as usize, block.get(Cell64::Length) as usize);
    let (size, total) = (length.saturating_mul(size_of::<T>()), thread.with_current(<[u8]>::len));
    if size < external_string::LEAST || size <= total / 2 || offset.saturating_add(size) > total {
        return Ok(None);
    }
    let Some(bytes) = thread.share_current() else { return Ok(None) };
    external_string::make::<T>(env, &thread.freed, bytes, offset, length)
}

/// `longBytes() → ArrayBuffer`: a copy of `LENGTH` bytes from byte `OFFSET` of the message.
pub fn long_bytes<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let block = thread.block()?;
    if block.get(Cell64::Length) < clone::LARGE as f64 && !thread.hooks()?.codec.is_of_other_realm {
        return thread.with_current(|bytes| env.make_buffer(part(block, bytes, 1)?));
    }
    let length = thread.with_current(|bytes| part(block, bytes, 1).map(<[u8]>::len))?;
    let buffer = clone::make_by_constructor(env, &thread.hooks()?.codec, length)?;
    thread.with_current(|bytes| env.fill_buffer(buffer, part(block, bytes, 1)?))?;
    Ok(buffer)
}

/// `fillBytes(bytes)`: copies `LENGTH` bytes from byte `OFFSET` of the message into a Uint8Array of that length.
pub fn fill_bytes<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let block = thread.block()?;
    thread.with_current(|bytes| env.fill_uint8array(call.get(0), part(block, bytes, 1)?))?;
    Ok(env.nothing())
}

/// A string of the units that are in `bytes`.
pub(super) fn make_utf16<'s>(env: Env<'s>, bytes: &[u8]) -> Result<Value<'s>> {
    // SAFETY: every pair of bytes is a u16.
    let (before, units, _) = unsafe { bytes.align_to::<u16>() };
    if before.is_empty() {
        return env.make_utf16(units);
    }
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    env.make_utf16(&units)
}

/// The part of a message, or of the words being read, that `OFFSET` (bytes) and `LENGTH` (units of `size` bytes) name.
pub(super) fn part(block: Block, message: &[u8], size: usize) -> Result<&[u8]> {
    let (offset, length) = (block.get(Cell64::Offset) as usize, block.get(Cell64::Length) as usize);
    let end = length.saturating_mul(size).saturating_add(offset);
    message.get(offset..end).ok_or_else(malformed)
}

pub(super) fn malformed() -> Failure {
    Failure::data_clone("malformed message: its end is missing")
}
