//! libuv's own functions, for what Node-API cannot do. They are looked up when they are first needed. A runtime that does not export them, or
//! does not run on libuv, has none.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::OnceLock;

use napi::sys;

use super::runtime;
use crate::js::Env;

/// What libuv calls about a handle.
pub type Callback = unsafe extern "C" fn(*mut c_void);

/// A kind of handle: its `uv_handle_type`.
pub const ASYNC: c_int = 1;
/// As above.
pub const CHECK: c_int = 2;
/// As above.
pub const PREPARE: c_int = 9;

/// libuv's functions, with the signatures of its version 1.
pub struct Libuv {
    handle_size: unsafe extern "C" fn(c_int) -> usize,
    pub async_init: unsafe extern "C" fn(*mut sys::uv_loop_s, *mut c_void, Callback) -> c_int,
    pub async_send: unsafe extern "C" fn(*mut c_void) -> c_int,
    pub check_init: unsafe extern "C" fn(*mut sys::uv_loop_s, *mut c_void) -> c_int,
    pub prepare_init: unsafe extern "C" fn(*mut sys::uv_loop_s, *mut c_void) -> c_int,
    pub prepare_start: unsafe extern "C" fn(*mut c_void, Callback) -> c_int,
    pub prepare_stop: unsafe extern "C" fn(*mut c_void) -> c_int,
    pub unref: unsafe extern "C" fn(*mut c_void),
    pub set_data: unsafe extern "C" fn(*mut c_void, *mut c_void),
    pub get_data: unsafe extern "C" fn(*const c_void) -> *mut c_void,
    pub close: unsafe extern "C" fn(*mut c_void, Option<Callback>),
}

/// The functions, if the process has all of them.
pub fn libuv() -> Option<&'static Libuv> {
    static LIBUV: OnceLock<Option<Libuv>> = OnceLock::new();
    LIBUV
        .get_or_init(|| {
            let exports = &runtime::exports()?;
            // SAFETY: libuv's functions of these names have these signatures in all of its version 1.
            unsafe {
                Some(Libuv {
                    handle_size: runtime::function(exports, b"uv_handle_size\0")?,
                    async_init: runtime::function(exports, b"uv_async_init\0")?,
                    async_send: runtime::function(exports, b"uv_async_send\0")?,
                    check_init: runtime::function(exports, b"uv_check_init\0")?,
                    prepare_init: runtime::function(exports, b"uv_prepare_init\0")?,
                    prepare_start: runtime::function(exports, b"uv_prepare_start\0")?,
                    prepare_stop: runtime::function(exports, b"uv_prepare_stop\0")?,
                    unref: runtime::function(exports, b"uv_unref\0")?,
                    set_data: runtime::function(exports, b"uv_handle_set_data\0")?,
                    get_data: runtime::function(exports, b"uv_handle_get_data\0")?,
                    close: runtime::function(exports, b"uv_close\0")?,
                })
            }
        })
        .as_ref()
}

/// The event loop of an environment, if that has one.
pub fn event_loop(env: Env) -> Option<*mut sys::uv_loop_s> {
    let mut event_loop = ptr::null_mut();
    // SAFETY: the environment is live.
    let status = unsafe { sys::napi_get_uv_event_loop(env.raw(), &mut event_loop) };
    (status == sys::Status::napi_ok).then_some(event_loop)
}

impl Libuv {
    fn layout(&self, kind: c_int) -> Layout {
        // SAFETY: it takes any kind of handle.
        let size = unsafe { (self.handle_size)(kind) }.max(1);
        // SAFETY: a power of two, and no handle is nearly as large as the address space.
        unsafe { Layout::from_size_align_unchecked(size, 16) }
    }

    /// Memory for a handle of that kind, as large and as aligned as libuv's are; to be freed when the handle has closed.
    pub fn allocate(&self, kind: c_int) -> *mut c_void {
        let layout = self.layout(kind);
        // SAFETY: its size is not 0.
        let handle = unsafe { alloc(layout) };
        if handle.is_null() {
            handle_alloc_error(layout);
        }
        handle.cast()
    }

    /// Frees it.
    ///
    /// # Safety
    /// `allocate` has given it for that kind, and libuv is done with it.
    pub unsafe fn free(&self, kind: c_int, handle: *mut c_void) {
        // SAFETY: the caller's promise.
        unsafe { dealloc(handle.cast(), self.layout(kind)) };
    }
}
