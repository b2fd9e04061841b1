//! The functions that JavaScript calls about ports and channels: endpoints, by the keys of this thread's table.

use super::active;
use super::block::Cell64;
use super::closing_phase;
use super::doorbell;
use super::messages::{Call, close_all, encode, key};
use super::outcome::Outcome;
use super::outside;
use super::stack;
use super::thread::{self, Thread};
use crate::channel::{self, Endpoint, Mark, Parcel, Whereabouts, registry};
use crate::clone;
use crate::js::{Env, Failure, Result, Value};
use crate::memory::Bytes;
use crate::wire::WriteError;

/// `makeBlock() → ArrayBuffer`: makes the block that both sides see.
pub fn make_block<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    thread.make_block(env)
}

/// `connect(functions)`: takes the functions of `lib`.
pub fn connect<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    thread.connect(env, call.get(0))?;
    env.undefined()
}

/// `outside(work) → what it returns`: calls it at once, outside of every AsyncLocalStorage store.
pub fn outside<'s>(_: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    outside::outside(env, |env| env.call(call.get(0), []))
}

/// `hold(held)`: whether this copy of the JavaScript is held by its thread, because it holds a port.
pub fn hold<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    thread.hold(env, env.boolean(call.get(0))?)?;
    Ok(env.nothing())
}

/// `keepAlive(keep)`: whether the mailbox keeps the event loop alive.
pub fn keep_alive<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    thread.keep_alive(env, env.boolean(call.get(0))?);
    env.undefined()
}

/// `tellOfPorts(process)`: `process.getActiveResourcesInfo()` names ports that are ref'ed from here on, if it can be made to.
pub fn tell_of_ports<'s>(_: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    if active::tell(env, call.get(0)).is_err() {
        // A `process` of somebody else's making.
        env.take_exception();
    }
    Ok(env.nothing())
}

/// `createChannel()`: a channel with both ends attached here; their keys in the cells. Throws for want of stack before that.
pub fn create_channel<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    thread.reserve_stack(env, stack::STEP)?;
    let (one, other) = channel::channel();
    let one = thread.attach(one)?;
    let other = thread.attach(other).inspect_err(|_| close_all(thread, &[one]))?;
    thread.set(Cell64::Key, one as f64);
    thread.set(Cell64::OtherKey, other as f64);
    env.undefined()
}

/// `start(key)`: messages are delivered from now on.
pub fn start<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    thread.with_table(|table| table.start(key))?;
    env.undefined()
}

/// `stop(key)`: messages queue from now on.
pub fn stop<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    thread.with_table(|table| table.stop(key))?;
    env.undefined()
}

/// `serve(key)`: who sends to the endpoint, in whatever thread, gets `SERVED` from now on.
pub fn serve<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    thread.with_endpoint(key, Endpoint::serve)?;
    env.undefined()
}

/// `close(key) → number`: closes the endpoint, or lets the member leave its group. 0 if there is neither, 2 if its channel leaves the process,
/// else 1.
pub fn close<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let closed = thread.with_table(|table| {
        let is_linked = table.get(key).is_some_and(Endpoint::is_linked);
        i32::from(table.close(key)) * if is_linked { 2 } else { 1 }
    })?;
    env.make_int(closed)
}

/// `queued(key) → number`: how many messages wait to be read; -1 if there is no such endpoint.
pub fn queued<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let queued = thread.with_table(|table| table.get(key).map(Endpoint::queued))?;
    env.make_number(queued.map_or(-1.0, |queued| queued as f64))
}

/// `setThread(number)`: what this thread is called by others that ask where a port is; 0 at first.
pub fn set_thread<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let number = env.number(call.get(0))? as u32;
    thread.with_table(|table| table.set_thread(number))?;
    env.undefined()
}

/// The mark in the arguments behind the key. What is too large for the type becomes its largest number.
fn mark(env: Env, call: &Call<3>) -> Result<Mark> {
    Ok(Mark { messages: env.number(call.get(1))? as usize, bytes: env.number(call.get(2))? as usize })
}

/// `setMark(key, messages, bytes)`: how much may wait at the endpoint; Infinity is any number.
pub fn set_mark<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 3>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let mark = mark(env, call)?;
    thread.with_endpoint(key, |endpoint| endpoint.set_mark(mark))?;
    env.undefined()
}

/// `room(key) → Outcome`: `ROOM`: the peer's queue has room; `FULL`: it has none, and a drain will get `ROOM` for the key when it has;
/// `CLOSED`: the peer has closed, or there is no such endpoint.
pub fn room<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let outcome = thread.with_endpoint(key, |endpoint| match endpoint.has_room() {
        _ if endpoint.is_peer_closed() => Outcome::Closed,
        true => Outcome::Room,
        false => Outcome::Full,
    })?;
    env.make_int(outcome.unwrap_or(Outcome::Closed) as i32)
}

/// `boundPeer(key, messages, bytes)`: how much may wait at the endpoint's peer, if that has no mark.
pub fn bound_peer<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 3>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let mark = mark(env, call)?;
    thread.with_endpoint(key, |endpoint| endpoint.bound_peer(mark))?;
    env.undefined()
}

/// `leaveNotice(key, bytes)`: lets the owner of the endpoint's peer know, past the queue. A drain there gets `NOTICE`. The first notice
/// stays, later ones are dropped.
pub fn leave_notice<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    // SAFETY: a copy runs no JavaScript.
    let notice = unsafe { env.with_uint8array(call.get(1), Bytes::copy) }?.ok_or(WriteError::OutOfMemory)?;
    thread.with_endpoint(key, |endpoint| endpoint.leave_notice(notice))?;
    env.undefined()
}

/// `notice(key) → ArrayBuffer | undefined`: what the owner of the endpoint's peer has let know so.
pub fn notice<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    match thread.with_endpoint(key, Endpoint::notice)?.flatten() {
        Some(notice) => clone::make_buffer(env, &thread.hooks()?.codec, &notice),
        None => env.undefined(),
    }
}

/// `counts(key) → number[]`: of the endpoint, in messages and bytes by turns: what was sent, what was received, what waits to be read,
/// what the peer has not read yet, and the mark, of which Infinity is any number. Empty if there is no such endpoint.
pub fn counts<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let found = thread.with_endpoint(key, |endpoint| (endpoint.counts(), endpoint.mark()))?;
    let array = env.make_array()?;
    let Some((counts, mark)) = found else { return Ok(array) };
    let limit = |limit: usize| if limit == usize::MAX { f64::INFINITY } else { limit as f64 };
    let numbers = [
        counts.sent as f64,
        counts.sent_bytes as f64,
        counts.received as f64,
        counts.received_bytes as f64,
        counts.waiting as f64,
        counts.waiting_bytes as f64,
        counts.buffered as f64,
        counts.buffered_bytes as f64,
        limit(mark.messages),
        limit(mark.bytes),
    ];
    for (index, number) in (0..).zip(numbers) {
        env.set_element(array, index, env.make_number(number)?)?;
    }
    Ok(array)
}

/// `openKeys() → number[]`: the keys of all endpoints that are attached.
pub fn open_keys<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let keys: Vec<_> = thread.with_table(|table| table.keys().collect())?;
    let array = env.make_array()?;
    for (index, key) in (0..).zip(keys) {
        env.set_element(array, index, env.make_number(u64::from(key) as f64)?)?;
    }
    Ok(array)
}

/// `whereabouts(key) → string`: where the endpoint's peer is, as a program reads it.
pub fn whereabouts<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    match thread.with_table(|table| table.whereabouts(key))? {
        Some(Whereabouts::ThisThread) => env.make_text("this thread"),
        Some(Whereabouts::Thread(number)) => env.make_text(&format!("thread {number}")),
        Some(Whereabouts::Native) => env.make_text("native"),
        Some(Whereabouts::InMessage) => env.make_text("in a message"),
        Some(Whereabouts::Parked) => env.make_text("parked"),
        Some(Whereabouts::Closed) | None => env.make_text("closed"),
    }
}

/// `peerKey(key) → number`: the key of the endpoint's peer, if that is attached here, too; else 0.
pub fn peer_key<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let peer = thread.with_table(|table| table.peer_key(key))?;
    env.make_number(peer.map_or(0, u64::from) as f64)
}

/// `channelNumber(key) → number`: of the endpoint's channel, the same for both endpoints in whatever thread; 0 if there is no such
/// endpoint. For tracing.
pub fn channel_number<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let number = thread.with_endpoint(key, Endpoint::channel_number)?;
    env.make_number(number.unwrap_or(0) as f64)
}

/// `rings() → number`: how often this thread has rung a doorbell, its own or another thread's. For tracing.
pub fn rings<'s>(_: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    env.make_number(doorbell::rings() as f64)
}

/// `agree(key, number) → number`: proposes a number that the endpoint and its peer, wherever that is, are to have in common. The
/// first proposal holds for good. Returns the number that held before, 0 if there was none; to propose 0 is to ask. Returns -1, and
/// proposes nothing, where none held and the peer has closed, or there is no such endpoint.
pub fn agree<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let number = env.number(call.get(1))? as u64;
    let held = thread.with_table(|table| {
        let endpoint = table.get(key)?;
        match if endpoint.is_peer_closed() { endpoint.agree(0) } else { endpoint.agree(number) } {
            0 if endpoint.is_peer_closed() => None,
            held => Some(held),
        }
    })?;
    env.make_number(held.map_or(-1.0, |held| held as f64))
}

/// `isPeer(key, copy, other) → boolean`: whether the endpoint's peer is attached to the copy of that number, under the key `other`.
pub fn is_peer<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 3>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let other = self::key(env, call.get(2))?;
    let is_peer = thread::with_copy(env.number(call.get(1))? as u64, |copy| {
        copy.with_endpoint(other, |peer| thread.with_endpoint(key, |endpoint| endpoint.is_entangled_with(peer)))
    });
    env.make_boolean(matches!(is_peer, Some(Ok(Some(Ok(Some(true)))))))
}

/// `nextParcel() → number`: a number for a parcel, larger than all before, in the whole process.
pub fn next_parcel<'s>(_: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    env.make_number(u64::from(Parcel::new()) as f64)
}

/// `beginDrain() → number`: how many events to deliver before the event loop gets its turn. Throws for want of stack: the
/// drain has not begun then.
pub fn begin_drain<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    thread.reserve_stack(env, stack::COMPOUND)?;
    let budget = thread.with_table(|table| table.begin_drain())?;
    env.make_number(budget as f64)
}

/// `endDrain() → boolean`: whether the mailbox is asleep; else the doorbell has been rung again.
pub fn end_drain<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let asleep = thread.end_drain()?;
    env.make_boolean(asleep)
}

/// `watchLoops()`: messages are delivered in event loops that listeners run, from here on. To be called where there is libuv.
pub fn watch_loops<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    thread.watch_loops(env);
    env.undefined()
}

/// `park(key) → string`: leaves the endpoint in the process-wide registry; the token with which any thread can claim it.
/// If it is still there when this thread ends, it closes, unless it has been entrusted.
pub fn park<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let Some(endpoint) = thread.with_table(|table| table.detach(key))? else {
        return Err(Failure::internal("there is no such endpoint"));
    };
    let token = registry::park(endpoint)?;
    thread.answer_for(token);
    env.make_text(&token.to_string())
}

/// `claim(token) → number`: attaches the endpoint that was parked; 0 if there is none.
pub fn claim<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let endpoint = env.text(call.get(0))?.parse().ok().and_then(|token| registry::claim(&token));
    let key = endpoint.map_or(Ok(0), |endpoint| thread.attach(endpoint))?;
    env.make_number(key as f64)
}

/// `entrust(token)`: the endpoint that this thread parked may outlive it: somebody else knows the token now.
pub fn entrust<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    if let Ok(token) = env.text(call.get(0))?.parse() {
        thread.entrust(&token);
    }
    env.undefined()
}

/// `revoke(token) → boolean`: closes the endpoint if it is still parked.
pub fn revoke<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let Ok(token) = env.text(call.get(0))?.parse() else { return env.make_boolean(false) };
    thread.entrust(&token);
    env.make_boolean(registry::revoke(&token))
}

/// `atClosing() → boolean`: asks for a call of the hook `finishClosing` where the event loop closes handles; false if there is no
/// such place.
pub fn at_closing<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    env.make_boolean(closing_phase::ask(env, thread)?)
}

/// `reserveStack()`: throws the engine's RangeError unless so much of the stack is left as an operation needs between its
/// first step that cannot be undone and its last. JavaScript overflows at a call, any call, those of a `catch` included;
/// after this, none of the operation's own does.
pub fn reserve_stack<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    thread.reserve_stack(env, stack::OPERATION)?;
    Ok(env.nothing())
}

/// `reserveStepStack()`: the same for a step of an operation.
pub fn reserve_step_stack<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    thread.reserve_stack(env, stack::STEP)?;
    Ok(env.nothing())
}

/// `reserveDeepStack()`: the same for an operation that is made of others.
pub fn reserve_deep_stack<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    thread.reserve_stack(env, stack::COMPOUND)?;
    Ok(env.nothing())
}

/// `reserveLevels()`: the same for `LEVELS` levels of a value.
pub fn reserve_levels<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    thread.reserve_stack(env, stack::FOR_LEVELS)?;
    Ok(env.nothing())
}

/// `raise(error)`: as if nobody had caught it.
pub fn raise<'s>(_: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    env.uncaught_exception(call.get(0))?;
    env.undefined()
}

/// `serialize(value, session) → ArrayBuffer`: the portable form.
pub fn serialize<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let (bytes, _) = encode(thread, env, call.get(0), call.get(1))?;
    clone::make_buffer(env, &thread.hooks()?.codec, &bytes)
}

/// `deserialize(bytes) → value`: from the portable form in a Uint8Array.
pub fn deserialize<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    // What JavaScript throws while the value is made says what is wrong with the bytes: a full stack is something else.
    thread.reserve_stack(env, stack::OPERATION)?;
    // A copy, because the memory may be shared, and making the value runs JavaScript.
    // SAFETY: a copy runs no JavaScript.
    let bytes = unsafe { env.with_uint8array(call.get(0), Bytes::copy) }?.ok_or(WriteError::OutOfMemory)?;
    clone::deserialize_portable(env, &thread.hooks()?.codec, &bytes)
}

/// `leftovers() → object`: what stands in this thread of messages that are being written or delivered, by name. Between two
/// operations that have ended nothing does; after one that was cut short, until the next one of its kind begins. For tests.
pub fn leftovers<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let object = env.make_object()?;
    for (name, count) in thread.leftovers() {
        env.set_property(object, env.make_text(name)?, env.make_number(count as f64)?)?;
    }
    Ok(object)
}
