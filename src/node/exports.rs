//! What `require` of the addon gives: its functions and the numbers that both languages must agree on.

use std::ffi::{CStr, c_void};
use std::ptr;

use napi::sys;

use super::block::{self, Cell64};
use super::broadcast;
use super::copies;
use super::functions::{self, Outcome};
use super::lane::{self, Keeping};
use super::panics::guarded;
use super::post;
use super::stack;
use super::thread::Thread;
use crate::channel::LEAST_BUDGET;
use crate::js::{Arguments, Env, Failure, Result, Value};
use crate::wire::{ErrorKind, LONGEST_KEY, MOST_KEYS, OFTEN_ENOUGH, ViewKind, tag};

/// A callback for Node-API from a function of `functions`.
macro_rules! callback {
    ($body:path) => {{
        unsafe extern "C" fn callback(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
            // SAFETY: called by Node-API with what it says, made by `define` with the thread's state.
            unsafe { enter(env, info, $body) }
        }
        callback
    }};
}

/// Puts everything on `exports`, for the environment `env`: the numbers, and `instantiate() → object`, which makes the functions
/// for one copy of the JavaScript: any number of copies may be loaded in one thread, each with its own.
///
/// # Errors
/// What Node-API says.
pub fn define(env: Env, exports: Value) -> Result<()> {
    set(env, exports, c"instantiate", function(env, c"instantiate", Some(instantiate), ptr::null())?)?;
    set(env, exports, c"version", env.make_text(env!("CARGO_PKG_VERSION"))?)?;
    set(env, exports, c"library", env.make_number(copies::library())?)?;
    set(env, exports, c"places", numbers(env, block::NAMES.into_iter())?)?;
    let limits = [
        ("MOST_KEYS", MOST_KEYS as u32),
        ("LONGEST_KEY", LONGEST_KEY as u32),
        ("OFTEN_ENOUGH", OFTEN_ENOUGH),
        ("MOST_IN_RUN", lane::MOST_IN_RUN as u32),
        ("MOST_BIGINTS", lane::MOST_BIGINTS as u32),
        ("LEVELS", stack::LEVELS as u32),
        ("LEAST_BUDGET", LEAST_BUDGET as u32),
    ];
    set(env, exports, c"limits", numbers(env, limits.into_iter())?)?;
    set(env, exports, c"tags", numbers(env, tag::CONSTANTS.iter().map(|&(name, number)| (name, number)))?)?;
    set(env, exports, c"outcomes", numbers(env, Outcome::NAMES.iter().map(|&(name, code)| (name, code as u32)))?)?;
    set(env, exports, c"keeping", numbers(env, Keeping::NAMES.iter().map(|&(name, state)| (name, state as u32)))?)?;
    set(env, exports, c"viewKinds", numbers(env, ViewKind::ALL.iter().map(|kind| (kind.class(), kind.number())))?)?;
    set(env, exports, c"errorKinds", numbers(env, ErrorKind::ALL.iter().map(|kind| (kind.class(), kind.number())))?)
}

unsafe extern "C" fn instantiate(env: sys::napi_env, _: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: called by Node-API.
    let env = unsafe { Env::from_raw(env) };
    match guarded(|| instance(env)) {
        Ok(native) => native.raw(),
        Err(failure) => {
            throw_plain(env, failure);
            ptr::null_mut()
        }
    }
}

/// An object with the functions for one copy of the JavaScript.
fn instance(env: Env) -> Result<Value> {
    let native = env.make_object()?;
    let thread = Thread::install(env, native)?;
    let functions: [(&CStr, sys::napi_callback); 71] = [
        (c"makeBlock", Some(callback!(functions::make_block))),
        (c"connect", Some(callback!(functions::connect))),
        (c"outside", Some(callback!(functions::outside))),
        (c"hold", Some(callback!(functions::hold))),
        (c"keepAlive", Some(callback!(functions::keep_alive))),
        (c"tellOfPorts", Some(callback!(functions::tell_of_ports))),
        (c"createChannel", Some(callback!(functions::create_channel))),
        (c"start", Some(callback!(functions::start))),
        (c"serve", Some(callback!(functions::serve))),
        (c"stop", Some(callback!(functions::stop))),
        (c"close", Some(callback!(functions::close))),
        (c"queued", Some(callback!(functions::queued))),
        (c"peerKey", Some(callback!(functions::peer_key))),
        (c"agree", Some(callback!(functions::agree))),
        (c"isPeer", Some(callback!(functions::is_peer))),
        (c"nextParcel", Some(callback!(functions::next_parcel))),
        (c"post", Some(callback!(post::post))),
        (c"postListed", Some(callback!(post::post_listed))),
        (c"sendBeside", Some(callback!(post::send_beside))),
        (c"beginKept", Some(callback!(post::begin_kept))),
        (c"sendKept", Some(callback!(post::send_kept))),
        (c"sendPort", Some(callback!(post::send_port))),
        (c"sendWhole", Some(callback!(post::send_whole))),
        (c"beginDrain", Some(callback!(functions::begin_drain))),
        (c"endDrain", Some(callback!(functions::end_drain))),
        (c"atClosing", Some(callback!(functions::at_closing))),
        (c"watchLoops", Some(callback!(functions::watch_loops))),
        (c"park", Some(callback!(functions::park))),
        (c"claim", Some(callback!(functions::claim))),
        (c"entrust", Some(callback!(functions::entrust))),
        (c"revoke", Some(callback!(functions::revoke))),
        (c"reserveStack", Some(callback!(stack::reserve_stack))),
        (c"reserveStepStack", Some(callback!(stack::reserve_step_stack))),
        (c"reserveDeepStack", Some(callback!(stack::reserve_deep_stack))),
        (c"reserveLevels", Some(callback!(stack::reserve_levels))),
        (c"raise", Some(callback!(functions::raise))),
        (c"leftovers", Some(callback!(functions::leftovers))),
        (c"serialize", Some(callback!(functions::serialize))),
        (c"deserialize", Some(callback!(functions::deserialize))),
        (c"broadcastSecret", Some(callback!(broadcast::broadcast_secret))),
        (c"join", Some(callback!(broadcast::join))),
        (c"broadcast", Some(callback!(broadcast::broadcast))),
        (c"broadcastValue", Some(callback!(broadcast::broadcast_value))),
        (c"audience", Some(callback!(broadcast::audience))),
        (c"broadcastBeside", Some(callback!(broadcast::broadcast_beside))),
        (c"send", Some(callback!(lane::send))),
        (c"flush", Some(callback!(lane::flush))),
        (c"discard", Some(callback!(lane::discard))),
        (c"appendValue", Some(callback!(lane::append_value))),
        (c"appendString", Some(callback!(lane::append_string))),
        (c"appendBytes", Some(callback!(lane::append_bytes))),
        (c"writeLatin1", Some(callback!(lane::write_latin1))),
        (c"writeUtf16", Some(callback!(lane::write_utf16))),
        (c"writeBigInts", Some(callback!(lane::write_bigints))),
        (c"writeDigits", Some(callback!(lane::write_digits))),
        (c"internShape", Some(callback!(lane::intern_shape))),
        (c"shapeKeys", Some(callback!(lane::shape_keys))),
        (c"take", Some(callback!(lane::take))),
        (c"receive", Some(callback!(lane::receive))),
        (c"window", Some(callback!(lane::window))),
        (c"release", Some(callback!(lane::release))),
        (c"read", Some(callback!(lane::read))),
        (c"readRecord", Some(callback!(lane::read_record))),
        (c"latin1", Some(callback!(lane::latin1))),
        (c"utf16", Some(callback!(lane::utf16))),
        (c"many", Some(callback!(lane::many))),
        (c"longLatin1", Some(callback!(lane::long_latin1))),
        (c"longUtf16", Some(callback!(lane::long_utf16))),
        (c"fillBytes", Some(callback!(lane::fill_bytes))),
        (c"longBytes", Some(callback!(lane::long_bytes))),
        (c"digits", Some(callback!(lane::digits))),
    ];
    for (name, callback) in functions {
        let function = function(env, name, callback, ptr::from_ref(thread).cast())?;
        // Whoever has one of the functions has the object: the state does not go while one can be called.
        env.define_hidden(function, c"native", native)?;
        set(env, native, name, function)?;
    }
    set(env, native, c"number", env.make_number(thread.number() as f64)?)?;
    Ok(native)
}

/// An object of numbers by name.
fn numbers<'a>(env: Env, list: impl Iterator<Item = (&'a str, u32)>) -> Result<Value> {
    let object = env.make_object()?;
    for (name, number) in list {
        env.set_property(object, env.make_text(name)?, env.make_number(f64::from(number))?)?;
    }
    Ok(object)
}

fn set(env: Env, object: Value, name: &CStr, value: Value) -> Result<()> {
    env.set_property(object, env.make_text(&name.to_string_lossy())?, value)
}

/// A function that calls back with `data`.
pub(super) fn function(env: Env, name: &CStr, callback: sys::napi_callback, data: *const c_void) -> Result<Value> {
    let mut made = ptr::null_mut();
    // SAFETY: the environment is live; the name ends with a zero byte; `callback` expects that data.
    let status = unsafe {
        let length = name.count_bytes() as isize;
        sys::napi_create_function(env.raw(), name.as_ptr(), length, callback, data.cast_mut(), &mut made)
    };
    if status != sys::Status::napi_ok {
        return Err(Failure::Other(format!("napi_create_function failed with status {status}")));
    }
    // SAFETY: just made.
    Ok(unsafe { Value::from_raw(made) })
}

/// Runs the body of a function; failures and panics become exceptions.
///
/// # Safety
/// To be called by Node-API's rules for callbacks, for a function whose data is a [`Thread`] of this environment.
unsafe fn enter<const N: usize>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    body: fn(&Thread, Env, &Arguments<'_, N>) -> Result<Value>,
) -> sys::napi_value {
    // SAFETY: the caller's promise.
    let env = unsafe { Env::from_raw(env) };
    // SAFETY: the caller's promise.
    let (arguments, data) = match unsafe { Arguments::<N>::read(env, info) } {
        Ok(read) => read,
        Err(_) => return ptr::null_mut(),
    };
    // SAFETY: the caller's promise; the state outlives every call into the environment.
    let thread = unsafe { &*data.cast::<Thread>() };
    match guarded(|| body(thread, env, &arguments)) {
        Ok(value) => return value.raw(),
        Err(failure) => throw(env, thread, failure),
    }
    if !env.has_exception() {
        // The thread is being terminated, and its JavaScript may run on for a while: it must not take the `undefined` that
        // it gets for a message.
        thread.set(Cell64::Outcome, Outcome::Nothing.into());
    }
    ptr::null_mut()
}

/// Throws what a failure says.
pub(super) fn throw(env: Env, thread: &Thread, failure: Failure) {
    match failure {
        Failure::DataClone(ref message) => {
            match thread.hooks().and_then(|hooks| hooks.data_clone_error(env, message)) {
                Ok(error) => env.throw(error),
                Err(_) => throw_plain(env, failure),
            }
        }
        failure => throw_plain(env, failure),
    }
}

/// Throws what a failure says, where there are no hooks yet.
pub(super) fn throw_plain(env: Env, failure: Failure) {
    match failure {
        Failure::Pending => {}
        Failure::Type(message) => env.throw_new(true, &message),
        Failure::Other(message) | Failure::DataClone(message) => env.throw_new(false, &message),
    }
}
