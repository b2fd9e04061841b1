//! Strings whose characters stay where the message has them, in runtimes that offer it.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use napi::sys;

use super::panics::swallowed;
use super::runtime;
use crate::js::{Env, Result, Value};
use crate::memory::Bytes;

/// Strings of fewer bytes are copied: V8 tells when an external string has died, and until then the next message finds no warm memory. A
/// copy of so many bytes is a large object in V8's heap, of fresh memory, and costs more.
pub const LEAST: usize = 128 * 1024;

type Finalize = unsafe extern "C" fn(sys::napi_env, *mut c_void, *mut c_void);

/// `node_api_create_external_string_latin1` or `…_utf16`, in Node.js from 20.4 on.
type Create<T> = unsafe extern "C" fn(
    sys::napi_env,
    *const T,
    usize,
    Option<Finalize>,
    *mut c_void,
    *mut sys::napi_value,
    *mut bool,
) -> sys::napi_status;

/// A code unit, in one of the two forms that strings have.
pub trait Unit: Copy + 'static {
    /// The runtime's function that makes external strings of such units, if it has it.
    fn create() -> Option<Create<Self>>;
}

impl Unit for u8 {
    fn create() -> Option<Create<u8>> {
        static CREATE: OnceLock<Option<Create<u8>>> = OnceLock::new();
        *CREATE.get_or_init(|| {
            // SAFETY: a function of that name has this signature (Node-API version 10): a `c_char` is a byte.
            unsafe { runtime::function(&runtime::exports()?, b"node_api_create_external_string_latin1\0") }
        })
    }
}

impl Unit for u16 {
    fn create() -> Option<Create<u16>> {
        static CREATE: OnceLock<Option<Create<u16>>> = OnceLock::new();
        *CREATE.get_or_init(|| {
            // SAFETY: as above.
            unsafe { runtime::function(&runtime::exports()?, b"node_api_create_external_string_utf16\0") }
        })
    }
}

/// How many bytes of a thread's external strings have been freed since V8 was told last.
#[derive(Clone, Default)]
pub struct Freed(Arc<AtomicUsize>);

/// What a string holds until it dies.
struct Owner {
    bytes: Arc<Bytes>,
    freed: Freed,
}

/// A string of the `length` units from byte `offset` of `bytes` on, not copied; `None` if it has to be.
///
/// V8 is told how much memory outside of its heap its strings hold, so that it collects garbage in time. `freed` is the thread's.
///
/// # Errors
/// What Node-API says.
pub fn make<'s, T: Unit>(
    env: Env<'s>,
    freed: &Freed,
    bytes: Arc<Bytes>,
    offset: usize,
    length: usize,
) -> Result<Option<Value<'s>>> {
    let Some(create) = T::create() else { return Ok(None) };
    let Some(units) = length.checked_mul(size_of::<T>()).and_then(|size| bytes.get(offset..offset.checked_add(size)?))
    else {
        return Ok(None);
    };
    let (units, held) = (units.as_ptr().cast::<T>(), bytes.len());
    if !units.is_aligned() {
        return Ok(None);
    }
    let owner = Box::into_raw(Box::new(Owner { bytes, freed: freed.clone() }));
    let (mut string, mut copied) = (ptr::null_mut(), false);
    // SAFETY: the environment is live; the units are never written again, and live until `free` gets the owner.
    let status = unsafe { create(env.raw(), units, length, Some(free), owner.cast(), &mut string, &mut copied) };
    if status != sys::Status::napi_ok {
        // SAFETY: nobody took it: a function that fails does not finalize.
        drop(unsafe { Box::from_raw(owner) });
        return Ok(None);
    }
    env.adjust_external_memory(held as i64 - freed.0.swap(0, Ordering::Relaxed) as i64)?;
    // SAFETY: just made.
    Ok(Some(unsafe { Value::from_raw(string) }))
}

/// The string is gone, or has been copied. There may be no environment any more, and none is needed.
unsafe extern "C" fn free(_: sys::napi_env, _: *mut c_void, owner: *mut c_void) {
    // SAFETY: what `make` gave away; called once.
    let owner = unsafe { Box::from_raw(owner.cast::<Owner>()) };
    swallowed(|| {
        owner.freed.0.fetch_add(owner.bytes.len(), Ordering::Relaxed);
        drop(owner);
    });
}
