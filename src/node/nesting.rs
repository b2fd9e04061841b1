//! Event loops that listeners run: the drain that has called the listener stands on the stack, and the loop goes round within it.
//!
//! Node has no such function, but addons do (deasync), and the built-in's ports deliver there. Ours has two things in its way: nobody
//! rings while a drain runs, and a threadsafe function that is being answered does not wake the loop again.
//!
//! ```text
//!   event loop ─► doorbell ─► drain ─► listener ─► event loop, within
//!                                                    │ about to wait: a `uv_prepare`, which is started while a drain runs
//!                                                    │   makes a bell that is heard here, and the mailbox goes to sleep
//!                                                    ▼
//!                                                  bell ─► drain, within ─► listeners
//! ```
//!
//! So the inner loop costs a drain that calls none of it the starting and the stopping of that handle.

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use napi::sys;

use super::libuv::{ASYNC, Libuv, PREPARE, event_loop, libuv};
use super::panics::swallowed;
use super::thread::Thread;
use crate::js::Env;

/// What a thread knows of event loops within its drains.
#[derive(Default)]
pub struct Nesting {
    watch: Cell<Option<Watch>>,
    /// How many drains the event loop itself has called and that have not returned: more than one nowhere that is known.
    drains: Cell<u32>,
    bell: Arc<InnerBell>,
}

/// What hears that an event loop goes round.
#[derive(Clone, Copy)]
struct Watch {
    libuv: &'static Libuv,
    env: Env,
    event_loop: *mut sys::uv_loop_s,
    /// A `uv_prepare_t`, whose data is the [`Thread`].
    prepare: *mut c_void,
}

impl Nesting {
    /// Listens for such loops from here on, where there is libuv.
    pub fn watch(&self, env: Env, thread: &Thread) {
        if self.watch.get().is_some() {
            return;
        }
        let (Some(libuv), Some(event_loop)) = (libuv(), event_loop(env)) else { return };
        let prepare = libuv.allocate(PREPARE);
        // SAFETY: the memory is a handle's until that has closed; `end` closes it while the thread is there.
        unsafe {
            // Never fails for this kind.
            (libuv.prepare_init)(event_loop, prepare);
            (libuv.unref)(prepare);
            (libuv.set_data)(prepare, ptr::from_ref(thread).cast_mut().cast());
        }
        self.watch.set(Some(Watch { libuv, env, event_loop, prepare }));
        self.listen();
    }

    /// The bell that rings in an inner loop.
    pub fn bell(&self) -> Arc<InnerBell> {
        self.bell.clone()
    }

    /// A drain is about to run.
    #[inline]
    pub fn begin(&self) {
        self.drains.update(|drains| drains + 1);
        self.listen();
    }

    /// It has returned; whether there was a loop within it: what has been rung for there is to be rung for again.
    #[inline]
    pub fn end(&self) -> bool {
        self.drains.update(|drains| drains - 1);
        if self.drains.get() > 0 {
            return false;
        }
        let Some(watch) = self.watch.get() else { return false };
        // SAFETY: the handle is there.
        unsafe { (watch.libuv.prepare_stop)(watch.prepare) };
        self.bell.is_there() && self.bell.remove(watch.libuv)
    }

    /// Gives everything back to libuv.
    pub fn close(&self) {
        let Some(watch) = self.watch.take() else { return };
        self.bell.remove(watch.libuv);
        // SAFETY: the handle is there, and nobody has it any more; its memory is freed when it has closed.
        unsafe { (watch.libuv.close)(watch.prepare, Some(free::<PREPARE>)) };
    }

    #[inline]
    fn listen(&self) {
        if self.drains.get() > 0
            && let Some(watch) = self.watch.get()
        {
            // SAFETY: the handle is there. It does nothing to one that has been started.
            unsafe { (watch.libuv.prepare_start)(watch.prepare, about_to_wait) };
        }
    }

    /// An inner loop is about to wait.
    fn hear(&self, thread: &Thread) {
        let Some(watch) = self.watch.get() else { return };
        if !self.bell.is_there() {
            self.bell.install(watch, thread);
        }
        // Rings that bell if something is there.
        thread.suspend();
    }
}

/// The doorbell within a drain. A handle of its own each time: a loop does not hear, within what an async handle has called, those
/// that come after that one.
#[derive(Default)]
pub struct InnerBell {
    /// Whether there is a handle; false is no promise.
    is_there: AtomicBool,
    handle: Mutex<Option<Handle>>,
}

/// A `uv_async_t`, whose data is the [`Thread`].
struct Handle(*mut c_void);

// SAFETY: `uv_async_send` may be called from any thread; all else is done by the thread whose loop it is of.
unsafe impl Send for Handle {}

impl InnerBell {
    /// Rings, if there is an inner loop; whether there is.
    #[inline]
    pub fn ring(&self) -> bool {
        self.is_there() && self.ring_now()
    }

    #[cold]
    fn ring_now(&self) -> bool {
        let handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(handle), Some(libuv)) = (&*handle, libuv()) else { return false };
        // SAFETY: it is not closed before it has been taken out, under the lock.
        unsafe { (libuv.async_send)(handle.0) };
        true
    }

    #[inline]
    fn is_there(&self) -> bool {
        self.is_there.load(Ordering::Acquire)
    }

    fn install(&self, watch: Watch, thread: &Thread) {
        let libuv = watch.libuv;
        let handle = libuv.allocate(ASYNC);
        // SAFETY: as in `watch`.
        unsafe {
            if (libuv.async_init)(watch.event_loop, handle, rung) != 0 {
                libuv.free(ASYNC, handle);
                return;
            }
            (libuv.unref)(handle);
            (libuv.set_data)(handle, ptr::from_ref(thread).cast_mut().cast());
        }
        *self.handle.lock().unwrap_or_else(PoisonError::into_inner) = Some(Handle(handle));
        self.is_there.store(true, Ordering::Release);
    }

    fn remove(&self, libuv: &Libuv) -> bool {
        self.is_there.store(false, Ordering::Release);
        let handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Handle(handle)) = handle else { return false };
        // SAFETY: the handle is there, and nobody has it any more; its memory is freed when it has closed.
        unsafe { (libuv.close)(handle, Some(free::<ASYNC>)) };
        true
    }
}

unsafe extern "C" fn about_to_wait(prepare: *mut c_void) {
    // SAFETY: libuv calls this on the thread whose loop it is, which has not closed the handle.
    let thread = unsafe { thread_of(prepare) };
    swallowed(|| {
        if let Some(thread) = thread {
            thread.nesting.hear(thread);
        }
    });
}

unsafe extern "C" fn rung(bell: *mut c_void) {
    // SAFETY: as above.
    let thread = unsafe { thread_of(bell) };
    swallowed(|| {
        if let Some(thread) = thread
            && let Some(watch) = thread.nesting.watch.get()
            && let Ok(scope) = watch.env.open_scope()
        {
            thread.answer_within(watch.env);
            watch.env.close_scope(scope);
        }
    });
}

/// # Safety
/// `handle` is one of this file's and not closed, and the call is libuv's.
unsafe fn thread_of<'a>(handle: *mut c_void) -> Option<&'a Thread> {
    // SAFETY: the data was set when the handle was made, and the thread closes its handles before it goes.
    unsafe { (libuv()?.get_data)(handle).cast::<Thread>().as_ref() }
}

unsafe extern "C" fn free<const KIND: c_int>(handle: *mut c_void) {
    if let Some(libuv) = libuv() {
        // SAFETY: it has closed.
        unsafe { libuv.free(KIND, handle) };
    }
}
