//! Calls JavaScript where the event loop closes handles: after I/O and the immediates that are due, before the next timers.
//!
//! Node-API has no way there; a handle of libuv's that is closed as soon as it is made has one.

use std::ffi::c_void;
use std::rc::Rc;

use napi::sys;

use super::libuv::{CHECK, event_loop, libuv};
use super::outside;
use super::panics::{guarded, swallowed};
use super::thread::Thread;
use crate::js::{Env, Result};

/// What a handle knows while it closes.
struct Closing {
    env: sys::napi_env,
    thread: Rc<Thread>,
}

/// Asks for a call of the hook `finishClosing`; `false` if it will not come. The event loop stays alive for it, and the copy of
/// the JavaScript, too.
///
/// # Errors
/// What Node-API says; nothing is asked for then.
pub fn ask(env: Env, thread: &Thread) -> Result<bool> {
    let Some(libuv) = libuv() else { return Ok(false) };
    let (Some(event_loop), Some(thread)) = (event_loop(env), thread.owner()) else { return Ok(false) };
    thread.hold(env, true)?;
    // A check is the smallest kind of handle. This one is never started.
    let handle = libuv.allocate(CHECK);
    // SAFETY: nothing moves or frees the memory before `closed`, which comes once: also where the environment has ended
    // meanwhile, because its loop ends with no handle that is closing.
    unsafe {
        // Never fails for this kind.
        (libuv.check_init)(event_loop, handle);
        let closing = Box::new(Closing { env: env.raw(), thread });
        (libuv.set_data)(handle, Box::into_raw(closing).cast());
        (libuv.close)(handle, Some(closed));
    }
    Ok(true)
}

unsafe extern "C" fn closed(handle: *mut c_void) {
    swallowed(|| {
        let Some(libuv) = libuv() else { return };
        // SAFETY: what `ask` has made; libuv is done with the handle.
        let Closing { env, thread } = unsafe {
            let closing = Box::from_raw((libuv.get_data)(handle).cast::<Closing>());
            libuv.free(CHECK, handle);
            *closing
        };
        if !thread.has_ended() {
            // SAFETY: the thread whose loop it is, and its environment has not ended.
            let _ = unsafe { Env::from_raw(env).scoped(|env| call(env, &thread)) };
        }
    });
}

fn call(env: Env, thread: &Thread) {
    let called = guarded(|| outside::call(env, thread.hooks()?.finish_closing(env)?).map(drop));
    let _ = thread.hold(env, false);
    if called.is_err() {
        env.raise_pending();
    }
}
