//! The functions that JavaScript calls, all about endpoints by the keys of this thread's table.

use super::block::Cell64;
use super::outside;
use super::stack;
use super::thread::Thread;
use crate::channel::{self, Endpoint, Key, Message, Parcel, SendError, registry};
use crate::clone;
use crate::js::{Arguments, Env, Failure, Result, Value};
use crate::memory::Bytes;
use crate::wire::{Form, KnownShapes};

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
    /// Not sent yet: a parcel must go ahead. The draft's number is in [`Cell64::Key`].
    Draft = 4,
    /// Several messages have come, in the block.
    Records = 5,
    /// A message has come with endpoints or a parcel.
    Attached = 6,
    /// A message has come that stands for a parcel, whose number is in [`Cell64::OtherKey`].
    Whole = 7,
}

impl From<Outcome> for f64 {
    /// As it stands in [`Cell64::Outcome`].
    fn from(outcome: Outcome) -> f64 {
        f64::from(outcome as u8)
    }
}

impl Outcome {
    /// Every outcome under the name that JavaScript uses.
    pub const NAMES: [(&str, Outcome); 8] = [
        ("NOTHING", Outcome::Nothing),
        ("MESSAGE", Outcome::Message),
        ("CLOSED", Outcome::Closed),
        ("POSTED_TO_ITSELF", Outcome::PostedToItself),
        ("DRAFT", Outcome::Draft),
        ("RECORDS", Outcome::Records),
        ("ATTACHED", Outcome::Attached),
        ("WHOLE", Outcome::Whole),
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

/// `keepAlive(keep)`: whether the mailbox keeps the event loop alive.
pub fn keep_alive(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    thread.keep_alive(env, env.boolean(call.get(0))?);
    env.undefined()
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

/// `close(key) → boolean`: closes the endpoint, if there is one.
pub fn close(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let key = key(env, call.get(0))?;
    let closed = thread.with_table(|table| table.close(key))?;
    thread.leave(key);
    env.make_boolean(closed)
}

/// `queued(key) → number`: how many messages wait to be read; -1 if there is no such endpoint.
pub fn queued(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let key = key(env, call.get(0))?;
    let queued = thread.with_table(|table| table.get(key).map(Endpoint::queued))?;
    env.make_number(queued.map_or(-1.0, |queued| queued as f64))
}

/// `post(key, value, session) → Outcome`: clones `value` and sends it; without an endpoint it is cloned all the same.
pub fn post(thread: &Thread, env: Env, call: &Call<'_, 3>) -> Result<Value> {
    let (bytes, parcel) = encode(thread, env, call.get(1), call.get(2))?;
    if parcel {
        thread.set(Cell64::Key, thread.keep_draft(bytes) as f64);
        return env.make_int(Outcome::Draft as i32);
    }
    send(thread, env, key(env, call.get(0))?, Message::new(bytes))
}

/// `draft(value, session) → number`: clones `value` and keeps the result.
pub fn draft(thread: &Thread, env: Env, call: &Call<'_, 2>) -> Result<Value> {
    let (bytes, _) = encode(thread, env, call.get(0), call.get(1))?;
    env.make_number(thread.keep_draft(bytes) as f64)
}

/// `peerKey(key) → number`: the key of the endpoint's peer, if that is attached here, too; else 0.
pub fn peer_key(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let key = key(env, call.get(0))?;
    let peer = thread.with_table(|table| table.peer_key(key))?;
    env.make_number(peer.map_or(0, u64::from) as f64)
}

/// `nextParcel() → number`: a number for a parcel, larger than all before, in the whole process.
pub fn next_parcel(_: &Thread, env: Env, _: &Call<'_, 1>) -> Result<Value> {
    env.make_number(u64::from(Parcel::new()) as f64)
}

/// `sendDraft(key, draft, ports, parcel) → Outcome`: sends what was kept with the endpoints of `ports`, an array of keys;
/// `parcel` is the number of what goes along with it, 0 for nothing.
pub fn send_draft(thread: &Thread, env: Env, call: &Call<'_, 4>) -> Result<Value> {
    let Some(bytes) = thread.take_draft(env.number(call.get(1))? as usize) else {
        return Err(Failure::Other("there is no such draft".into()));
    };
    let ports = call.get(2);
    let keys = (0..env.array_length(ports)?).map(|i| key(env, env.element(ports, i)?)).collect::<Result<Vec<_>>>()?;
    let endpoints = thread.with_table(|table| keys.iter().map(|&key| table.detach(key)).collect::<Vec<_>>())?;
    // A key without endpoint cannot come from `lib`; the port arrives closed rather than another in its place.
    let endpoints = endpoints.into_iter().map(|endpoint| endpoint.unwrap_or_else(|| channel::channel().0)).collect();
    let mut message = Message::with_endpoints(bytes, endpoints);
    if let Some(parcel) = Parcel::from_number(env.number(call.get(3))? as u64) {
        message = message.with_parcel(parcel);
    }
    send(thread, env, key(env, call.get(0))?, message)
}

/// `sendWhole()`: sends a message that stands for the parcel of which the number is in the cell `OTHER_KEY`: the value is
/// that and nothing else. From the endpoint in the cell `KEY`.
pub fn send_whole(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let block = thread.block()?;
    let Some(parcel) = Parcel::from_number(block.get(Cell64::OtherKey) as u64) else {
        return Err(Failure::Other("there is no such parcel".into()));
    };
    let key = Key::from(block.get(Cell64::Key) as u64);
    let message = Message::default().with_parcel(parcel);
    let outcome = outcome_of(thread.with_endpoint(key, |endpoint| endpoint.send(message))?);
    block.set(Cell64::Outcome, outcome.into());
    Ok(env.nothing())
}

/// `dropDraft(draft)`: forgets what was kept.
pub fn drop_draft(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    drop(thread.take_draft(env.number(call.get(0))? as usize));
    env.undefined()
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

/// `raise(error)`: as if nobody had caught it.
pub fn raise(_: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    env.uncaught_exception(call.get(0))?;
    env.undefined()
}

/// `serialize(value, session) → ArrayBuffer`: the portable form.
pub fn serialize(thread: &Thread, env: Env, call: &Call<'_, 2>) -> Result<Value> {
    let (bytes, _) = encode(thread, env, call.get(0), call.get(1))?;
    env.make_buffer(&bytes)
}

/// `deserialize(bytes) → value`: from the portable form in a Uint8Array.
pub fn deserialize(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    // A copy, because the memory may be shared, and making the value runs JavaScript.
    let bytes = env.with_uint8array(call.get(0), <[u8]>::to_vec)?;
    clone::deserialize_portable(env, thread.hooks()?, &bytes)
}

pub(super) fn encode(thread: &Thread, env: Env, value: Value, session: Value) -> Result<(Bytes, bool)> {
    let mut writer = thread.writer();
    let written = clone::serialize(env, thread.hooks()?, session, value, &mut writer)
        .and_then(|parcel| Ok((Bytes::from(writer.finish()?), parcel)));
    thread.reuse(writer);
    written
}

fn send(thread: &Thread, env: Env, key: Key, message: Message) -> Result<Value> {
    let outcome = outcome_of(thread.with_endpoint(key, |endpoint| endpoint.send(message))?);
    env.make_int(outcome as i32)
}

/// What became of a message; without an endpoint it goes nowhere.
pub(super) fn outcome_of<M>(sent: Option<std::result::Result<M, SendError>>) -> Outcome {
    match sent {
        None => Outcome::Nothing,
        Some(Ok(_)) => Outcome::Message,
        Some(Err(SendError::Closed(_))) => Outcome::Closed,
        Some(Err(SendError::PostedToItself)) => Outcome::PostedToItself,
    }
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
