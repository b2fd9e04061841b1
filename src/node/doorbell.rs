//! A thread's doorbell: one threadsafe function, which wakes the event loop to drain the mailbox.

use std::cell::Cell;
use std::ffi::{CStr, c_void};
use std::mem::ManuallyDrop;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;

use napi::sys;

use super::nesting::InnerBell;
use super::outside::outside;
use super::panics::{guarded, swallowed};
use crate::channel::Doorbell;
use crate::js::{Env, Failure, Result, Value};

/// Who hears the doorbell: a thread.
pub trait Hears: 'static {
    /// Delivers what waits.
    fn answer(&self, env: Env);
    /// Throws what a failure says.
    fn throw(&self, env: Env, failure: Failure);
}

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
pub struct Hearing(sys::napi_threadsafe_function);

impl Hearing {
    /// Keeps the event loop alive, or no longer.
    pub fn keep_alive(&self, env: Env, keep: bool) {
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

    /// Gives the doorbell up. The ringing end must have been hung up.
    pub fn release(self) {
        // SAFETY: it exists until this call, which is the only one to give it up while the environment goes on.
        unsafe {
            sys::napi_release_threadsafe_function(self.0, sys::ThreadsafeFunctionReleaseMode::abort);
        }
    }
}

/// Makes the doorbell of an environment. Rung, it calls `answer` of `thread`, which lives until the doorbell is destroyed. `within`
/// rings in its place where it can be rung.
///
/// # Errors
/// If the environment cannot make one.
pub fn install<T: Hears>(env: Env, thread: &Rc<T>, within: Arc<InnerBell>) -> Result<(Bell, Hearing)> {
    let mut function = ptr::null_mut();
    // A threadsafe function shows its listeners the stores in which it was made: those of whoever happened to load the
    // addon first.
    let made = outside(env, |env| {
        function = make(env, thread)?;
        env.undefined()
    });
    match made {
        // Once it is made, it is there, even if the thread is being terminated, which makes the call fail.
        Err(failure) if function.is_null() => return Err(failure),
        _ => {}
    }
    let hearing = Hearing(function);
    hearing.keep_alive(env, false);
    Ok((Bell { function, within }, hearing))
}

fn make<T: Hears>(env: Env, thread: &Rc<T>) -> Result<sys::napi_threadsafe_function> {
    let (mut name, mut function) = (ptr::null_mut(), ptr::null_mut());
    let resource = resource(env)?;
    let owner = Rc::into_raw(thread.clone()).cast_mut().cast::<c_void>();
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
            owner,
            Some(free::<T>),
            owner,
            Some(answer::<T>),
            &mut function,
        )
    };
    match status {
        sys::Status::napi_ok => Ok(function),
        _ => {
            // SAFETY: what `Rc::into_raw` gave; where nothing is made, nothing is finalized.
            drop(unsafe { Rc::from_raw(owner.cast_const().cast::<T>()) });
            Err(Failure::of_call("napi_create_threadsafe_function", status))
        }
    }
}

/// What async_hooks see of the doorbell. Tools that look for open handles ask each resource `hasRef()`, and take a resource without that
/// method for an open one. The doorbell says no, because the ports say whether they keep the event loop alive.
fn resource<'s>(env: Env<'s>) -> Result<Value<'s>> {
    let resource = env.make_object()?;
    // SAFETY: `has_ref` expects no data.
    let has_ref = unsafe { env.make_function(HAS_REF, Some(has_ref), ptr::null_mut()) }?;
    env.define_hidden(resource, HAS_REF, has_ref)?;
    Ok(resource)
}

unsafe extern "C" fn has_ref(env: sys::napi_env, _: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: called by Node-API.
    guarded(|| unsafe { Env::from_raw(env) }.make_boolean(false)).map_or(ptr::null_mut(), Value::raw)
}

unsafe extern "C" fn answer<T: Hears>(env: sys::napi_env, _: sys::napi_value, thread: *mut c_void, _: *mut c_void) {
    swallowed(|| {
        // When it destroys the function, Node empties its queue without an environment, after `free`.
        if env.is_null() {
            return;
        }
        // SAFETY: Node calls this on the environment's thread with what `make` gave, which still exists because the environment does.
        let (env, thread) = unsafe { (Env::from_raw(env), ManuallyDrop::new(Rc::from_raw(thread.cast::<T>()))) };
        // What it delivers may give the doorbell up.
        let thread = Rc::clone(&thread);
        let answered = guarded(|| {
            thread.answer(env);
            Ok(())
        });
        if let Err(failure) = answered {
            thread.throw(env, failure);
            env.raise_pending();
        }
    });
}

unsafe extern "C" fn free<T: Hears>(_: sys::napi_env, thread: *mut c_void, _: *mut c_void) {
    // SAFETY: what `make` gave; a threadsafe function is finalized once, and not called after.
    swallowed(|| drop(unsafe { Rc::from_raw(thread.cast::<T>()) }));
}
