//! Calls JavaScript where the event loop closes handles: after I/O and the immediates that are due, before the next timers.
//!
//! Node-API has no way there. libuv's own functions are looked up when they are first needed; who has none of them, or does not run
//! on libuv, gets an answer that says so.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::OnceLock;

use napi::sys;

use super::outside;
use super::panics::guarded;
use super::runtime;
use super::thread::Thread;
use crate::js::{Env, Result};

/// `uv_handle_type` of `uv_check_t`: the smallest kind of handle. It is never started.
const UV_CHECK: c_int = 2;

/// libuv's functions, with the signatures of its version 1.
struct Libuv {
    handle_size: unsafe extern "C" fn(c_int) -> usize,
    check_init: unsafe extern "C" fn(*mut sys::uv_loop_s, *mut c_void) -> c_int,
    set_data: unsafe extern "C" fn(*mut c_void, *mut c_void),
    get_data: unsafe extern "C" fn(*const c_void) -> *mut c_void,
    close: unsafe extern "C" fn(*mut c_void, Option<unsafe extern "C" fn(*mut c_void)>),
}

fn libuv() -> Option<&'static Libuv> {
    static LIBUV: OnceLock<Option<Libuv>> = OnceLock::new();
    LIBUV
        .get_or_init(|| {
            let exports = &runtime::exports()?;
            // SAFETY: libuv's functions of these names have these signatures in all of its version 1.
            unsafe {
                Some(Libuv {
                    handle_size: runtime::function(exports, b"uv_handle_size\0")?,
                    check_init: runtime::function(exports, b"uv_check_init\0")?,
                    set_data: runtime::function(exports, b"uv_handle_set_data\0")?,
                    get_data: runtime::function(exports, b"uv_handle_get_data\0")?,
                    close: runtime::function(exports, b"uv_close\0")?,
                })
            }
        })
        .as_ref()
}

/// What a handle knows while it closes.
struct Closing {
    env: Env,
    /// Of which this is an owner.
    thread: *mut Thread,
    layout: Layout,
}

/// Asks for a call of the hook `finishClosing`; `false` if it will not come. The event loop stays alive for it, and the copy of
/// the JavaScript, too.
///
/// # Errors
/// What Node-API says; nothing is asked for then.
pub fn ask(env: Env, thread: &Thread) -> Result<bool> {
    let Some(libuv) = libuv() else { return Ok(false) };
    let mut event_loop = ptr::null_mut();
    // SAFETY: the environment is live.
    if unsafe { sys::napi_get_uv_event_loop(env.raw(), &mut event_loop) } != sys::Status::napi_ok {
        return Ok(false);
    }
    thread.hold(env, true)?;
    // SAFETY: the memory is as large and as aligned as libuv's handles are, and nothing moves or frees it before `closed`, which
    // comes once: also where the environment has ended meanwhile, because its loop ends with no handle that is closing.
    unsafe {
        let size = (libuv.handle_size)(UV_CHECK).max(1);
        let layout = Layout::from_size_align_unchecked(size, 16);
        let handle = alloc(layout).cast::<c_void>();
        if handle.is_null() {
            handle_alloc_error(layout);
        }
        // Never fails for this kind.
        (libuv.check_init)(event_loop, handle);
        let closing = Box::new(Closing { env, thread: thread.share_ownership(), layout });
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
        let Closing { env, thread, layout } = *Box::from_raw((libuv.get_data)(handle).cast::<Closing>());
        dealloc(handle.cast(), layout);
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
