//! The functions of signals that threads share, by their numbers in this thread.

use std::sync::Arc;
use std::time::Duration;

use super::messages::Call;
use super::stack;
use super::thread::{self, Thread};
use crate::channel::{self, Named, Reason, Signal};
use crate::clone::{self, Beside};
use crate::js::{Env, Failure, Result, Value};
use crate::memory::Bytes;
use crate::wire::{Form, KnownShapes, WriteError};

/// An argument that is the number of a signal. What is none, NaN included, names no signal.
fn number(env: Env, value: Value) -> Result<u32> {
    Ok(env.number(value)? as u32)
}

fn entered<'s>(thread: &Thread, env: Env<'s>, signal: &Arc<Signal>) -> Result<Value<'s>> {
    let number = thread.signals.enter(env, signal)?;
    env.make_number(f64::from(number))
}

/// `newSignal() → number`: a signal that this thread may abort: it has one use and one aborter.
pub fn new_signal<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let signal = Signal::new();
    let number = thread.signals.enter(env, &signal)?;
    thread.signals.add_aborter(number)?;
    env.make_number(f64::from(number))
}

/// `expiringSignal(milliseconds) → number`: a signal that is aborted by itself after that time. It has one use.
pub fn expiring_signal<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let after = Duration::from_millis(env.number(call.get(0))? as u64);
    match channel::expiring(after) {
        Ok(signal) => entered(thread, env, &signal),
        Err(_) => Err(Failure::internal("the operating system gives no thread for a timeout")),
    }
}

/// `followingSignal(numbers, aborters) → number`: a signal that is aborted when one of the signals with these numbers is, for the same
/// reason, and that this thread may abort, too, if there are `aborters`. It has one use.
pub fn following_signal<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let list = call.get(0);
    let mut sources = Vec::new();
    for index in 0..env.array_length(list)? {
        sources.push(thread.signals.signal(number(env, env.element(list, index)?)?)?);
    }
    let aborters = number(env, call.get(1))?;
    let signal = Signal::new();
    let entered = thread.signals.enter(env, &signal)?;
    for _ in 0..aborters {
        thread.signals.add_aborter(entered)?;
    }
    for source in &sources {
        if let Err(reason) = signal.follow(source) {
            signal.abort(reason, None);
            break;
        }
    }
    env.make_number(f64::from(entered))
}

/// `useSignal(number)`: one use more of the signal.
pub fn use_signal<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    thread.signals.use_again(number(env, call.get(0))?)?;
    Ok(env.nothing())
}

/// `releaseSignal(number)`: one use less. When there is neither use nor aborter, the number is given to another signal.
pub fn release_signal<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    thread.signals.release(number(env, call.get(0))?);
    Ok(env.nothing())
}

/// `releaseAborter(number)`: one less in this thread who may abort the signal. When there is none in any thread, nobody can abort it.
pub fn release_aborter<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    thread.signals.release_aborter(number(env, call.get(0))?);
    Ok(env.nothing())
}

/// `isSignalElsewhere(number) → boolean`: whether anybody but this thread has the signal.
pub fn is_signal_elsewhere<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let found = thread.signals.is_elsewhere(number(env, call.get(0))?)?;
    env.make_boolean(found)
}

/// `signalFlags(chunk) → ArrayBuffer`: the memory with the flags of the signals from `SIGNAL_FLAGS * chunk` on, an int32 each: 1 once the
/// signal is aborted.
pub fn signal_flags<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    thread.signals.chunk(env, number(env, call.get(0))?)
}

/// `abortSignal(number, value, parts) → number[]`: aborts the signal, and those that follow it. The reason is a message in `value`, and what
/// its parcel would have in `parts`, as `serialize` gives them. Empty if the signal was aborted before. Otherwise, for each of these signals
/// that this thread has: its number, and that under which it is listened to, or 0: nobody else tells of it.
pub fn abort_signal<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 3>) -> Result<Value<'s>> {
    let number = number(env, call.get(0))?;
    let copy = |index| {
        // SAFETY: a copy runs no JavaScript.
        let copy = unsafe { env.with_uint8array(call.get(index), Bytes::copy) }?;
        copy.ok_or_else(|| Failure::from(WriteError::OutOfMemory))
    };
    let reason = Reason::Value(copy(1)?, copy(2)?);
    thread.reserve_stack(env, stack::OPERATION)?;
    let list = env.make_array()?;
    let aborted = thread.signals.abort(number, reason)?;
    numbers(env, list, aborted)
}

fn numbers<'s>(env: Env<'s>, list: Value<'s>, aborted: Vec<Named>) -> Result<Value<'s>> {
    let flat = aborted.into_iter().flat_map(|(name, listened)| [name, listened.unwrap_or(0)]);
    for (index, number) in (0..).zip(flat) {
        env.set_element(list, index, env.make_number(f64::from(number))?)?;
    }
    Ok(list)
}

/// `listenToSignals() → number`: the key of an endpoint on which this thread hears of signals: a number under which it listens when the signal
/// is aborted, the same below zero when nobody can abort the signal any more.
pub fn listen_to_signals<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let (near, far) = channel::channel();
    let key = thread.attach(near)?;
    thread.signals.tell_over(far);
    env.make_number(key as f64)
}

/// `listenToSignal(number, as) → boolean`: hears of the signal from now on, as number `as`. False if it is aborted, or can never be.
pub fn listen_to_signal<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let listens = thread.signals.listen(number(env, call.get(0))?, number(env, call.get(1))?)?;
    env.make_boolean(listens)
}

/// `stopListening(number)`: hears no more of it; what is under way still comes.
pub fn stop_listening<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    thread.signals.stop_listening(number(env, call.get(0))?);
    Ok(env.nothing())
}

/// `isSignalSettled(number) → boolean`: whether the signal is aborted, or can never be.
pub fn is_signal_settled<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let settled = thread.signals.signal(number(env, call.get(0))?)?.is_settled();
    env.make_boolean(settled)
}

/// `haveSameReason(number, other) → boolean`: whether both signals were aborted at once.
pub fn have_same_reason<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let reason = |index| Ok::<_, Failure>(thread.signals.signal(number(env, call.get(index))?)?.reason());
    let same = match (reason(0)?, reason(1)?) {
        (Some(one), Some(other)) => Arc::ptr_eq(&one, &other),
        _ => false,
    };
    env.make_boolean(same)
}

/// `reasonParts(number) → Array | null | undefined`: what the parcel of the signal's reason has, for `reason`; null if the reason is that
/// its time was over; undefined if it is not aborted.
pub fn reason_parts<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    thread.reserve_stack(env, stack::OPERATION)?;
    match thread.signals.signal(number(env, call.get(0))?)?.reason().as_deref() {
        None => env.undefined(),
        Some(Reason::Timeout) => env.null(),
        Some(Reason::Value(_, parts)) => clone::deserialize_portable(env, &thread.hooks()?.codec, parts),
    }
}

/// `reason(number, parts) → value`: the value for which the signal was aborted.
pub fn reason<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    thread.reserve_stack(env, stack::OPERATION)?;
    let undefined = env.undefined()?;
    match thread.signals.signal(number(env, call.get(0))?)?.reason().as_deref() {
        Some(Reason::Value(value, _)) => {
            let beside = Beside { ports: undefined, parcel: call.get(1), signals: undefined };
            clone::deserialize(env, &thread.hooks()?.codec, value, Form::Local(&KnownShapes), beside)
        }
        _ => env.undefined(),
    }
}

/// `sendAlong(copy, number)`: the signal of that number, of the copy of ferroport with that number, goes along with the message that is being
/// sent. To be called as the last thing before `sendAhead` returns, for each signal in the message's order.
pub fn send_along<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let (copy, number) = (env.number(call.get(0))? as u64, number(env, call.get(1))?);
    let found = if copy == thread.number() {
        Some(thread.signals.signal(number))
    } else {
        thread::with_copy(copy, |other| other.signals.signal(number))
    };
    match found {
        Some(Ok(signal)) => thread.signals.send_along(signal),
        // A number without a signal cannot come from `lib`. One that nobody can abort arrives, rather than another in its place.
        _ => thread.signals.send_along(Signal::new()),
    }
    Ok(env.nothing())
}
