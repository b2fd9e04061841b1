//! Sending what more belongs to than bytes: endpoints, or a parcel, which JavaScript sends ahead while the message waits here.
//!
//! ```text
//!   JavaScript: post ──► Rust: the message is a local of one call, nobody else's
//!                          │
//!                          ├─ asks for the stack that the rest needs
//!                          ├─► JavaScript: sendAhead(number) ── the parcel leaves; throws, if ever, before that
//!                          └─ detaches the endpoints, sends the message: nothing in here fails
//! ```
//!
//! So a message is sent or dropped by the call that has it, whatever ends that call: there is no place where one could be
//! left behind.

use std::sync::Arc;

use napi::sys::ValueType;

use super::block::Cell64;
use super::lane;
use super::messages::{Call, dispatch, encode, key};
use super::stack;
use super::thread::{self, Thread};
use crate::channel::{self, Endpoint, Key, Message, Parcel, Signal};
use crate::js::{Env, Failure, Result, Value};
use crate::memory::Bytes;
use crate::wire::WriteError;

/// `post(key, value, session, sendAhead) → Outcome`: clones `value` and sends it; without an endpoint it is cloned all the same.
/// If something goes along with it, `sendAhead` is called before, see [`ship`]; else `LENGTH` is set to the bytes of the message.
pub fn post<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 4>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let (bytes, parcel) = encode(thread, env, call.get(1), call.get(2))?;
    if parcel {
        return ship(thread, env, key, Message::new(bytes), call.get(3));
    }
    thread.set(Cell64::Length, bytes.len() as f64);
    send(thread, env, key, Message::new(bytes))
}

/// `postListed(key, value, session, sendAhead) → Outcome`: as `post`; `sendAhead` is called in any case, for the sake of a
/// transfer list.
pub fn post_listed<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 4>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let (bytes, _) = encode(thread, env, call.get(1), call.get(2))?;
    ship(thread, env, key, Message::new(bytes), call.get(3))
}

/// `sendBeside(key, sendAhead) → Outcome`: sends the message in draft and block with what goes along, see [`ship`].
pub fn send_beside<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let bytes = lane::take_written(thread)?.into_bytes();
    ship(thread, env, key, Message::new(bytes), call.get(1))
}

/// `sendWritten(key) → Outcome`: sends the message in draft and block, as `send` does, with the string that `setContext` was given.
pub fn send_written<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let bytes = lane::take_written(thread)?.into_bytes();
    send(thread, env, key, Message::new(bytes))
}

/// `setContext(context)`: the string that goes with each message that is sent from here on, but for those that `send` sends; `undefined`
/// for none.
pub fn set_context<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let context = match env.type_of(call.get(0))? {
        ValueType::napi_undefined => None,
        _ => {
            let mut units = Vec::new();
            env.string(call.get(0), &mut units)?;
            Some(units.into_boxed_slice())
        }
    };
    thread.set_context(context);
    Ok(env.nothing())
}

/// `context() → string | undefined`: the string that has come with the message that was taken or received last, as long as that has
/// not been read.
pub fn context<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    thread.with_arrived_context(|units| env.make_utf16(units)).unwrap_or_else(|| env.undefined())
}

/// `sendPort(key, moved) → Outcome`: sends the message in draft and block with the endpoint whose key is `moved`, and nothing else. If
/// what waits for that endpoint may not go over the channel: -1, and nothing has been done.
pub fn send_port<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let moved = self::key(env, call.get(1))?;
    thread.reserve_stack(env, stack::OPERATION)?;
    if !becomes_alike(thread, key, moved)? {
        return env.make_int(-1);
    }
    let bytes = lane::take_written(thread)?.into_bytes();
    let endpoint = detach(thread, 0, moved);
    send(thread, env, key, Message::with_endpoints(bytes, vec![endpoint]))
}

/// Lets the channel of an endpoint that moves over another channel bar what that one bars. False, and nothing has changed, if such a
/// message waits.
fn becomes_alike(thread: &Thread, key: Key, moved: Key) -> Result<bool> {
    match thread.with_endpoint(key, Endpoint::bars)? {
        None | Some(0) => Ok(true),
        Some(Endpoint::LINKED) => Ok(thread.with_endpoint(moved, Endpoint::become_linked)? == Some(true)),
        Some(_) => Ok(thread.with_endpoint(moved, Endpoint::become_native)? == Some(true)),
    }
}

/// `sendWhole(key, sendAhead) → Outcome`: sends a message that stands for a whole value. `sendAhead(number)` sends the value
/// ahead, as the parcel of that number.
pub fn send_whole<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let (parcel, ..) = send_ahead(thread, env, Some(key), call.get(1))?;
    send(thread, env, key, Message::default().with_parcel(parcel).weighing(weight(thread)?))
}

/// `beginKept(key)`: asks for stack, and what a value that is kept for a receiver in this thread needs: the number of its
/// parcel in `OTHER_KEY`, the receiver's key in `LENGTH`, 0 if it is elsewhere, and what the channel bars in `BARS`.
pub fn begin_kept<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    thread.reserve_stack(env, stack::OPERATION)?;
    set_bars(thread, Some(key))?;
    let receiver = thread.with_table(|table| table.peer_key(key))?;
    thread.set(Cell64::Length, receiver.map_or(0, u64::from) as f64);
    thread.set(Cell64::OtherKey, u64::from(Parcel::new()) as f64);
    Ok(env.nothing())
}

/// `sendKept(key, number) → Outcome`: sends a message that stands for the parcel of that number, which has been kept.
pub fn send_kept<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let Some(parcel) = Parcel::from_number(env.number(call.get(1))? as u64) else {
        return Err(Failure::internal("there is no such parcel"));
    };
    send(thread, env, key, Message::default().with_parcel(parcel).weighing(weight(thread)?))
}

/// `sendOrder(key, bytes) → Outcome`: sends a message of these bytes that is for ferroport itself at the other end.
pub fn send_order<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    // SAFETY: a copy runs no JavaScript.
    let bytes = unsafe { env.with_uint8array(call.get(1), Bytes::copy) }?.ok_or(WriteError::OutOfMemory)?;
    send(thread, env, key, Message::new(bytes).as_order())
}

/// Sends a message with what goes along. `sendAhead(number)` sends the parcel of that number ahead and returns true. If
/// signals go along, it has called `sendAlong` for them. If endpoints leave in the message, or there is no parcel, it returns an array: whether there was a parcel to send, or a number if
/// the parcel has nothing but companions of the endpoints, and the endpoints' keys, see [`leaving`]. It returns nothing if the parcel is the whole value, for which the message only stands. This function throws
/// what `sendAhead` throws; nothing may have been sent or detached then.
fn ship<'s>(thread: &Thread, env: Env<'s>, key: Key, mut message: Message, send_parcel: Value) -> Result<Value<'s>> {
    let (parcel, sent, signals) = send_ahead(thread, env, Some(key), send_parcel)?;
    match env.type_of(sent)? {
        ValueType::napi_undefined => message = Message::default(),
        ValueType::napi_boolean => message = message.with_signals(signals),
        _ => {
            // All of JavaScript's part comes before the first is detached.
            let keys = leaving(env, sent)?;
            let endpoints = keys.into_iter().map(|(copy, key)| detach(thread, copy, key));
            message = Message::with_endpoints(message.bytes, endpoints.collect()).with_signals(signals);
            let first = env.element(sent, 0)?;
            if env.type_of(first)? == ValueType::napi_number {
                message = message.with_companions_only();
            } else if !env.boolean(first)? {
                return send(thread, env, key, message);
            }
        }
    }
    send(thread, env, key, message.with_parcel(parcel).weighing(weight(thread)?))
}

/// How many bytes the parcel moves that JavaScript has just sent.
fn weight(thread: &Thread) -> Result<usize> {
    Ok(thread.block()?.get(Cell64::Weight) as usize)
}

/// The keys in what `sendAhead` has returned. A negative number says that the next key is one of the copy of ferroport whose number
/// it is, without the sign: that number comes with the key, and 0 with the others.
fn leaving(env: Env, sent: Value) -> Result<Vec<(u64, Key)>> {
    let mut keys = Vec::new();
    let mut copy = 0;
    for index in 1..env.array_length(sent)? {
        let number = env.number(env.element(sent, index)?)?;
        if number < 0.0 {
            copy = -number as u64;
        } else {
            keys.push((copy, Key::from(number as u64)));
            copy = 0;
        }
    }
    Ok(keys)
}

/// Takes an endpoint out of this table, or out of another copy's. A key without endpoint cannot come from `lib`; the port arrives
/// closed rather than another in its place.
fn detach(thread: &Thread, copy: u64, key: Key) -> Endpoint {
    let detach = |thread: &Thread| thread.with_table(|table| table.detach(key));
    let detached = if copy == 0 { Some(detach(thread)) } else { thread::with_copy(copy, detach) };
    detached.and_then(Result::ok).flatten().unwrap_or_else(|| channel::channel().0)
}

/// Tells JavaScript what the channel of that endpoint bars.
fn set_bars(thread: &Thread, key: Option<Key>) -> Result<()> {
    let bars = match key {
        Some(key) => thread.with_endpoint(key, Endpoint::bars)?.unwrap_or(0),
        None => 0,
    };
    thread.set(Cell64::Bars, f64::from(bars));
    Ok(())
}

/// Lets JavaScript send a parcel ahead: its number, what `send_parcel` returned, and the signals that it has named. From then on the
/// stack cannot run out for what the operation does by itself, its cleaning up included. What the channel bars is in `BARS` meanwhile.
pub(super) fn send_ahead<'s>(
    thread: &Thread,
    env: Env<'s>,
    key: Option<Key>,
    send_parcel: Value,
) -> Result<(Parcel, Value<'s>, Vec<Arc<Signal>>)> {
    thread.reserve_stack(env, stack::OPERATION)?;
    set_bars(thread, key)?;
    let parcel = Parcel::new();
    let number = env.make_number(u64::from(parcel) as f64)?;
    let sent = env.call(send_parcel, [number]);
    // Also if it has thrown: these belong to no other message.
    let signals = thread.signals.take_along();
    Ok((parcel, sent?, signals))
}

fn send<'s>(thread: &Thread, env: Env<'s>, key: Key, message: Message) -> Result<Value<'s>> {
    let message = thread.in_context(message);
    let outcome = dispatch(thread, key, |endpoint| endpoint.send(message))?;
    env.make_int(outcome as i32)
}
