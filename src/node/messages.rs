//! What the functions have in common that send and read messages.

use std::sync::Arc;

use super::block::Cell64;
use super::outcome::Outcome;
use super::thread::Thread;
use crate::channel::{Endpoint, Key, Message, SendError, Signal};
use crate::clone;
use crate::js::{Arguments, Env, Result, Value};
use crate::memory::Bytes;
use crate::wire::{Form, KnownShapes, WriteError};

/// What a function is called with.
pub type Call<'a, const N: usize> = Arguments<'a, N>;

/// An argument that is a key. What is no key of this table, NaN included, names no endpoint.
pub fn key(env: Env, value: Value) -> Result<Key> {
    Ok(Key::from(env.number(value)? as u64))
}

/// Puts an outcome where JavaScript reads it.
pub fn report<'s>(thread: &Thread, env: Env<'s>, outcome: Outcome) -> Result<Value<'s>> {
    thread.set(Cell64::Outcome, outcome.into());
    env.undefined()
}

/// Clones a value with the complete codec: its bytes, and whether something has to go along with them.
pub fn encode(thread: &Thread, env: Env, value: Value, session: Value) -> Result<(Bytes, bool)> {
    let mut writer = thread.writer();
    let parcel = clone::serialize(env, &thread.hooks()?.codec, session, value, &mut writer);
    let written = parcel.and_then(|parcel| Ok((Bytes::copy(writer.finish()?).ok_or(WriteError::OutOfMemory)?, parcel)));
    thread.reuse(writer);
    written
}

/// Sends a message, and says what became of it; without an endpoint it goes nowhere.
#[inline]
pub fn dispatch(
    thread: &Thread,
    key: Key,
    send: impl FnOnce(&Endpoint) -> std::result::Result<(), SendError<Message>>,
) -> Result<Outcome> {
    let sent = thread.with_endpoint(key, |endpoint| send(endpoint).map(|()| endpoint.is_peer_served()))?;
    Ok(match sent {
        None => Outcome::Nothing,
        Some(Ok(false)) => Outcome::Message,
        Some(Ok(true)) => Outcome::Served,
        Some(Err(SendError::Closed(_))) => Outcome::Closed,
        Some(Err(SendError::PostedToItself)) => Outcome::PostedToItself,
    })
}

/// Attaches endpoints; their keys. All or none: if one cannot be attached, they close.
fn attach_all(thread: &Thread, endpoints: Vec<Endpoint>) -> Result<Vec<u64>> {
    let mut keys = Vec::with_capacity(endpoints.len());
    for endpoint in endpoints {
        keys.push(thread.attach(endpoint).inspect_err(|_| close_all(thread, &keys))?);
    }
    Ok(keys)
}

/// Closes endpoints of which nobody will ever hear.
pub fn close_all(thread: &Thread, keys: &[u64]) {
    for &key in keys {
        let _ = thread.with_table(|table| table.close(Key::from(key)));
    }
}

/// Attaches the endpoints that came with a message, unpacks the parcel that went along with it, then reads it. If the message
/// cannot be read, they close, whatever has been made of them.
pub fn decode<'s>(thread: &Thread, env: Env<'s>, key: Key, mut message: Message) -> Result<Value<'s>> {
    // A thread that is being terminated runs on for some instructions after a call has failed: only a value that has been
    // read is a message.
    report(thread, env, Outcome::Nothing)?;
    let signals = message.take_signals();
    let attached = attach_all(thread, message.take_endpoints())?;
    let value =
        read_beside(thread, env, key, &message, &attached, &signals).inspect_err(|_| close_all(thread, &attached))?;
    report(thread, env, Outcome::Message)?;
    Ok(value)
}

/// The objects of signals, an array.
fn adopt_signals<'s>(thread: &Thread, env: Env<'s>, signals: &[Arc<Signal>]) -> Result<Value<'s>> {
    let mut numbers = Vec::with_capacity(signals.len());
    let list = env.make_array()?;
    let objects = (|| {
        for (signal, index) in signals.iter().zip(0..) {
            let number = thread.signals.enter(env, signal)?;
            numbers.push(number);
            env.set_element(list, index, env.make_number(f64::from(number))?)?;
        }
        thread.hooks()?.adopt_signals(env, list)
    })();
    // Each object is a use of its own.
    for number in numbers {
        thread.signals.release(number);
    }
    objects
}

/// Reads a message whose endpoints are attached.
fn read_beside<'s>(
    thread: &Thread,
    env: Env<'s>,
    key: Key,
    message: &Message,
    attached: &[u64],
    signals: &[Arc<Signal>],
) -> Result<Value<'s>> {
    let hooks = thread.hooks()?;
    let undefined = env.undefined()?;
    let mut beside = clone::Beside { ports: undefined, parcel: undefined, signals: undefined };
    let keys = if attached.is_empty() { None } else { Some(env.make_array()?) };
    for (&key, index) in attached.iter().zip(0..) {
        env.set_element(keys.unwrap_or(undefined), index, env.make_number(key as f64)?)?;
    }
    if let Some(parcel) = message.parcel() {
        beside.parcel = hooks.unpack(env, u64::from(key), u64::from(parcel), keys.unwrap_or(undefined))?;
    }
    if let Some(keys) = keys {
        beside.ports = hooks.adopt(env, keys)?;
    }
    if !signals.is_empty() {
        beside.signals = adopt_signals(thread, env, signals)?;
    }
    clone::deserialize(env, &hooks.codec, &message.bytes, Form::Local(&KnownShapes), beside)
}
