//! What `require` of the addon gives: its functions and the numbers that both languages must agree on.

use std::ffi::CStr;
use std::ptr;
use std::rc::Rc;

use napi::sys;

use super::block::{self, Cell64, Control};
use super::broadcast;
use super::copies;
use super::descriptors;
use super::functions;
use super::held_signals;
use super::lane::{self, Keeping};
use super::links;
use super::native;
use super::outcome::Outcome;
use super::panics::guarded;
use super::post;
use super::signals;
use super::stack;
use super::thread::Thread;
use super::waiting;
use crate::channel::{Endpoint, Key, LEAST_BUDGET};
use crate::js::{Arguments, Env, Failure, Result, Value};
use crate::wire::{ErrorKind, LONGEST_KEY, MOST_KEYS, OFTEN_ENOUGH, ViewKind, tag};

/// The body of a function that JavaScript calls with `N` arguments; missing ones are undefined.
type Body<const N: usize> = for<'s> fn(&Thread, Env<'s>, &Arguments<'s, N>) -> Result<Value<'s>>;

/// Declares [`NATIVES`]. That a body takes as many arguments as its type in TypeScript says is checked when this is compiled.
macro_rules! natives {
    ($($name:literal: $signature:literal = $body:path;)*) => {
        /// The functions that JavaScript calls, by name. What they do is said where they are; scripts/natives.js writes both down for
        /// TypeScript.
        const NATIVES: &[(&CStr, sys::napi_callback)] = &[$(
            ($name, {
                const _: () = assert!(agree(arity($signature), taken($body)), "a function takes other arguments than are stated");

                unsafe extern "C" fn callback(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
                    // SAFETY: called by Node-API with what it says, made by `instance` with the thread's state.
                    unsafe { enter(env, info, $body) }
                }
                Some(callback)
            }),
        )*];
    };
}

/// How many arguments a body takes.
const fn taken<const N: usize>(_: Body<N>) -> usize {
    N
}

/// How many parameters a function of that type in TypeScript has; `None` for any number.
const fn arity(signature: &str) -> Option<usize> {
    let bytes = signature.as_bytes();
    let (mut at, mut depth, mut count, mut is_empty) = (0, 0, 0, true);
    while at < bytes.len() {
        match bytes[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(if is_empty { 0 } else { count + 1 });
                }
            }
            b',' if depth == 1 => count += 1,
            b'.' => return None,
            _ => is_empty = is_empty && depth == 0,
        }
        at += 1;
    }
    None
}

const fn agree(stated: Option<usize>, taken: usize) -> bool {
    match stated {
        Some(stated) => stated == taken,
        None => true,
    }
}

natives! {
    c"makeBlock": "() => ArrayBuffer" = functions::make_block;
    c"connect": "(functions: object) => void" = functions::connect;
    c"outside": "<T>(work: () => T) => T" = functions::outside;
    c"hold": "(held: boolean) => void" = functions::hold;
    c"keepAlive": "(keep: boolean) => void" = functions::keep_alive;
    c"tellOfPorts": "(process: unknown) => void" = functions::tell_of_ports;
    c"createChannel": "() => void" = functions::create_channel;
    c"start": "(key: number) => void" = functions::start;
    c"serve": "(key: number) => void" = functions::serve;
    c"stop": "(key: number) => void" = functions::stop;
    c"close": "(key: number) => number" = functions::close;
    c"closeWith": "(key: number, reason: number) => void" = links::close_with;
    c"pump": "(descriptor: number) => number" = descriptors::pump;
    c"duplicateDescriptor": "(descriptor: number) => number" = descriptors::duplicate_descriptor;
    c"closeDescriptor": "(descriptor: number) => void" = descriptors::close_descriptor;
    c"takeFrom": "(key: number) => void" = links::take_from;
    c"takePortable": "(key: number, pool: Uint8Array, at: number) => Taken | undefined" = links::take_portable;
    c"postPortable": "(key: number, bytes: Uint8Array, ports: number[]) => number" = links::post_portable;
    c"queued": "(key: number) => number" = functions::queued;
    c"setThread": "(number: number) => void" = functions::set_thread;
    c"setMark": "(key: number, messages: number, bytes: number) => void" = functions::set_mark;
    c"bars": "(key: number) => number" = native::bars;
    c"becomeNative": "(keys: number[], isLink: boolean) => number" = native::become_native;
    c"handOver": "(key: number) => object | undefined" = native::hand_over;
    c"room": "(key: number) => number" = functions::room;
    c"boundPeer": "(key: number, messages: number, bytes: number) => void" = functions::bound_peer;
    c"leaveNotice": "(key: number, bytes: Uint8Array) => void" = functions::leave_notice;
    c"notice": "(key: number) => ArrayBuffer | undefined" = functions::notice;
    c"counts": "(key: number) => number[]" = functions::counts;
    c"openKeys": "() => number[]" = functions::open_keys;
    c"whereabouts": "(key: number) => string" = functions::whereabouts;
    c"wait": "(keys: Keys, isForRoom: boolean, most: number, isFed: boolean, copy: number, signal: number) => number" = waiting::wait;
    c"wakePeer": "(key: number) => void" = waiting::wake_peer;
    c"peerKey": "(key: number) => number" = functions::peer_key;
    c"channelNumber": "(key: number) => number" = functions::channel_number;
    c"rings": "() => number" = functions::rings;
    c"agree": "(key: number, number: number) => number" = functions::agree;
    c"isPeer": "(key: number, copy: number, other: number) => boolean" = functions::is_peer;
    c"nextParcel": "() => number" = functions::next_parcel;
    c"post": "(key: number, value: unknown, session: object | undefined, sendAhead: SendAhead | undefined) => number" = post::post;
    c"postListed": "(key: number, value: unknown, session: object, sendAhead: SendAhead) => number" = post::post_listed;
    c"sendBeside": "(key: number, sendAhead: SendAhead) => number" = post::send_beside;
    c"sendWritten": "(key: number) => number" = post::send_written;
    c"setContext": "(context: string | undefined) => void" = post::set_context;
    c"context": "() => string | undefined" = post::context;
    c"beginKept": "(key: number) => void" = post::begin_kept;
    c"sendKept": "(key: number, number: number) => number" = post::send_kept;
    c"sendPort": "(key: number, moved: number) => number" = post::send_port;
    c"sendWhole": "(key: number, sendAhead: SendAhead) => number" = post::send_whole;
    c"sendOrder": "(key: number, bytes: Uint8Array) => number" = post::send_order;
    c"beginDrain": "() => number" = functions::begin_drain;
    c"endDrain": "() => boolean" = functions::end_drain;
    c"atClosing": "() => boolean" = functions::at_closing;
    c"watchLoops": "() => void" = functions::watch_loops;
    c"park": "(key: number) => string" = functions::park;
    c"claim": "(token: string) => number" = functions::claim;
    c"entrust": "(token: string) => void" = functions::entrust;
    c"revoke": "(token: string) => boolean" = functions::revoke;
    c"reserveStack": "() => void" = functions::reserve_stack;
    c"reserveStepStack": "() => void" = functions::reserve_step_stack;
    c"reserveDeepStack": "() => void" = functions::reserve_deep_stack;
    c"reserveLevels": "() => void" = functions::reserve_levels;
    c"raise": "(error: unknown) => void" = functions::raise;
    c"leftovers": "() => Record<string, number>" = functions::leftovers;
    c"serialize": "(value: unknown, session: object) => ArrayBuffer" = functions::serialize;
    c"deserialize": "(bytes: Uint8Array) => unknown" = functions::deserialize;
    c"broadcastSecret": "() => string" = broadcast::broadcast_secret;
    c"join": "(name: string) => void" = broadcast::join;
    c"broadcast": "() => void" = broadcast::broadcast;
    c"broadcastValue": "(key: number, value: unknown, session: object | undefined, sendAhead: SendAhead | undefined) => void" = broadcast::broadcast_value;
    c"audience": "(key: number) => void" = broadcast::audience;
    c"broadcastBeside": "(key: number, sendAhead: SendAhead) => void" = broadcast::broadcast_beside;
    c"newSignal": "() => number" = signals::new_signal;
    c"expiringSignal": "(milliseconds: number) => number" = signals::expiring_signal;
    c"followingSignal": "(numbers: number[], aborters: number) => number" = signals::following_signal;
    c"useSignal": "(number: number) => void" = signals::use_signal;
    c"releaseSignal": "(number: number) => void" = signals::release_signal;
    c"releaseAborter": "(number: number) => void" = signals::release_aborter;
    c"isSignalElsewhere": "(number: number) => boolean" = signals::is_signal_elsewhere;
    c"isSignalSettled": "(number: number) => boolean" = signals::is_signal_settled;
    c"signalFlags": "(chunk: number) => ArrayBuffer" = signals::signal_flags;
    c"abortSignal": "(number: number, value: Uint8Array, parts: Uint8Array) => number[]" = signals::abort_signal;
    c"listenToSignals": "() => number" = signals::listen_to_signals;
    c"listenToSignal": "(number: number, as: number) => boolean" = signals::listen_to_signal;
    c"stopListening": "(number: number) => void" = signals::stop_listening;
    c"haveSameReason": "(number: number, other: number) => boolean" = signals::have_same_reason;
    c"reasonParts": "(number: number) => unknown[] | null | undefined" = signals::reason_parts;
    c"reason": "(number: number, parts: unknown[]) => unknown" = signals::reason;
    c"sendAlong": "(copy: number, number: number) => void" = signals::send_along;
    c"send": "() => void" = lane::send;
    c"flush": "() => void" = lane::flush;
    c"discard": "() => void" = lane::discard;
    c"appendValue": "(value: unknown, session: object | undefined) => boolean" = lane::append_value;
    c"appendString": "(string: string, isLatin1: boolean) => void" = lane::append_string;
    c"appendBytes": "(bytes: Uint8Array) => void" = lane::append_bytes;
    c"writeLatin1": "(string: string) => void" = lane::write_latin1;
    c"writeUtf16": "(string: string) => void" = lane::write_utf16;
    c"writeBigInts": "(count: number, ...bigints: bigint[]) => number" = lane::write_bigints;
    c"writeDigits": "(bigint: bigint) => boolean" = lane::write_digits;
    c"internShape": "(keys: string[], seen: number) => number | undefined" = lane::intern_shape;
    c"shapeKeys": "(number: number) => string[] | undefined" = lane::shape_keys;
    c"take": "() => void" = lane::take;
    c"receive": "(key: number) => void" = lane::receive;
    c"window": "() => void" = lane::window;
    c"release": "() => void" = lane::release;
    c"order": "() => ArrayBuffer" = lane::order;
    c"read": "() => unknown" = lane::read;
    c"readRecord": "() => unknown" = lane::read_record;
    c"latin1": "() => string" = lane::latin1;
    c"utf16": "() => string" = lane::utf16;
    c"many": "(most: number, list: (...values: unknown[]) => unknown[]) => unknown[]" = lane::many;
    c"longLatin1": "() => string" = lane::long_latin1;
    c"longUtf16": "() => string" = lane::long_utf16;
    c"fillBytes": "(bytes: Uint8Array) => void" = lane::fill_bytes;
    c"longBytes": "() => ArrayBuffer" = lane::long_bytes;
    c"digits": "(isNegative: boolean) => bigint" = lane::digits;
}

/// Puts everything on `exports`, for the environment `env`: the numbers, and `instantiate() → object`, which makes the functions
/// for one copy of the JavaScript: any number of copies may be loaded in one thread, each with its own.
///
/// # Errors
/// What Node-API says.
pub fn load(env: Env, exports: Value) -> Result<()> {
    guarded(|| define(env, exports))
}

fn define(env: Env, exports: Value) -> Result<()> {
    // SAFETY: `instantiate` expects no data.
    set(env, exports, c"instantiate", unsafe {
        env.make_function(c"instantiate", Some(instantiate), ptr::null_mut())
    }?)?;
    set(env, exports, c"version", env.make_text(env!("CARGO_PKG_VERSION"))?)?;
    set(env, exports, c"library", env.make_number(copies::library())?)?;
    set(env, exports, c"places", numbers(env, &[Cell64::NAMES, Control::NAMES, block::SIZES].concat())?)?;
    let limits = [
        ("MOST_KEYS", MOST_KEYS as u32),
        ("LONGEST_KEY", LONGEST_KEY as u32),
        ("OFTEN_ENOUGH", OFTEN_ENOUGH),
        ("MOST_IN_RUN", lane::MOST_IN_RUN as u32),
        ("MOST_BIGINTS", lane::MOST_BIGINTS as u32),
        ("LEVELS", stack::LEVELS as u32),
        ("SLOTS", Key::SLOTS as u32),
        ("LEAST_BUDGET", LEAST_BUDGET as u32),
        ("SIGNAL_FLAGS", held_signals::FLAGS),
        ("LINKED", Endpoint::LINKED),
    ];
    set(env, exports, c"limits", numbers(env, &limits)?)?;
    set(env, exports, c"tags", numbers(env, tag::CONSTANTS)?)?;
    set(env, exports, c"outcomes", numbers(env, Outcome::NAMES)?)?;
    set(env, exports, c"keeping", numbers(env, Keeping::NAMES)?)?;
    set(env, exports, c"viewKinds", numbers(env, ViewKind::CLASSES)?)?;
    set(env, exports, c"errorKinds", numbers(env, ErrorKind::CLASSES)?)
}

unsafe extern "C" fn instantiate(env: sys::napi_env, _: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: called by Node-API.
    let env = unsafe { Env::from_raw(env) };
    guarded(|| instance(env)).map_or_else(
        |failure| {
            env.throw_failure(failure);
            ptr::null_mut()
        },
        Value::raw,
    )
}

/// An object with the functions for one copy of the JavaScript.
fn instance<'s>(env: Env<'s>) -> Result<Value<'s>> {
    let native = env.make_object()?;
    crate::native::make_values_by(native::make_value);
    let thread = Thread::install(env, native)?;
    for &(name, callback) in NATIVES {
        // SAFETY: the callbacks expect the thread's state. That lives as long as `native`, and whoever has one of the functions has
        // that object, see below.
        let function = unsafe { env.make_function(name, callback, Rc::as_ptr(&thread).cast_mut().cast()) }?;
        env.define_hidden(function, c"native", native)?;
        set(env, native, name, function)?;
    }
    set(env, native, c"number", env.make_number(thread.number() as f64)?)?;
    Ok(native)
}

/// An object of numbers by name.
fn numbers<'s>(env: Env<'s>, list: &[(&str, u32)]) -> Result<Value<'s>> {
    let object = env.make_object()?;
    for &(name, number) in list {
        env.set_property(object, env.make_text(name)?, env.make_number(f64::from(number))?)?;
    }
    Ok(object)
}

fn set(env: Env, object: Value, name: &CStr, value: Value) -> Result<()> {
    env.set_property(object, env.make_text(&name.to_string_lossy())?, value)
}

/// Runs the body of a function; failures and panics become exceptions.
///
/// # Safety
/// To be called by Node-API's rules for callbacks, for a function whose data is a [`Thread`] of this environment.
unsafe fn enter<const N: usize>(env: sys::napi_env, info: sys::napi_callback_info, body: Body<N>) -> sys::napi_value {
    // SAFETY: the caller's promise.
    let env = unsafe { Env::from_raw(env) };
    // SAFETY: the caller's promise. Nothing in there panics.
    let (arguments, data) = match unsafe { Arguments::<N>::read(env, info) } {
        Ok(read) => read,
        Err(_) => return ptr::null_mut(),
    };
    // SAFETY: the caller's promise; the state outlives every call into the environment.
    let thread = unsafe { &*data.cast::<Thread>() };
    match guarded(|| body(thread, env, &arguments)) {
        Ok(value) => value.raw(),
        Err(failure) => failed(thread, env, failure),
    }
}

/// Throws what a body has failed with.
#[cold]
#[inline(never)]
fn failed(thread: &Thread, env: Env, failure: Failure) -> sys::napi_value {
    thread.throw(env, failure);
    if !env.has_exception() {
        // The thread is being terminated, and its JavaScript may run on for a while: it must not take the `undefined` that
        // it gets for a message.
        thread.set(Cell64::Outcome, Outcome::Nothing.into());
    }
    ptr::null_mut()
}
