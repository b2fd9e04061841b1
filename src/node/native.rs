//! Endpoints that other libraries take: docs/native-abi.md.

use std::ffi::c_void;

use napi::sys;

use super::messages::{Call, key};
use super::panics::swallowed;
use super::stack;
use super::thread::{self, Thread};
use crate::channel::{self, Endpoint, Key};
use crate::js::{Env, Result, Value};
use crate::native::{self, abi};

/// `bars(key) → number`: what may not go over the channel, as [`Endpoint::bars`] says; 0 if there is no such endpoint.
pub fn bars<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let bars = thread.with_endpoint(key, Endpoint::bars)?;
    env.make_int(bars.unwrap_or(0) as i32)
}

/// `becomeNative(keys, isLink) → number`: nothing that only JavaScript can take goes over these channels from here on; if they leave the
/// process, no signals either. Returns -1; or the place of the endpoint for which such a message waits, or that is not there: nothing has
/// changed then.
pub fn become_native<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let mut keys = Vec::new();
    for index in 0..env.array_length(call.get(0))? {
        keys.push(key(env, env.element(call.get(0), index)?)?);
    }
    let is_link = env.boolean(call.get(1))?;
    let marked = thread.with_table(|table| {
        let found: Vec<_> = keys.iter().map_while(|&key| table.get(key)).collect();
        if found.len() < keys.len() { Err(found.len()) } else { Endpoint::become_all(&found, is_link) }
    })?;
    env.make_int(marked.err().map_or(-1, |place| place as i32))
}

/// `handOver(key) → object`: takes the endpoint out of this thread, into an object from which another library can take it. If nobody does,
/// the endpoint closes with the object. To be called after `becomeNative`.
pub fn hand_over<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    thread.reserve_stack(env, stack::OPERATION)?;
    let object = env.make_object()?;
    let [lower, upper] = abi::TYPE_TAG;
    env.mark(object, &sys::napi_type_tag { lower, upper })?;
    let Some(endpoint) = thread.with_table(|table| table.detach(key))? else { return env.undefined() };
    let handover = native::hand_over(endpoint);
    // SAFETY: the finalizer is for what `hand_over` has given, and Node-API calls it once, when nobody can reach the object any more.
    let wrapped = unsafe { env.wrap(object, handover.cast(), Some(finalize)) };
    if wrapped.is_err() {
        // SAFETY: nobody has seen it.
        unsafe { native::take_back(handover) };
    }
    wrapped.map(|()| object)
}

/// Makes a port object of an endpoint that another library has, on a thread of JavaScript: for [`native::make_values_by`].
pub fn make_value(endpoint: Endpoint) -> std::result::Result<*mut c_void, (Box<Endpoint>, i32)> {
    let mut endpoint = Some(endpoint);
    // SAFETY: whoever calls the table's `to_value` runs in a callback of Node-API, and uses the value in its handle scope.
    let made = unsafe {
        thread::with_any_copy(|thread, env| {
            let made = adopt(thread, env, &mut endpoint);
            if made.is_err() {
                env.take_exception();
            }
            made
        })
    };
    match (made, endpoint) {
        (Some(Ok(value)), _) => Ok(value.raw().cast()),
        (None, Some(endpoint)) => Err((Box::new(endpoint), abi::EMPTY)),
        (_, Some(endpoint)) => Err((Box::new(endpoint), abi::FAILED)),
        // It has been attached and could not be taken back: its thread is ending, and it has closed with that.
        (_, None) => Err((Box::new(channel::channel().0), abi::FAILED)),
    }
}

/// Attaches the endpoint and makes its object. If there is none, the endpoint is given back.
fn adopt<'s>(thread: &Thread, env: Env<'s>, endpoint: &mut Option<Endpoint>) -> Result<Value<'s>> {
    let hooks = thread.hooks()?;
    let Some(given) = endpoint.take() else { return env.undefined() };
    let key = thread.attach(given)?;
    hooks.make_port(env, key).inspect_err(|_| {
        *endpoint = thread.with_table(|table| table.detach(Key::from(key))).ok().flatten();
    })
}

unsafe extern "C" fn finalize(_: sys::napi_env, handover: *mut c_void, _: *mut c_void) {
    // SAFETY: what `hand_over` has wrapped.
    swallowed(|| unsafe { native::take_back(handover.cast()) });
}
