//! Endpoints that other libraries take: docs/native-abi.md.

use std::ffi::c_void;

use napi::sys;

use super::messages::{Call, key};
use super::panics::swallowed;
use super::stack;
use super::thread::Thread;
use crate::channel::Endpoint;
use crate::js::{Env, Result, Value};
use crate::native::{self, abi};

/// `isNative(key) → boolean`: whether an end of the channel is, or was, in the hands of another library: only bytes, ports and signals go
/// over it.
pub fn is_native<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let is_native = thread.with_endpoint(key, Endpoint::is_native)?;
    env.make_boolean(is_native == Some(true))
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

/// `isLinked(key) → boolean`: whether the channel leaves the process.
pub fn is_linked<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let key = key(env, call.get(0))?;
    let is_linked = thread.with_endpoint(key, Endpoint::is_linked)?;
    env.make_boolean(is_linked == Some(true))
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

unsafe extern "C" fn finalize(_: sys::napi_env, handover: *mut c_void, _: *mut c_void) {
    // SAFETY: what `hand_over` has wrapped.
    swallowed(|| unsafe { native::take_back(handover.cast()) });
}
