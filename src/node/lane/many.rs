//! Strings and BigInts that follow one another in the words, read and written by one call for many.

use super::primitives::{make_utf16, malformed};
use crate::js::{Env, Result, Value};
use crate::node::block::{Block, Cell64, Control};
use crate::node::messages::Call;
use crate::node::thread::Thread;
use crate::wire::tag;

/// One call makes so many strings at most, because each has a handle meanwhile. The fast lane writes no longer runs.
pub const MOST: usize = 128;

/// One call writes so many BigInts at most.
pub const MOST_BIGINTS: usize = 32;

/// Each of those BigInts has so many digits at most.
const MOST_DIGITS: usize = 8;

/// `many(most, list) → (string | bigint)[]`: the strings and BigInts that stand one after the other in the words being read, from
/// byte `OFFSET` on and before byte `LENGTH`: a run of strings, or, as many as are whole, `most` at most. `OFFSET` is then where
/// they end. `list(...)` makes the array, an empty one where there is none, or not all of a run.
pub fn many<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let block = thread.block()?;
    let most = (env.number(call.get(0))? as usize).min(MOST);
    let mut made = [env.nothing(); MOST];
    // SAFETY: making strings and BigInts runs no JavaScript.
    let (count, end) = unsafe { block.with_incoming(|words| make(env, block, words, &mut made[..most])) }?;
    block.set(Cell64::Offset, end as f64);
    env.call_with(call.get(1), &made[..count])
}

/// Makes the values; how many, and where they end.
fn make<'s>(env: Env<'s>, block: Block, words: &[u8], made: &mut [Value<'s>]) -> Result<(usize, usize)> {
    let (mut at, end) = (block.get(Cell64::Offset) as usize, block.get(Cell64::Length) as usize);
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
    while let Some(made) = made.get_mut(count) {
        at = if let Some((unit, units, after)) = next_string(words, at) {
            *made = string_of(env, unit, units)?;
            after
        } else if let Some((negative, digits, after)) = next_bigint(words, at) {
            *made = env.make_bigint(negative, digits)?;
            after
        } else {
            break;
        };
        count += 1;
    }
    Ok((count, at))
}

/// `writeBigInts(count, …bigints) → number`: writes BigInts into the block from byte `TO` on, which is then where they end, until
/// one has too many digits; how many. There is room for those that have not.
pub fn write_bigints<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, { MOST_BIGINTS + 1 }>) -> Result<Value<'s>> {
    let block = thread.block()?;
    let most = (env.int(call.get(0))?.max(0) as usize).min(MOST_BIGINTS);
    let (mut at, mut count) = (block.control(Control::To), 0);
    while count < most {
        let mut digits = [0; MOST_DIGITS];
        let Some((negative, digits)) = env.digits_of(call.get(1 + count), &mut digits)? else { break };
        let first = (at + 8).next_multiple_of(8);
        let end = first + 8 * digits.len();
        let write = |out: &mut [u8]| {
            let place = out.get_mut(at..end)?;
            let head = tag::head(tag::BIGINT, if negative { tag::BIGINT_NEGATIVE } else { 0 });
            place[..4].copy_from_slice(&head.to_le_bytes());
            place[4..8].copy_from_slice(&(digits.len() as u32).to_le_bytes());
            place[8..first - at].fill(0);
            for (place, digit) in place[first - at..].as_chunks_mut().0.iter_mut().zip(digits) {
                *place = digit.to_le_bytes();
            }
            Some(end)
        };
        // SAFETY: no JavaScript runs in there.
        let Some(end) = (unsafe { block.with_out(write) }) else { break };
        at = end;
        count += 1;
    }
    block.set_control(Control::To, at);
    env.make_int(count as i32)
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
    /// The run whose head is at byte `at`; `None` if there is no run, or not all of it.
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

/// The string whose head is at byte `at`: how many bytes a unit has, the units, and where the string ends. `None` if there is no string,
/// or not all of it.
#[inline]
fn next_string(words: &[u8], at: usize) -> Option<(usize, &[u8], usize)> {
    let (unit, count) = match head(words, at)? {
        (tag::LATIN1, count) => (1, count),
        (tag::UTF16, count) => (2, count),
        _ => return None,
    };
    let (first, size) = (at + 4, unit * count);
    Some((unit, words.get(first..first + size)?, first + size.next_multiple_of(4)))
}

/// The BigInt whose head is at byte `at`: whether it is below zero, its digits, and where it ends. `None` if there is no BigInt, or not all
/// of it.
#[inline]
fn next_bigint(words: &[u8], at: usize) -> Option<(bool, &[u64], usize)> {
    let (tag::BIGINT, argument) = head(words, at)? else { return None };
    let count = u32::from_le_bytes(*words.get(at + 4..)?.first_chunk()?) as usize;
    let first = (at + 8).next_multiple_of(8);
    let after = first + 8 * count;
    // SAFETY: eight bytes are a u64, whatever they are.
    let (before, digits, _) = unsafe { words.get(first..after)?.align_to::<u64>() };
    before.is_empty().then_some((argument & tag::BIGINT_NEGATIVE as usize != 0, digits, after))
}

/// The tag and the count of the head at byte `at`; `None` if the count does not stand in the head.
#[inline]
fn head(words: &[u8], at: usize) -> Option<(u32, usize)> {
    let (tag, argument) = tag::parts(u32::from_le_bytes(*words.get(at..)?.first_chunk()?));
    (argument != tag::LONG_COUNT).then_some((tag, argument as usize))
}

#[inline]
fn string_of<'s>(env: Env<'s>, unit: usize, units: &[u8]) -> Result<Value<'s>> {
    if unit == 1 { env.make_latin1(units) } else { make_utf16(env, units) }
}
