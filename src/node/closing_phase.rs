//! Calls JavaScript where the event loop closes handles: after I/O and the immediates that are due, before the next timers.
//!
//! Node-API has no way there; a handle of libuv's that is closed as soon as it is made has one.

use std::ffi::c_void;

use super::libuv::{CHECK, event_loop, libuv};
use super::outside;
use super::panics::guarded;
use super::thread::Thread;
use crate::js::{Env, Result};

/// What a handle knows while it closes.
struct Closing {
    env: Env,
    /// Of which this is an owner.
    thread: *mut Thread,
}

/// Asks for a call of the hook `finishClosing`; `false` if it will not come. The event loop stays alive for it, and the copy of
/// the JavaScript, too.
///
/// # Errors
/// What Node-API says; nothing is asked for then.
pub fn ask(env: Env, thread: &Thread) -> Result<bool> {
    let Some(libuv) = libuv() else { return Ok(false) };
    let Some(event_loop) = event_loop(env) else { return Ok(false) };
    thread.hold(env, true)?;
    // The smallest kind of handle. It is never started.
    let handle = libuv.allocate(CHECK);
    // SAFETY: nothing moves or frees the memory before `closed`, which comes once: also where the environment has ended
    // meanwhile, because its loop ends with no handle that is closing.
    unsafe {
        // Never fails for this kind.
        (libuv.check_init)(event_loop, handle);
        let closing = Box::new(Closing { env, thread: thread.share_ownership() });
        (libuv.set_data)(handle, Box::into_raw(closing).cast());
        (libuv.close)(handle, Some(closed));
    }
    Ok(true)
}

unsafe extern "C" fn closed(handle: *mut c_void) {
    let Some(libuv) = libuv() else { return };
    // SAFETY: what `ask` has made, on the thread whose loop it is; libuv is done with the handle. As long as the environment has
    // not ended, its thread may use it.
    unsafe {
        let Closing { env, thread } = *Box::from_raw((libuv.get_data)(handle).cast::<Closing>());
        libuv.free(CHECK, handle);
        if !(*thread).has_ended() {
            call(env, &*thread);
        }
        Thread::let_go(thread);
    }
}

fn call(env: Env, thread: &Thread) {
    let Ok(scope) = env.open_scope() else { return };
    let called = guarded(|| outside::call(env, thread.hooks()?.finish_closing(env)?).map(drop));
    let _ = thread.hold(env, false);
    if called.is_err() {
        env.raise_pending();
    }
    env.close_scope(scope);
}
