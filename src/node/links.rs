//! Messages on their way to other processes and from there: as bytes, with the keys of the ports in them.

use super::block::Cell64;
use super::messages::{Call, close_all, dispatch, key, report};
use super::outcome::Outcome;
use super::stack;
use super::thread::Thread;
use crate::channel::{Endpoint, Key, Message};
use crate::clone::{self, LARGE};
use crate::js::{Env, Failure, Result, Value};
use crate::memory::Bytes;
use crate::wire::{Recast, WriteError};

/// `closeWith(key, reason)`: closes the endpoint for one of the reasons that lib/port/reasons.js has. The owner of its peer, wherever that
/// is, hears it with the close.
pub fn close_with<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let reason = env.number(call.get(1))? as u8;
    thread.with_table(|table| {
        if let Some(endpoint) = table.get(key) {
            endpoint.give_reason(reason);
        }
        table.close(key)
    })?;
    env.undefined()
}

/// `takeFrom(key)`: the messages of the endpoint are taken by `takePortable`. A drain gets `READY`, once for each `start`, and none of them.
/// The channel is marked as one that leaves the process.
pub fn take_from<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    thread.with_table(|table| {
        table.take_from(key);
        table.get(key).map(Endpoint::become_linked_surely)
    })?;
    env.undefined()
}

/// `takePortable(key, pool, at) → buffer, list or undefined`: takes the oldest message of the endpoint, in the form for links. The cell `OUTCOME`
/// says what there was: `NOTHING`; `CLOSED`, nothing, and nothing will come; `UNREADABLE`, a message that cannot leave the process, and is gone;
/// `MESSAGE`, a message of `LENGTH` bytes. They stand in the pool from `at` on; or, if they have no room there, in the buffer that is returned. If
/// ports have come along, a list is returned: that buffer or undefined, then the keys of the ports, which are attached here.
pub fn take_portable<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 3>) -> Result<Value<'s>> {
    thread.reserve_stack(env, stack::OPERATION)?;
    let key = key(env, call.get(0))?;
    let at = env.number(call.get(2))? as usize;
    let Some(mut message) = thread.with_table(|table| table.receive(key))? else {
        let ended = thread.with_endpoint(key, Endpoint::has_ended)?;
        return report(thread, env, if ended == Some(false) { Outcome::Nothing } else { Outcome::Closed });
    };
    if message.needs_parcel() {
        return report(thread, env, Outcome::Unreadable);
    }
    let endpoints = message.take_endpoints();
    let Ok(recast) = Recast::for_link(&message.bytes, message.is_order()) else {
        return report(thread, env, Outcome::Unreadable);
    };
    if recast.summary().ports as usize > endpoints.len() {
        return report(thread, env, Outcome::Unreadable);
    }
    let length = recast.length();
    // SAFETY: nothing in there runs JavaScript.
    let is_in_pool = unsafe {
        env.with_uint8array_memory(call.get(1), |pool| {
            match pool.get_mut(at..).and_then(|rest| rest.get_mut(..length)) {
                Some(room) => {
                    recast.write(room);
                    true
                }
                None => false,
            }
        })
    }?;
    let buffer = if is_in_pool { env.undefined()? } else { make_buffer(thread, env, &recast)? };
    thread.set(Cell64::Length, length as f64);
    if endpoints.is_empty() {
        report(thread, env, Outcome::Message)?;
        return Ok(buffer);
    }
    let list = env.make_array()?;
    env.set_element(list, 0, buffer)?;
    let mut keys = Vec::with_capacity(endpoints.len());
    let listed = endpoints.into_iter().zip(1..).try_for_each(|(endpoint, place)| {
        endpoint.become_linked_surely();
        let key = thread.attach(endpoint)?;
        keys.push(key);
        env.set_element(list, place, env.make_number(key as f64)?)
    });
    listed.inspect_err(|_| close_all(thread, &keys))?;
    report(thread, env, Outcome::Message)?;
    Ok(list)
}

fn make_buffer<'s>(thread: &Thread, env: Env<'s>, recast: &Recast<'_>) -> Result<Value<'s>> {
    if recast.length() < LARGE {
        // SAFETY: `write` writes all of it, or panics, and runs no JavaScript.
        return unsafe { env.make_buffer_with(recast.length(), |memory| recast.write(memory)) };
    }
    let buffer = clone::make_by_constructor(env, &thread.hooks()?.codec, recast.length())?;
    // SAFETY: as above.
    unsafe { env.with_buffer_memory(buffer, |memory| recast.write(memory)) }?;
    Ok(buffer)
}

/// `postPortable(key, bytes, ports) → Outcome`: sends a message that has come over a link, with the endpoints of these keys, which leave this
/// thread. The bytes are checked as `deserialize` checks. Throws if they are no message, or have more ports than there are keys: nothing has
/// changed then, nor if the outcome is `NOTHING` or `CLOSED`.
pub fn post_portable<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 3>) -> Result<Value<'s>> {
    thread.reserve_stack(env, stack::OPERATION)?;
    let to = key(env, call.get(0))?;
    let mut keys: Vec<Key> = Vec::new();
    for index in 0..env.array_length(call.get(2))? {
        keys.push(key(env, env.element(call.get(2), index)?)?);
    }
    // A copy, because the memory may be shared.
    // SAFETY: a copy runs no JavaScript.
    let bytes = unsafe { env.with_uint8array(call.get(1), Bytes::copy) }?.ok_or(WriteError::OutOfMemory)?;
    let (changed, is_order) = {
        let recast = Recast::from_link(&bytes, &mut thread.learned.borrow_mut())?;
        if recast.summary().ports as usize > keys.len() {
            return Err(Failure::data_clone("malformed message at byte 0: it has more ports than have come along"));
        }
        // SAFETY: `write` writes all of it, or panics.
        let changed =
            recast.unchanged().is_none().then(|| unsafe { Bytes::with(recast.length(), |m| recast.write(m)) });
        (changed, recast.is_order())
    };
    let bytes = changed.unwrap_or(bytes);
    let gone = thread.with_table(|table| {
        let is_there = |(place, key): (usize, &Key)| {
            *key != to
                && !keys[..place].contains(key)
                && table
                    .get(*key)
                    .is_some_and(|endpoint| table.get(to).is_none_or(|to| !to.is_entangled_with(endpoint)))
        };
        if !keys.iter().enumerate().all(is_there) {
            return Err(Failure::internal("a port cannot go along with the message"));
        }
        Ok(match table.get(to) {
            None => Some(Outcome::Nothing),
            Some(endpoint) if endpoint.is_peer_closed() => Some(Outcome::Closed),
            Some(_) => None,
        })
    })??;
    if let Some(outcome) = gone {
        return env.make_int(outcome as i32);
    }
    let detach = |key: Key| {
        let endpoint = thread.with_table(|table| table.detach(key)).ok().flatten();
        endpoint.inspect(Endpoint::become_linked_surely)
    };
    let mut message = Message::with_endpoints(bytes, keys.into_iter().filter_map(detach).collect());
    if is_order {
        message = message.as_order();
    }
    env.make_int(dispatch(thread, to, |endpoint| endpoint.send(message))? as i32)
}
