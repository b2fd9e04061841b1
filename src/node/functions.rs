//! The functions that JavaScript calls, all about endpoints by the keys of this thread's table.

use super::active;
use super::block::Cell64;
use super::closing_phase;
use super::copies;
use super::doorbell;
use super::outside;
use super::stack;
use super::thread::Thread;
use crate::channel::{self, Endpoint, Key, Message, Parcel, SendError, registry};
use crate::clone;
use crate::js::{Arguments, Env, Failure, Result, Value};
use crate::memory::Bytes;
use crate::wire::{Form, KnownShapes, WriteError};

/// What JavaScript reads in [`Cell64::Outcome`], or gets as a result.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Outcome {
    /// Nothing is waiting; nothing was sent.
    Nothing = 0,
    /// A message was sent, or has come.
    Message = 1,
    /// The peer has closed and everything it had sent has been read.
    Closed = 2,
    /// The port was posted to its own peer: the channel is lost.
    PostedToItself = 3,
    /// Several messages have come, in the block.
    Records = 4,
    /// A message has come with endpoints or a parcel.
    Attached = 5,
    /// A message has come that stands for a parcel, whose number is in [`Cell64::OtherKey`].
    Whole = 6,
    /// A message was sent to an endpoint for which `serve` was called: its messages can be handed on at once.
    Served = 7,
    /// As `Records`, for several members of a broadcast group, each of which gets what others have sent.
    Shared = 8,
}

impl From<Outcome> for f64 {
    /// As it stands in [`Cell64::Outcome`].
    fn from(outcome: Outcome) -> f64 {
        f64::from(outcome as u8)
    }
}

impl Outcome {
    /// Every outcome under the name that JavaScript uses.
    pub const NAMES: [(&str, Outcome); 9] = [
        ("NOTHING", Outcome::Nothing),
        ("MESSAGE", Outcome::Message),
        ("CLOSED", Outcome::Closed),
        ("POSTED_TO_ITSELF", Outcome::PostedToItself),
        ("RECORDS", Outcome::Records),
        ("ATTACHED", Outcome::Attached),
        ("WHOLE", Outcome::Whole),
        ("SERVED", Outcome::Served),
        ("SHARED", Outcome::Shared),
    ];
}

pub(super) type Call<'a, const N: usize> = Arguments<'a, N>;

pub(super) fn key(env: Env, value: Value) -> Result<Key> {
    // What is no key of this table, NaN included, names no endpoint.
    Ok(Key::from(env.number(value)? as u64))
}

pub(super) fn report(thread: &Thread, env: Env, outcome: Outcome) -> Result<Value> {
    thread.set(Cell64::Outcome, outcome.into());
    env.undefined()
}

/// `makeBlock() → ArrayBuffer`: makes the block that both sides see.
pub fn make_block(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    thread.make_block(env)
}

/// `connect(functions)`: takes the functions of `lib`.
pub fn connect(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    thread.connect(env, call.get(0))?;
    env.undefined()
}

/// `outside(work) → what it returns`: calls it at once, outside of every AsyncLocalStorage store.
pub fn outside(_: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    outside::outside(env, |env| env.call(call.get(0), []))
}

/// `hold(held)`: whether this copy of the JavaScript is held by its thread, because it holds a port.
pub fn hold(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    thread.hold(env, env.boolean(call.get(0))?)?;
    Ok(env.nothing())
}

/// `keepAlive(keep)`: whether the mailbox keeps the event loop alive.
pub fn keep_alive(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    thread.keep_alive(env, env.boolean(call.get(0))?);
    env.undefined()
}

/// `tellOfPorts(process)`: `process.getActiveResourcesInfo()` names ports that are ref'ed from here on, if it can be made to.
pub fn tell_of_ports(_: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    if active::tell(env, call.get(0)).is_err() {
        // A `process` of somebody else's making.
        env.take_exception();
    }
    Ok(env.nothing())
}

/// `createChannel()`: a channel with both ends attached here; their keys in the cells. Throws for want of stack before that.
pub fn create_channel(thread: &Thread, env: Env, _: &Call<'_, 1>) -> Result<Value> {
    stack::reserve(thread, env, stack::STEP)?;
    let (one, other) = channel::channel();
    let one = thread.attach(one)?;
    let other = thread.attach(other).inspect_err(|_| close_all(thread, &[one]))?;
    thread.set(Cell64::Key, one as f64);
    thread.set(Cell64::OtherKey, other as f64);
    env.undefined()
}

/// `start(key)`: messages are delivered from now on.
pub fn start(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let key = key(env, call.get(0))?;
    thread.with_table(|table| table.start(key))?;
    env.undefined()
}

/// `stop(key)`: messages queue from now on.
pub fn stop(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let key = key(env, call.get(0))?;
    thread.with_table(|table| table.stop(key))?;
    env.undefined()
}

/// `serve(key)`: who sends to the endpoint, in whatever thread, gets `SERVED` from now on.
pub fn serve(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let key = key(env, call.get(0))?;
    thread.with_endpoint(key, Endpoint::serve)?;
    env.undefined()
}

/// `close(key) → boolean`: closes the endpoint, or lets the member leave its group, if there is one.
pub fn close(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let key = key(env, call.get(0))?;
    let closed = thread.with_table(|table| table.close(key))?;
    env.make_boolean(closed)
}

/// `queued(key) → number`: how many messages wait to be read; -1 if there is no such endpoint.
pub fn queued(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let key = key(env, call.get(0))?;
    let queued = thread.with_table(|table| table.get(key).map(Endpoint::queued))?;
    env.make_number(queued.map_or(-1.0, |queued| queued as f64))
}

/// `peerKey(key) → number`: the key of the endpoint's peer, if that is attached here, too; else 0.
pub fn peer_key(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let key = key(env, call.get(0))?;
    let peer = thread.with_table(|table| table.peer_key(key))?;
    env.make_number(peer.map_or(0, u64::from) as f64)
}

/// `channelNumber(key) → number`: of the endpoint's channel, the same for both endpoints in whatever thread; 0 if there is no such
/// endpoint. For tracing.
pub fn channel_number(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let key = key(env, call.get(0))?;
    let number = thread.with_endpoint(key, Endpoint::channel_number)?;
    env.make_number(number.unwrap_or(0) as f64)
}

/// `rings() → number`: how often this thread has rung a doorbell, its own or another thread's. For tracing.
pub fn rings(_: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    env.make_number(doorbell::rings() as f64)
}

/// `agree(key, number) → number`: proposes a number that the endpoint and its peer, wherever that is, are to have in common. The
/// first proposal holds for good. Returns the number that held before, 0 if there was none; to propose 0 is to ask. Returns -1, and
/// proposes nothing, where none held and the peer has closed, or there is no such endpoint.
pub fn agree(thread: &Thread, env: Env, call: &Call<'_, 2>) -> Result<Value> {
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
pub fn is_peer(thread: &Thread, env: Env, call: &Call<'_, 3>) -> Result<Value> {
    let key = key(env, call.get(0))?;
    let other = self::key(env, call.get(2))?;
    let is_peer = copies::with(env.number(call.get(1))? as u64, |copy| {
        copy.with_endpoint(other, |peer| thread.with_endpoint(key, |endpoint| endpoint.is_entangled_with(peer)))
    });
    env.make_boolean(matches!(is_peer, Some(Ok(Some(Ok(Some(true)))))))
}

/// `nextParcel() → number`: a number for a parcel, larger than all before, in the whole process.
pub fn next_parcel(_: &Thread, env: Env, _: &Call<'_, 1>) -> Result<Value> {
    env.make_number(u64::from(Parcel::new()) as f64)
}

/// `beginDrain() → number`: how many events to deliver before the event loop gets its turn. Throws for want of stack: the
/// drain has not begun then.
pub fn begin_drain(thread: &Thread, env: Env, _: &Call<'_, 1>) -> Result<Value> {
    stack::reserve(thread, env, stack::COMPOUND)?;
    let budget = thread.with_table(|table| table.begin_drain())?;
    env.make_number(budget as f64)
}

/// `endDrain() → boolean`: whether the mailbox is asleep; else the doorbell has been rung again.
pub fn end_drain(thread: &Thread, env: Env, _: &Call<'_, 1>) -> Result<Value> {
    let asleep = thread.end_drain()?;
    env.make_boolean(asleep)
}

/// `watchLoops()`: messages are delivered in event loops that listeners run, from here on. To be called where there is libuv.
pub fn watch_loops(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    thread.nesting.watch(env, thread);
    env.undefined()
}

/// `park(key) → string`: leaves the endpoint in the process-wide registry; the token with which any thread can claim it.
/// If it is still there when this thread ends, it closes, unless it has been entrusted.
pub fn park(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let key = key(env, call.get(0))?;
    let Some(endpoint) = thread.with_table(|table| table.detach(key))? else {
        return Err(Failure::Other("there is no such endpoint".into()));
    };
    let token = registry::park(endpoint).map_err(|error| Failure::Other(error.to_string()))?;
    thread.answer_for(token);
    env.make_text(&token.to_string())
}

/// `claim(token) → number`: attaches the endpoint that was parked; 0 if there is none.
pub fn claim(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let endpoint = env.text(call.get(0))?.parse().ok().and_then(|token| registry::claim(&token));
    let key = endpoint.map_or(Ok(0), |endpoint| thread.attach(endpoint))?;
    env.make_number(key as f64)
}

/// `entrust(token)`: the endpoint that this thread parked may outlive it: somebody else knows the token now.
pub fn entrust(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    if let Ok(token) = env.text(call.get(0))?.parse() {
        thread.entrust(&token);
    }
    env.undefined()
}

/// `revoke(token) → boolean`: closes the endpoint if it is still parked.
pub fn revoke(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let Ok(token) = env.text(call.get(0))?.parse() else { return env.make_boolean(false) };
    thread.entrust(&token);
    env.make_boolean(registry::revoke(&token))
}

/// `atClosing() → boolean`: asks for a call of the hook `finishClosing` where the event loop closes handles; false if there is no
/// such place.
pub fn at_closing(thread: &Thread, env: Env, _: &Call<'_, 1>) -> Result<Value> {
    env.make_boolean(closing_phase::ask(env, thread)?)
}

/// `raise(error)`: as if nobody had caught it.
pub fn raise(_: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    env.uncaught_exception(call.get(0))?;
    env.undefined()
}

/// `serialize(value, session) → ArrayBuffer`: the portable form.
pub fn serialize(thread: &Thread, env: Env, call: &Call<'_, 2>) -> Result<Value> {
    let (bytes, _) = encode(thread, env, call.get(0), call.get(1))?;
    clone::make_buffer(env, thread.hooks()?, &bytes)
}

/// `deserialize(bytes) → value`: from the portable form in a Uint8Array.
pub fn deserialize(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    // What JavaScript throws while the value is made says what is wrong with the bytes: a full stack is something else.
    stack::reserve(thread, env, stack::OPERATION)?;
    // A copy, because the memory may be shared, and making the value runs JavaScript.
    let bytes = env.with_uint8array(call.get(0), Bytes::copy)?.ok_or(WriteError::OutOfMemory)?;
    clone::deserialize_portable(env, thread.hooks()?, &bytes)
}

/// `leftovers() → object`: what stands in this thread of messages that are being written or delivered, by name. Between two
/// operations that have ended nothing does; after one that was cut short, until the next one of its kind begins. For tests.
pub fn leftovers(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let object = env.make_object()?;
    for (name, count) in thread.leftovers() {
        env.set_property(object, env.make_text(name)?, env.make_number(count as f64)?)?;
    }
    Ok(object)
}

pub(super) fn encode(thread: &Thread, env: Env, value: Value, session: Value) -> Result<(Bytes, bool)> {
    let mut writer = thread.writer();
    let parcel = clone::serialize(env, thread.hooks()?, session, value, &mut writer);
    let written = parcel.and_then(|parcel| Ok((Bytes::copy(writer.finish()?).ok_or(WriteError::OutOfMemory)?, parcel)));
    thread.reuse(writer);
    written
}

/// Sends a message, and says what became of it; without an endpoint it goes nowhere.
#[inline]
pub(super) fn dispatch(
    thread: &Thread,
    key: Key,
    send: impl FnOnce(&Endpoint) -> std::result::Result<(), SendError>,
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
fn close_all(thread: &Thread, keys: &[u64]) {
    for &key in keys {
        let _ = thread.with_table(|table| table.close(Key::from(key)));
    }
}

/// Attaches the endpoints that came with a message, unpacks the parcel that went along with it, then reads it. If the message
/// cannot be read, they close, whatever has been made of them.
pub(super) fn decode(thread: &Thread, env: Env, key: Key, mut message: Message) -> Result<Value> {
    // A thread that is being terminated runs on for some instructions after a call has failed: only a value that has been
    // read is a message.
    report(thread, env, Outcome::Nothing)?;
    let attached = attach_all(thread, message.take_endpoints())?;
    let value = read_beside(thread, env, key, &message, &attached).inspect_err(|_| close_all(thread, &attached))?;
    report(thread, env, Outcome::Message)?;
    Ok(value)
}

/// Reads a message whose endpoints are attached.
fn read_beside(thread: &Thread, env: Env, key: Key, message: &Message, attached: &[u64]) -> Result<Value> {
    let hooks = thread.hooks()?;
    let undefined = env.undefined()?;
    let mut beside = clone::Beside { ports: undefined, parcel: undefined };
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
    clone::deserialize(env, hooks, &message.bytes, Form::Local(&KnownShapes), beside)
}
