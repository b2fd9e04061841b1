//! Ports as arguments and results of functions of addons that are built with napi-rs.

use crate::abi::{Handover, TYPE_TAG};
use crate::port::Port;
use napi::bindgen_prelude::{FromNapiValue, ToNapiValue, TypeName, ValidateNapiValue};
use napi::{Error, Result, Status, ValueType, sys};
use std::ffi::{CStr, c_void};
use std::ptr;

/// The method that hands an endpoint over.
const METHOD: &CStr = c"ferroport.native.1";

fn failed(what: &str) -> Error {
    Error::new(Status::InvalidArg, what)
}

/// Fails if a call of Node-API has. What JavaScript has thrown stays pending, and is what the caller gets.
fn check(status: sys::napi_status, what: &str) -> Result<()> {
    match status {
        sys::Status::napi_ok => Ok(()),
        sys::Status::napi_pending_exception => Err(Error::new(Status::PendingException, "")),
        _ => Err(failed(what)),
    }
}

const NO_PORT: &str = "expected a MessagePort of ferroport";

/// `port[Symbol.for('ferroport.native.1')]()`, and what is in it.
///
/// # Safety
/// As for `FromNapiValue`.
unsafe fn take<In, Out: ?Sized>(env: sys::napi_env, value: sys::napi_value) -> Result<Port<In, Out>> {
    let mut kind = 0;
    let (mut global, mut symbols, mut make, mut name, mut key, mut method, mut object) = (
        ptr::null_mut(),
        ptr::null_mut(),
        ptr::null_mut(),
        ptr::null_mut(),
        ptr::null_mut(),
        ptr::null_mut(),
        ptr::null_mut(),
    );
    let mut is_tagged = false;
    let mut wrapped: *mut c_void = ptr::null_mut();
    // SAFETY: the caller's promise; the places are locals.
    unsafe {
        check(sys::napi_typeof(env, value, &mut kind), NO_PORT)?;
        if kind != sys::ValueType::napi_object {
            return Err(failed(NO_PORT));
        }
        check(sys::napi_get_global(env, &mut global), NO_PORT)?;
        check(sys::napi_get_named_property(env, global, c"Symbol".as_ptr(), &mut symbols), NO_PORT)?;
        check(sys::napi_get_named_property(env, symbols, c"for".as_ptr(), &mut make), NO_PORT)?;
        check(sys::napi_create_string_utf8(env, METHOD.as_ptr(), METHOD.count_bytes() as isize, &mut name), NO_PORT)?;
        check(sys::napi_call_function(env, symbols, make, 1, &name, &mut key), NO_PORT)?;
        check(sys::napi_get_property(env, value, key, &mut method), NO_PORT)?;
        check(sys::napi_typeof(env, method, &mut kind), NO_PORT)?;
        if kind != sys::ValueType::napi_function {
            return Err(failed(NO_PORT));
        }
        check(sys::napi_call_function(env, value, method, 0, ptr::null(), &mut object), NO_PORT)?;
        let tag = sys::napi_type_tag { lower: TYPE_TAG[0], upper: TYPE_TAG[1] };
        check(sys::napi_check_object_type_tag(env, object, &tag, &mut is_tagged), NO_PORT)?;
        if !is_tagged {
            return Err(failed(NO_PORT));
        }
        check(sys::napi_unwrap(env, object, &mut wrapped), NO_PORT)?;
        let port = Port::from_handover(wrapped.cast::<Handover>()).map_err(|error| failed(&error.to_string()))?;
        // Threads of this library use the port, and the library of ferroport calls wakers in this one: whether the environment that has
        // loaded it lives or not.
        napi::bindgen_prelude::retain_current_module_for_unload_safety();
        Ok(port)
    }
}

impl<In, Out: ?Sized> TypeName for Port<In, Out> {
    fn type_name() -> &'static str {
        "MessagePort"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl<In, Out: ?Sized> ValidateNapiValue for Port<In, Out> {}

impl<In, Out: ?Sized> FromNapiValue for Port<In, Out> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        // SAFETY: the caller's promise.
        unsafe { take(env, value) }
    }
}

/// A result: a `MessagePort` in the thread of JavaScript that gets it, which must have loaded ferroport. If that has not, the function
/// throws, and the port closes.
impl<In, Out: ?Sized> ToNapiValue for Port<In, Out> {
    unsafe fn to_napi_value(_: sys::napi_env, port: Self) -> Result<sys::napi_value> {
        match port.raw.into_value() {
            Ok(value) => Ok(value.cast()),
            Err((_, why)) => Err(Error::new(Status::GenericFailure, why)),
        }
    }
}
