//! Strings that follow one another in the words being read, made by one call.

use super::primitives::{make_utf16, malformed};
use crate::js::{Env, Result, Value};
use crate::node::block::{Block, Cell64};
use crate::node::functions::Call;
use crate::node::thread::Thread;
use crate::wire::tag;

/// So many are made by one call at most, and have a handle each meanwhile. The fast lane writes no longer runs.
pub const MOST: usize = 128;

/// `strings(most, list) → string[]`: the strings that stand one after the other in the words being read, from byte `OFFSET` on and
/// before byte `LENGTH`: a run of them, or, as many as are whole, `most` at most. `OFFSET` is then where they end. `list(...)`
/// makes the array, an empty one where there is none, or not all of a run.
pub fn strings(thread: &Thread, env: Env, call: &Call<'_, 2>) -> Result<Value> {
    let block = thread.block()?;
    let most = (env.number(call.get(0))? as usize).min(MOST);
    let mut made = [env.nothing(); MOST];
    let (count, end) = make(env, block, &mut made[..most])?;
    block.set(Cell64::Offset, end as f64);
    env.call_with(call.get(1), &made[..count])
}

/// Makes the strings; how many, and where they end.
fn make(env: Env, block: Block, made: &mut [Value]) -> Result<(usize, usize)> {
    let (mut at, end) = (block.get(Cell64::Offset) as usize, block.get(Cell64::Length) as usize);
    let words = block.incoming();
    let words = &words[..end.min(words.len())];
    if let Some(run) = Run::at(words, at) {
        if run.lengths.len() > made.len() {
            return Ok((0, at));
        }
        let mut rest = run.units;
        for (made, length) in made.iter_mut().zip(run.lengths) {
            let size = u32::from_le_bytes(*length) as usize * run.unit;
            let (units, others) = rest.split_at_checked(size).ok_or_else(malformed)?;
            *made = string_of(env, run.unit, units)?;
            rest = others;
        }
        return Ok((run.lengths.len(), run.end));
    }
    let mut count = 0;
    while let Some(made) = made.get_mut(count)
        && let Some((unit, units, after)) = next(words, at)
    {
        *made = string_of(env, unit, units)?;
        (count, at) = (count + 1, after);
    }
    Ok((count, at))
}

/// A run of strings in the block.
struct Run<'a> {
    lengths: &'a [[u8; 4]],
    /// The units of all, with the padding after them.
    units: &'a [u8],
    /// How many bytes a unit has.
    unit: usize,
    end: usize,
}

impl<'a> Run<'a> {
    /// The run whose head is at byte `at`, if one is and all of it is there.
    fn at(words: &'a [u8], at: usize) -> Option<Self> {
        let (unit, count) = match head(words, at)? {
            (tag::LATIN1_RUN, count) => (1, count),
            (tag::UTF16_RUN, count) => (2, count),
            _ => return None,
        };
        let (lengths, rest) = words[at + 4..].split_at_checked(4 * count)?;
        let lengths = lengths.as_chunks().0;
        let total: usize = lengths.iter().map(|&length| u32::from_le_bytes(length) as usize * unit).sum();
        let size = total.next_multiple_of(4);
        Some(Run { lengths, units: rest.get(..size)?, unit, end: at + 4 + 4 * count + size })
    }
}

/// The string whose head is at byte `at`, if one is and all of it is there: how many bytes a unit has, its units, where it ends.
#[inline]
fn next(words: &[u8], at: usize) -> Option<(usize, &[u8], usize)> {
    let (unit, count) = match head(words, at)? {
        (tag::LATIN1, count) => (1, count),
        (tag::UTF16, count) => (2, count),
        _ => return None,
    };
    let (first, size) = (at + 4, unit * count);
    Some((unit, words.get(first..first + size)?, first + size.next_multiple_of(4)))
}

/// The tag and the count of the head at byte `at`, if it has that in its argument.
#[inline]
fn head(words: &[u8], at: usize) -> Option<(u32, usize)> {
    let head = u32::from_le_bytes(*words.get(at..)?.first_chunk()?);
    (head >> 8 != tag::LONG_COUNT).then_some((head & 0xff, (head >> 8) as usize))
}

#[inline]
fn string_of(env: Env, unit: usize, units: &[u8]) -> Result<Value> {
    if unit == 1 { env.make_latin1(units) } else { make_utf16(env, units) }
}
