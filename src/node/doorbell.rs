//! A thread's doorbell: one threadsafe function, which wakes the event loop to drain the mailbox.

use std::ffi::{CStr, c_void};
use std::ptr;

use napi::sys;

use super::thread::Thread;
use crate::channel::Doorbell;
use crate::js::{Env, Failure, Result};

/// Its name in async_hooks.
const NAME: &CStr = c"ferroport.mailbox";

/// The ringing end, kept by the mailbox until it is hung up.
pub struct Bell(sys::napi_threadsafe_function);

// SAFETY: a threadsafe function may be called from any thread while it exists; the mailbox is hung up, under its lock,
// before the environment destroys it.
unsafe impl Send for Bell {}
// SAFETY: as above.
unsafe impl Sync for Bell {}

impl Doorbell for Bell {
    fn ring(&self) {
        // SAFETY: it exists, see above. The queue is unbounded, so the call does not block, and it fails only while the
        // environment is being torn down, when nobody is left to hear it.
        unsafe {
            sys::napi_call_threadsafe_function(self.0, ptr::null_mut(), sys::ThreadsafeFunctionCallMode::nonblocking)
        };
    }
}

/// The end of the thread itself, which says whether the bell keeps the event loop alive. It does not at first.
#[derive(Clone, Copy)]
pub struct Hearing(sys::napi_threadsafe_function);

impl Hearing {
    /// Keeps the event loop alive, or no longer.
    pub fn keep_alive(self, env: Env, keep: bool) {
        // SAFETY: called on the thread's own environment, from JavaScript, so it has not been torn down. Neither call
        // fails for a threadsafe function that exists.
        unsafe {
            if keep {
                sys::napi_ref_threadsafe_function(env.raw(), self.0);
            } else {
                sys::napi_unref_threadsafe_function(env.raw(), self.0);
            }
        }
    }
}

/// Makes the doorbell of an environment; rung, it calls `Thread::answer` of the thread that stands at `thread`.
///
/// `thread` points to where the thread's state will stand, boxed, before JavaScript runs again; the doorbell frees it when
/// it is destroyed.
///
/// # Errors
/// If the environment cannot make one.
pub fn install(env: Env, thread: *mut Thread) -> Result<(Bell, Hearing)> {
    let mut making = Making { thread, function: ptr::null_mut(), status: sys::Status::napi_generic_failure };
    // A threadsafe function shows its listeners the AsyncLocalStorage stores in which it was made, those of whoever happened
    // to load the addon first. Made from a callback of a fresh resource, it has none.
    let resource = env.make_object()?;
    let mut callback = ptr::null_mut();
    // SAFETY: the environment is live; `making` outlives the function's only call, below.
    let status = unsafe {
        let data = ptr::from_mut(&mut making).cast();
        sys::napi_create_function(env.raw(), ptr::null(), 0, Some(make), data, &mut callback)
    };
    if status == sys::Status::napi_ok {
        // SAFETY: the environment is live; the handles come from it; there are no arguments and no result.
        unsafe {
            let (none, no_arguments) = (ptr::null_mut(), ptr::null());
            sys::napi_make_callback(env.raw(), none, resource.raw(), callback, 0, no_arguments, ptr::null_mut());
        }
    }
    if making.status != sys::Status::napi_ok {
        return Err(Failure::Other(format!("napi_create_threadsafe_function failed with status {}", making.status)));
    }
    let hearing = Hearing(making.function);
    hearing.keep_alive(env, false);
    Ok((Bell(making.function), hearing))
}

/// What `make` is told, and what it gives back.
struct Making {
    thread: *mut Thread,
    function: sys::napi_threadsafe_function,
    status: sys::napi_status,
}

unsafe extern "C" fn make(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut data = ptr::null_mut();
    // SAFETY: called by Node-API, from `install`, with what it was made with.
    unsafe {
        sys::napi_get_cb_info(env, info, ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), &mut data);
        let making = &mut *data.cast::<Making>();
        let mut name = ptr::null_mut();
        sys::napi_create_string_utf8(env, NAME.as_ptr(), NAME.count_bytes() as isize, &mut name);
        let thread = making.thread.cast();
        making.status = sys::napi_create_threadsafe_function(
            env,
            ptr::null_mut(),
            ptr::null_mut(),
            name,
            0,
            1,
            thread,
            Some(free),
            thread,
            Some(answer),
            &mut making.function,
        );
    }
    ptr::null_mut()
}

unsafe extern "C" fn answer(env: sys::napi_env, _: sys::napi_value, thread: *mut c_void, _: *mut c_void) {
    // At teardown Node empties the function's queue without an environment.
    if env.is_null() {
        return;
    }
    // SAFETY: Node calls this on the environment's thread with the context given above, which still exists because the
    // environment does.
    let (env, thread) = unsafe { (Env::from_raw(env), &*thread.cast::<Thread>()) };
    thread.answer(env);
}

unsafe extern "C" fn free(_: sys::napi_env, thread: *mut c_void, _: *mut c_void) {
    // SAFETY: the box that `install` was promised; a threadsafe function is finalized once, and not called after.
    drop(unsafe { Box::from_raw(thread.cast::<Thread>()) });
}
