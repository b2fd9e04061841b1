//! Blocking calls: the thread waits for messages, or for room, without returning to JavaScript.

use std::sync::Arc;
use std::time::{Duration, Instant};

use napi::sys::ValueType;

use super::block::Cell64;
use super::messages::{Call, key};
use super::outcome::Outcome;
use super::thread::{self, Thread};
use crate::channel::{Key, Limits, Signal, Want, Woken};
use crate::js::{Env, Failure, Result, Value};

/// How often a blocked thread asks whether its environment is stopping. Nobody can interrupt a call of Node-API, so this is the longest that
/// `worker.terminate()` and `process.exit()` wait for it.
const SLICE: Duration = Duration::from_millis(25);

/// `wait(keys, isForRoom, most, isFed, copy, signal) → Outcome`: blocks the thread until one of the endpoints has a message, or its peer's queue has room, or
/// their peer has closed: `MESSAGE` or `ROOM`, and the endpoint's key in the cell `KEY`. `keys` is a key or an array of keys, in the order of
/// preference. Or until so many milliseconds have passed, Infinity for any number: `TIMED_OUT`. `DEADLOCK`: nobody can end the wait.
/// `ABORTED`: the signal of that number, of the copy of ferroport with that number, was aborted; 0 for no copy stands for no signal.
/// `CLOSED`: there is no endpoint under one of the keys. How many milliseconds have passed is in the cell `LENGTH`.
///
/// `isFed` says that something else than the peers may bring messages, so that no verdict is possible. Throws once the environment is
/// stopping.
pub fn wait<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 6>) -> Result<Value<'s>> {
    let is_for_room = env.boolean(call.get(1))?;
    let want = |key| if is_for_room { Want::Room(key) } else { Want::Message(key) };
    let keys = keys(env, call.get(0))?;
    let wants: Vec<Want> = keys.iter().map(|key| want(*key)).collect();
    let until = until(env.number(call.get(2))?);
    let is_fed = env.boolean(call.get(3))?;
    let Some(waiter) = thread.with_table(|table| table.waiter(&wants))? else {
        thread.set(Cell64::Length, 0.0);
        return env.make_int(Outcome::Closed as i32);
    };
    let start = Instant::now();
    if until.is_none_or(|until| Instant::now() < until) {
        thread.blocking_patience.wait(|| waiter.look().is_some());
    }
    let signal = signal(thread, env, call)?;
    let is_aborted = || signal.as_ref().is_some_and(|signal| signal.is_aborted());
    let limits = Limits { until, slice: SLICE, is_open: signal.is_some(), detects: !is_fed };
    let woken = match waiter.look() {
        Some(index) => Woken::Ready(index),
        None => {
            // One handle, however long this takes.
            let undefined = env.undefined()?;
            let mailbox = waiter.mailbox().clone();
            let _watch = signal.as_ref().map(|signal| signal.watch(Arc::new(move || mailbox.wake())));
            waiter.wait(limits, || is_aborted() || is_stopping(env, undefined))
        }
    };
    thread.set(Cell64::Length, start.elapsed().as_secs_f64() * 1000.0);
    let outcome = match woken {
        Woken::Ready(index) => {
            thread.blocking_patience.has_come_after(start.elapsed());
            thread.set(Cell64::Key, u64::from(keys[index]) as f64);
            if is_for_room { Outcome::Room } else { Outcome::Message }
        }
        Woken::TimedOut => Outcome::TimedOut,
        Woken::Deadlocked => Outcome::Deadlock,
        Woken::Stopped if is_aborted() => Outcome::Aborted,
        Woken::Stopped => return Err(Failure::Pending),
    };
    env.make_int(outcome as i32)
}

/// A key, or an array of keys.
fn keys(env: Env, given: Value) -> Result<Vec<Key>> {
    if env.type_of(given)? == ValueType::napi_number {
        return Ok(vec![key(env, given)?]);
    }
    (0..env.array_length(given)?).map(|index| key(env, env.element(given, index)?)).collect()
}

/// The signal that the caller names.
fn signal(thread: &Thread, env: Env, call: &Call<6>) -> Result<Option<Arc<Signal>>> {
    let (copy, number) = (env.number(call.get(4))? as u64, env.number(call.get(5))? as u32);
    if copy == 0 {
        return Ok(None);
    }
    if copy == thread.number() {
        return thread.signals.signal(number).map(Some);
    }
    thread::with_copy(copy, |other| other.signals.signal(number)).transpose()
}

/// When so many milliseconds will have passed; `None` for more than a clock can count.
fn until(most: f64) -> Option<Instant> {
    let most = Duration::try_from_secs_f64(most / 1000.0).ok()?;
    Instant::now().checked_add(most)
}

/// Whether no JavaScript can run in the environment any more: the worker is being terminated, or the process exits.
fn is_stopping(env: Env, value: Value) -> bool {
    // A call that fails where no JavaScript may run, and that does nothing else.
    env.is_same(value, value).is_err()
}

/// `wakePeer(key)`: lets the thread that has the endpoint's peer look up if it is blocked.
pub fn wake_peer<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    thread.with_table(|table| table.wake_peer(key))?;
    env.undefined()
}
