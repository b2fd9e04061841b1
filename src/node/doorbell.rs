//! A thread's doorbell: one threadsafe function, which wakes the event loop to drain the mailbox.

use std::cell::Cell;
use std::ffi::{CStr, c_void};
use std::ptr;
use std::sync::Arc;

use napi::sys;

use super::exports::{self, throw};
use super::nesting::InnerBell;
use super::outside::outside;
use super::panics::guarded;
use super::thread::Thread;
use crate::channel::Doorbell;
use crate::js::{Env, Failure, Result, Value};

/// Its name in async_hooks.
const NAME: &CStr = c"ferroport.mailbox";

const HAS_REF: &CStr = c"hasRef";

thread_local! {
    /// How often this thread has rung.
    static RINGS: Cell<u64> = const { Cell::new(0) };
}

/// How often the calling thread has rung a doorbell, of whatever thread.
pub fn rings() -> u64 {
    RINGS.get()
}

/// The ringing end, kept by the mailbox until it is hung up.
pub struct Bell {
    function: sys::napi_threadsafe_function,
    /// What rings instead while a listener runs the event loop.
    within: Arc<InnerBell>,
}

// SAFETY: a threadsafe function may be called from any thread while it exists; hanging up waits for who is ringing, and is
// done before the environment destroys it.
unsafe impl Send for Bell {}
// SAFETY: as above.
unsafe impl Sync for Bell {}

impl Doorbell for Bell {
    fn ring(&self) {
        RINGS.set(RINGS.get() + 1);
        if self.within.ring() {
            return;
        }
        // SAFETY: it exists, see above. The queue is unbounded, so the call does not block, and it fails only while the
        // environment is being torn down, when nobody is left to hear it.
        unsafe {
            sys::napi_call_threadsafe_function(
                self.function,
                ptr::null_mut(),
                sys::ThreadsafeFunctionCallMode::nonblocking,
            )
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
        // fails for a threadsafe function that exists. They set, and do not count.
        unsafe {
            if keep {
                sys::napi_ref_threadsafe_function(env.raw(), self.0);
            } else {
                sys::napi_unref_threadsafe_function(env.raw(), self.0);
            }
        }
    }
}

impl Hearing {
    /// Gives the doorbell up. The ringing end must have been hung up.
    pub fn release(self) {
        // SAFETY: it exists until this call, which is the only one to give it up while the environment goes on.
        unsafe {
            sys::napi_release_threadsafe_function(self.0, sys::ThreadsafeFunctionReleaseMode::abort);
        }
    }
}

/// Makes the doorbell of an environment; rung, it calls `Thread::answer` of `thread`, of which it is an owner until it is
/// destroyed. `within` rings in its place where it can be rung.
///
/// # Errors
/// If the environment cannot make one.
pub fn install(env: Env, thread: *mut Thread, within: Arc<InnerBell>) -> Result<(Bell, Hearing)> {
    let mut function = ptr::null_mut();
    // A threadsafe function shows its listeners the stores in which it was made: those of whoever happened to load the
    // addon first.
    let made = outside(env, |env| {
        function = make(env, thread.cast())?;
        env.undefined()
    });
    match made {
        // Once it is made, `thread` is its own, even if the thread is being terminated, which makes the call fail.
        Err(failure) if function.is_null() => return Err(failure),
        _ => {}
    }
    let hearing = Hearing(function);
    hearing.keep_alive(env, false);
    Ok((Bell { function, within }, hearing))
}

fn make(env: Env, thread: *mut c_void) -> Result<sys::napi_threadsafe_function> {
    let (mut name, mut function) = (ptr::null_mut(), ptr::null_mut());
    let resource = resource(env)?;
    // SAFETY: the environment is live; `free` and `answer` get the pointer that they expect.
    let status = unsafe {
        sys::napi_create_string_utf8(env.raw(), NAME.as_ptr(), NAME.count_bytes() as isize, &mut name);
        sys::napi_create_threadsafe_function(
            env.raw(),
            ptr::null_mut(),
            resource.raw(),
            name,
            0,
            1,
            thread,
            Some(free),
            thread,
            Some(answer),
            &mut function,
        )
    };
    match status {
        sys::Status::napi_ok => Ok(function),
        _ => Err(Failure::Other(format!("napi_create_threadsafe_function failed with status {status}"))),
    }
}

/// What async_hooks see of the doorbell. Tools that look for open handles ask each resource `hasRef()`, and take one that
/// cannot say for open: what a mailbox keeps alive, its ports say.
fn resource(env: Env) -> Result<Value> {
    let resource = env.make_object()?;
    let has_ref = exports::function(env, HAS_REF, Some(has_ref), ptr::null())?;
    env.define_hidden(resource, HAS_REF, has_ref)?;
    Ok(resource)
}

unsafe extern "C" fn has_ref(env: sys::napi_env, _: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: called by Node-API.
    let no = unsafe { Env::from_raw(env) }.make_boolean(false);
    no.map_or(ptr::null_mut(), Value::raw)
}

unsafe extern "C" fn answer(env: sys::napi_env, _: sys::napi_value, thread: *mut c_void, _: *mut c_void) {
    // When it destroys the function, Node empties its queue without an environment, after `free`.
    if env.is_null() {
        return;
    }
    // SAFETY: Node calls this on the environment's thread with the context given above, which still exists because the
    // environment does.
    let (env, thread) = unsafe { (Env::from_raw(env), &*thread.cast::<Thread>()) };
    if let Err(failure) = guarded(|| {
        thread.answer(env);
        Ok(())
    }) {
        throw(env, thread, failure);
        env.raise_pending();
    }
}

unsafe extern "C" fn free(_: sys::napi_env, thread: *mut c_void, _: *mut c_void) {
    // SAFETY: the owner that `install` was made; a threadsafe function is finalized once, and not called after.
    unsafe { Thread::let_go(thread.cast::<Thread>()) };
}
