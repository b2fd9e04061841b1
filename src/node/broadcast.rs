//! The functions of broadcast channels: members by their keys in this thread's table.

use std::sync::LazyLock;

use super::block::Cell64;
use super::lane::{self, Written};
use super::messages::{Call, encode, key, report};
use super::outcome::Outcome;
use super::post;
use super::thread::Thread;
use crate::channel::{Key, Message, NoRandomness};
use crate::js::{Env, Result, Value};
use crate::memory::Bytes;

/// `broadcastSecret() → string`: what nobody outside of this copy of the library knows, the same in all of its threads.
pub fn broadcast_secret<'s>(_: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    static SECRET: LazyLock<Option<u128>> = LazyLock::new(|| {
        let mut random = [0; 16];
        getrandom::fill(&mut random).ok().map(|()| u128::from_ne_bytes(random))
    });
    let secret = SECRET.ok_or(NoRandomness)?;
    env.make_text(&format!("{secret:032x}"))
}

/// `join(name)`: a member of that name; in the cells its key in `KEY`, its seat in `OTHER_KEY`.
pub fn join<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let name = env.text(call.get(0))?;
    let joined = thread.with_table(|table| table.join(&name).map(|key| (key, table.seat(key))))?;
    let (key, seat) = joined?;
    thread.set(Cell64::Key, u64::from(key) as f64);
    thread.set(Cell64::OtherKey, seat.unwrap_or(0) as f64);
    env.undefined()
}

/// `broadcast()`: sends the message in draft and block to everybody but the member in the cell `KEY`.
pub fn broadcast<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let key = Key::from(thread.block()?.get(Cell64::Key) as u64);
    match lane::take_written(thread)? {
        Written::InBlock(message) => thread.with_members(|table| {
            // SAFETY: sending runs no JavaScript of this thread.
            unsafe { message.with_bytes(|bytes| table.broadcast_bytes(key, bytes)) }
        })?,
        Written::Drafted(message) => thread.with_members(|table| table.broadcast(key, message))?,
    }
    Ok(env.nothing())
}

/// `broadcastValue(key, value, session, sendAhead)`: clones `value` and sends it from a member; if there is none, it is cloned all
/// the same. If something goes along with it, `sendAhead` is called before, see [`ship`].
pub fn broadcast_value<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 4>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let (bytes, parcel) = encode(thread, env, call.get(1), call.get(2))?;
    if parcel {
        return ship(thread, env, key, bytes, call.get(3));
    }
    thread.with_members(|table| table.broadcast(key, bytes))?;
    Ok(env.nothing())
}

/// `broadcastBeside(key, sendAhead)`: sends the message in draft and block with what goes along, see [`ship`].
pub fn broadcast_beside<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let bytes = lane::take_written(thread)?.into_bytes();
    ship(thread, env, key, bytes, call.get(1))
}

/// What `sendAhead` returns where the message goes without a parcel.
const ALONE: f64 = -2.0;

/// Sends a message with what goes along. `sendAhead(number)` sends the parcel of that number ahead and returns the youngest seat
/// that the message reaches. It returns -1 if the member has closed meanwhile; nobody gets the message then; and -2 if there is no parcel.
/// If signals go along, it has called `sendAlong` for them. This function throws what `sendAhead` throws; nothing may have been sent then.
fn ship<'s>(thread: &Thread, env: Env<'s>, key: Key, bytes: Bytes, send_parcel: Value) -> Result<Value<'s>> {
    let (parcel, youngest, signals) = post::send_ahead(thread, env, None, send_parcel)?;
    let youngest = env.number(youngest)?;
    let message = Message::new(bytes).with_signals(signals);
    if youngest >= 0.0 {
        thread.with_members(|table| table.broadcast_beside(key, message, parcel, youngest as u64))?;
    } else if youngest == ALONE {
        thread.with_members(|table| table.broadcast(key, message))?;
    }
    Ok(env.nothing())
}

/// `audience(key)`: whom a message would reach now: how many in `LENGTH`, the youngest member's seat in `OFFSET`.
pub fn audience<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let audience = thread.with_members(|table| table.audience(key))?;
    thread.set(Cell64::Length, audience.map_or(0.0, |audience| audience.others as f64));
    thread.set(Cell64::Offset, audience.map_or(0.0, |audience| audience.youngest as f64));
    report(thread, env, Outcome::Nothing)
}
