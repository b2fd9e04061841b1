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
    // Node takes the stores of a callback from its resource, and a fresh one has none.
    let resource = env.make_object()?;
    let (mut callback, mut result) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the environment is live and the handles come from it; `task` outlives the function's only call, here.
    let status = unsafe {
        let data = ptr::from_mut(&mut task).cast::<c_void>();
        match sys::napi_create_function(env.raw(), ptr::null(), 0, Some(run::<W>), data, &mut callback) {
            sys::Status::napi_ok => {
                let (no_context, no_arguments) = (ptr::null_mut(), ptr::null());
                sys::napi_make_callback(env.raw(), no_context, resource.raw(), callback, 0, no_arguments, &mut result)
            }
            status => status,
        }
    };
    match (task.failure, status) {
        (Some(failure), _) => Err(failure),
        // SAFETY: the handle that the callback returned, now in this scope.
        (None, sys::Status::napi_ok) => Ok(unsafe { Value::from_raw(result) }),
        (None, sys::Status::napi_pending_exception) => Err(Failure::Pending),
        (None, status) => Err(Failure::Other(format!("napi_make_callback failed with status {status}"))),
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
