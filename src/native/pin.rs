//! Keeps the library loaded that has given a waker.
//!
//! Node unloads an addon with the last environment that has loaded it. A thread of the addon may be in the middle of its work then, and
//! the port calls its waker when it likes. Few authors of addons think of that, and what happens is a crash now and then, so it is done
//! for them.

use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The code that was pinned last: nearly always that of the next call, too.
static LAST: AtomicUsize = AtomicUsize::new(0);

/// All code that was pinned: one address or a few of each library.
static PINNED: Mutex<Vec<usize>> = Mutex::new(Vec::new());

/// Keeps the library in which `code` is loaded for as long as the process is. What is in no library stays as it is.
pub(super) fn pin(code: *const c_void) {
    let address = code.addr();
    if LAST.load(Ordering::Relaxed) == address {
        return;
    }
    let mut pinned = PINNED.lock().unwrap_or_else(PoisonError::into_inner);
    // A library that is pinned stays at its address, so no other one's code comes to be there.
    if !pinned.contains(&address) {
        if !library::pin(code) {
            return;
        }
        pinned.push(address);
    }
    LAST.store(address, Ordering::Relaxed);
}

#[cfg(all(any(target_os = "linux", target_os = "android", target_vendor = "apple"), not(miri)))]
mod library {
    use std::ffi::{c_char, c_int, c_void};
    use std::ptr;

    #[repr(C)]
    struct Info {
        file: *const c_char,
        base: *mut c_void,
        symbol: *const c_char,
        address: *mut c_void,
    }

    unsafe extern "C" {
        fn dladdr(address: *const c_void, info: *mut Info) -> c_int;
        fn dlopen(file: *const c_char, flags: c_int) -> *mut c_void;
    }

    const LAZY: c_int = 1;
    /// RTLD_NOLOAD: only what is loaded already.
    const LOADED: c_int = if cfg!(target_vendor = "apple") { 0x10 } else { 0x4 };
    /// RTLD_NODELETE.
    const FOR_GOOD: c_int = if cfg!(target_vendor = "apple") { 0x80 } else { 0x1000 };

    pub(super) fn pin(code: *const c_void) -> bool {
        let mut info = Info { file: ptr::null(), base: ptr::null_mut(), symbol: ptr::null(), address: ptr::null_mut() };
        // SAFETY: `dladdr` only compares the address, and writes to the struct. The name is there as long as the library, which is not
        // unloaded while it calls this. `dlopen` loads nothing, and what it returns is never given back.
        unsafe {
            dladdr(code, &mut info) != 0
                && !info.file.is_null()
                && !dlopen(info.file, LAZY | LOADED | FOR_GOOD).is_null()
        }
    }
}

#[cfg(windows)]
mod library {
    use std::ffi::c_void;
    use std::ptr;

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const u16, module: *mut *mut c_void) -> i32;
    }

    /// GET_MODULE_HANDLE_EX_FLAG_PIN and GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS.
    const FOR_GOOD_BY_ADDRESS: u32 = 0x1 | 0x4;

    pub(super) fn pin(code: *const c_void) -> bool {
        let mut module = ptr::null_mut();
        // SAFETY: the address is only compared, and there is a place for the handle.
        unsafe { GetModuleHandleExW(FOR_GOOD_BY_ADDRESS, code.cast(), &mut module) != 0 }
    }
}

#[cfg(not(any(windows, all(any(target_os = "linux", target_os = "android", target_vendor = "apple"), not(miri)))))]
mod library {
    pub(super) fn pin(_: *const std::ffi::c_void) -> bool {
        false
    }
}
