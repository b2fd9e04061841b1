//! An addon with one function, `run()`: one round of the event loop in which JavaScript runs, as deasync's. It waits if nothing is due.
#![crate_type = "cdylib"]

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

type Callback = unsafe extern "C" fn(*mut c_void, *mut c_void) -> *mut c_void;

const UV_RUN_ONCE: c_int = 1;

// Exported by the process that loads this.
unsafe extern "C" {
    fn uv_run(event_loop: *mut c_void, mode: c_int) -> c_int;
    fn napi_get_uv_event_loop(env: *mut c_void, event_loop: *mut *mut c_void) -> c_int;
    fn napi_create_function(
        env: *mut c_void,
        name: *const c_char,
        length: usize,
        callback: Callback,
        data: *mut c_void,
        result: *mut *mut c_void,
    ) -> c_int;
    fn napi_set_named_property(env: *mut c_void, object: *mut c_void, name: *const c_char, value: *mut c_void) -> c_int;
}

unsafe extern "C" fn run(env: *mut c_void, _: *mut c_void) -> *mut c_void {
    let mut event_loop = ptr::null_mut();
    // SAFETY: called by Node-API, on the thread of the environment.
    unsafe {
        if napi_get_uv_event_loop(env, &mut event_loop) == 0 {
            uv_run(event_loop, UV_RUN_ONCE);
        }
    }
    ptr::null_mut()
}

/// What Node-API calls when the addon is loaded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn napi_register_module_v1(env: *mut c_void, exports: *mut c_void) -> *mut c_void {
    let mut function = ptr::null_mut();
    // SAFETY: called by Node-API; the name ends with a NUL.
    unsafe {
        let name = c"run".as_ptr();
        napi_create_function(env, name, 3, run, ptr::null_mut(), &mut function);
        napi_set_named_property(env, exports, name, function);
    }
    exports
}
