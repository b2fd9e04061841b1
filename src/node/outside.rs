//! Calls outside of every AsyncLocalStorage store, whoever is calling.

use std::ffi::c_void;
use std::ptr;

use napi::sys;

use super::panics::guarded;
use crate::js::{Env, Failure, Result, Value};

/// Does `work` as if the event loop had called: what it makes (a threadsafe function, an AsyncResource) shows its
/// callbacks no store. It runs at once.
///
/// # Errors
/// Those of `work`; what Node-API says.
pub fn outside<W: FnOnce(Env) -> Result<Value>>(env: Env, work: W) -> Result<Value> {
    let mut task = Task { work: Some(work), failure: None };
    let mut callback = ptr::null_mut();
    // SAFETY: the environment is live; `task` outlives the function's only call, below.
    let status = unsafe {
        let data = ptr::from_mut(&mut task).cast::<c_void>();
        sys::napi_create_function(env.raw(), ptr::null(), 0, Some(run::<W>), data, &mut callback)
    };
    if status != sys::Status::napi_ok {
        return Err(Failure::of_call("napi_create_function", status));
    }
    // SAFETY: just made.
    let called = call(env, unsafe { Value::from_raw(callback) });
    task.failure.map_or(called, Err)
}

/// Calls a function, without arguments, as if the event loop had. Ticks and microtasks run afterwards, unless JavaScript is running.
///
/// # Errors
/// What it throws, also what they throw; what Node-API says.
pub fn call<'s>(env: Env<'s>, function: Value) -> Result<Value<'s>> {
    // Node takes the stores of a callback from its resource, and a fresh resource has none.
    let resource = env.make_object()?;
    let mut result = ptr::null_mut();
    // SAFETY: the environment is live and the handles come from it.
    let status = unsafe {
        let (no_context, no_arguments) = (ptr::null_mut(), ptr::null());
        sys::napi_make_callback(env.raw(), no_context, resource.raw(), function.raw(), 0, no_arguments, &mut result)
    };
    match status {
        // SAFETY: the handle that the callback returned, now in this scope.
        sys::Status::napi_ok => Ok(unsafe { Value::from_raw(result) }),
        sys::Status::napi_pending_exception => Err(Failure::Pending),
        status => Err(Failure::of_call("napi_make_callback", status)),
    }
}

struct Task<W> {
    work: Option<W>,
    failure: Option<Failure>,
}

unsafe extern "C" fn run<W: FnOnce(Env) -> Result<Value>>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let mut data = ptr::null_mut();
    // SAFETY: called by Node-API, from `outside`, with the task that the function was made with.
    let (env, task) = unsafe {
        sys::napi_get_cb_info(env, info, ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), &mut data);
        (Env::from_raw(env), &mut *data.cast::<Task<W>>())
    };
    match task.work.take().map(|work| guarded(|| work(env))) {
        Some(Ok(value)) => return value.raw(),
        Some(Err(failure)) => task.failure = Some(failure),
        None => {}
    }
    ptr::null_mut()
}
