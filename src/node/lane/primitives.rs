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

/// `digits(negative) → bigint`: `LENGTH` digits from byte `OFFSET` of the words being read.
pub fn digits(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let block = thread.block()?;
    let (offset, length) = (block.get(Cell64::Offset) as usize, block.get(Cell64::Length) as usize);
    let end = length.saturating_mul(8).saturating_add(offset);
    let bytes = block.incoming().get(offset..end).ok_or_else(malformed)?;
    let digits: Vec<u64> = bytes.as_chunks().0.iter().map(|digit| u64::from_le_bytes(*digit)).collect();
    env.make_bigint(env.boolean(call.get(0))?, &digits)
}

/// `longLatin1() → string`: `LENGTH` units from byte `OFFSET` of the message.
pub fn long_latin1(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let block = thread.block()?;
    match shared::<u8>(thread, env, block)? {
        Some(string) => Ok(string),
        None => thread.with_current(|bytes| env.make_latin1(part(block, bytes, 1)?)),
    }
}

/// `longUtf16() → string`: as `longLatin1`.
pub fn long_utf16(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let block = thread.block()?;
    match shared::<u16>(thread, env, block)? {
        Some(string) => Ok(string),
        None => thread.with_current(|bytes| make_utf16(env, part(block, bytes, 2)?)),
    }
}

/// A string that keeps the message: a long one may, if most of the message is its.
fn shared<T: external_string::Unit>(thread: &Thread, env: Env, block: Block) -> Result<Option<Value>> {
    let (offset, length) = (block.get(Cell64::Offset) as usize, block.get(Cell64::Length) as usize);
    let (size, total) = (length.saturating_mul(size_of::<T>()), thread.with_current(<[u8]>::len));
    if size < external_string::LEAST || size <= total / 2 || offset.saturating_add(size) > total {
        return Ok(None);
    }
    let Some(bytes) = thread.share_current() else { return Ok(None) };
    external_string::make::<T>(env, &thread.freed, bytes, offset, length)
}

/// `longBytes() → ArrayBuffer`: a copy of `LENGTH` bytes from byte `OFFSET` of the message.
pub fn long_bytes(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
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
pub fn fill_bytes(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let block = thread.block()?;
    thread.with_current(|bytes| env.fill_uint8array(call.get(0), part(block, bytes, 1)?))?;
    Ok(env.nothing())
}

/// A string of the units that are in `bytes`.
pub(super) fn make_utf16(env: Env, bytes: &[u8]) -> Result<Value> {
    // SAFETY: every pair of bytes is a u16.
    let (before, units, _) = unsafe { bytes.align_to::<u16>() };
    if before.is_empty() {
        return env.make_utf16(units);
    }
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    env.make_utf16(&units)
}

/// What `OFFSET` and `LENGTH`, in units of `size` bytes, say of a message or of the words being read.
pub(super) fn part(block: Block, message: &[u8], size: usize) -> Result<&[u8]> {
    let (offset, length) = (block.get(Cell64::Offset) as usize, block.get(Cell64::Length) as usize);
    let end = length.saturating_mul(size).saturating_add(offset);
    message.get(offset..end).ok_or_else(malformed)
}

pub(super) fn malformed() -> Failure {
    Failure::DataClone("malformed message: its end is missing".into())
}
