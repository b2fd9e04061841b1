//! Event loops that listeners run: the drain that has called the listener stands on the stack, and the loop goes round within it.
//!
//! Node has no function that runs an event loop, but addons have (deasync), and the built-in's ports deliver messages there. Two things are
//! in the way of ours: nobody rings while a drain runs, and a threadsafe function that is being answered does not wake the loop again.
//!
//! ```text
//!   event loop ─► doorbell ─► drain ─► listener ─► event loop, within
//!                                                    │ about to wait: a `uv_prepare`, which is started while a drain runs
//!                                                    │   makes a bell that is heard here, and the mailbox goes to sleep
//!                                                    ▼
//!                                                  bell ─► drain, within ─► listeners
//! ```
//!
//! A drain whose listeners run no event loop pays for that by starting and stopping one handle.

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::mem::ManuallyDrop;
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use napi::sys;

use super::libuv::{ASYNC, Callback, Libuv, PREPARE, event_loop, libuv};
use super::panics::swallowed;
use crate::js::Env;

/// Who drains: a thread.
pub trait Drains: 'static {
    /// What it knows of event loops within its drains.
    fn nesting(&self) -> &Nesting;
    /// An event loop that a listener runs is about to wait. What has come rings the inner bell.
    fn suspend(&self);
    /// The inner bell has rung.
    fn answer_within(&self, env: Env);
}

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
    env: sys::napi_env,
    event_loop: *mut sys::uv_loop_s,
    /// A `uv_prepare_t`.
    prepare: Handle,
    about_to_wait: Callback,
    rung: Callback,
}

/// A handle of libuv's, whose data is a weak reference to who drains.
#[derive(Clone, Copy)]
struct Handle {
    place: *mut c_void,
    /// What frees both once the handle has closed.
    free: Callback,
}

// SAFETY: `uv_async_send` may be called from any thread; all else is done by the thread whose loop it is of.
unsafe impl Send for Handle {}

impl Handle {
    /// A handle of that kind, which `init` has initialised, and which does not keep the loop alive; `None` if `init` says no.
    fn make<T: Drains, const KIND: c_int>(
        libuv: &Libuv,
        host: &Rc<T>,
        init: impl FnOnce(*mut c_void) -> bool,
    ) -> Option<Handle> {
        let place = libuv.allocate(KIND);
        if !init(place) {
            // SAFETY: just allocated for that kind, and libuv does not know it.
            unsafe { libuv.free(KIND, place) };
            return None;
        }
        // SAFETY: the handle has been initialised. The data is given back in `free`, once.
        unsafe {
            (libuv.unref)(place);
            (libuv.set_data)(place, Weak::into_raw(Rc::downgrade(host)).cast_mut().cast());
        }
        Some(Handle { place, free: free::<T, KIND> })
    }

    /// Gives the handle back to libuv.
    fn close(self, libuv: &Libuv) {
        // SAFETY: the handle is open, and its only owner closes it.
        unsafe { (libuv.close)(self.place, Some(self.free)) };
    }
}

impl Nesting {
    /// Listens for such loops from here on, where there is libuv.
    pub fn watch<T: Drains>(&self, env: Env, host: &Rc<T>) {
        if self.watch.get().is_some() {
            return;
        }
        let (Some(libuv), Some(event_loop)) = (libuv(), event_loop(env)) else { return };
        // SAFETY: memory for a handle of this kind, of this thread's loop.
        let init = |place| unsafe { (libuv.prepare_init)(event_loop, place) == 0 };
        let Some(prepare) = Handle::make::<T, PREPARE>(libuv, host, init) else { return };
        let about_to_wait = about_to_wait::<T>;
        self.watch.set(Some(Watch { libuv, env: env.raw(), event_loop, prepare, about_to_wait, rung: rung::<T> }));
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

    /// A drain has returned. Returns whether a listener has run a loop within it: then what was rung for there is to be rung for again.
    #[inline]
    pub fn end(&self) -> bool {
        self.drains.update(|drains| drains - 1);
        if self.drains.get() > 0 {
            return false;
        }
        let Some(watch) = self.watch.get() else { return false };
        // SAFETY: the handle is there.
        unsafe { (watch.libuv.prepare_stop)(watch.prepare.place) };
        self.bell.is_there() && self.bell.remove(watch.libuv)
    }

    /// Gives everything back to libuv.
    pub fn close(&self) {
        let Some(watch) = self.watch.take() else { return };
        self.bell.remove(watch.libuv);
        watch.prepare.close(watch.libuv);
    }

    #[inline]
    fn listen(&self) {
        if self.drains.get() > 0
            && let Some(watch) = self.watch.get()
        {
            // SAFETY: the handle is there. It does nothing to one that has been started.
            unsafe { (watch.libuv.prepare_start)(watch.prepare.place, watch.about_to_wait) };
        }
    }

    /// An inner loop is about to wait.
    fn hear<T: Drains>(&self, host: &Rc<T>) {
        let Some(watch) = self.watch.get() else { return };
        if !self.bell.is_there() {
            self.bell.install(watch, host);
        }
        // Rings that bell if something is there.
        host.suspend();
    }
}

/// The doorbell within a drain. Each inner loop gets a handle of its own: within the callback of an async handle, a loop does not call
/// those that stand behind that handle.
#[derive(Default)]
pub struct InnerBell {
    /// Whether there is a handle; false is no promise.
    is_there: AtomicBool,
    /// A `uv_async_t`.
    handle: Mutex<Option<Handle>>,
}

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
        unsafe { (libuv.async_send)(handle.place) };
        true
    }

    #[inline]
    fn is_there(&self) -> bool {
        self.is_there.load(Ordering::Acquire)
    }

    fn install<T: Drains>(&self, watch: Watch, host: &Rc<T>) {
        // SAFETY: as in `watch`.
        let init = |place| unsafe { (watch.libuv.async_init)(watch.event_loop, place, watch.rung) == 0 };
        let Some(handle) = Handle::make::<T, ASYNC>(watch.libuv, host, init) else { return };
        *self.handle.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
        self.is_there.store(true, Ordering::Release);
    }

    fn remove(&self, libuv: &Libuv) -> bool {
        self.is_there.store(false, Ordering::Release);
        let handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(handle) = handle else { return false };
        handle.close(libuv);
        true
    }
}

unsafe extern "C" fn about_to_wait<T: Drains>(prepare: *mut c_void) {
    swallowed(|| {
        // SAFETY: libuv calls this on the thread whose loop it is, about a handle that is open.
        if let Some(host) = unsafe { host_of::<T>(prepare) } {
            host.nesting().hear(&host);
        }
    });
}

unsafe extern "C" fn rung<T: Drains>(bell: *mut c_void) {
    swallowed(|| {
        // SAFETY: as above.
        if let Some(host) = unsafe { host_of::<T>(bell) }
            && let Some(watch) = host.nesting().watch.get()
        {
            // SAFETY: the thread of the environment, which has not ended: it closes the watch then.
            let _ = unsafe { Env::from_raw(watch.env).scoped(|env| host.answer_within(env)) };
        }
    });
}

/// Who drains, if that is still there.
///
/// # Safety
/// `handle` is one that [`Handle::make`] has made for a `T`, not freed, and the call is on its thread.
unsafe fn host_of<T: Drains>(handle: *mut c_void) -> Option<Rc<T>> {
    // SAFETY: the caller's promise: what `Weak::into_raw` gave. The handle keeps it.
    let host = unsafe { ManuallyDrop::new(Weak::from_raw((libuv()?.get_data)(handle).cast_const().cast::<T>())) };
    host.upgrade()
}

unsafe extern "C" fn free<T: Drains, const KIND: c_int>(handle: *mut c_void) {
    swallowed(|| {
        let Some(libuv) = libuv() else { return };
        // SAFETY: libuv is done with the handle, which `Handle::make` has made for a `T`; this is called once.
        unsafe {
            drop(Weak::from_raw((libuv.get_data)(handle).cast_const().cast::<T>()));
            libuv.free(KIND, handle);
        }
    });
}
