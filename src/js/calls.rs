//! Calls in both directions: functions of JavaScript's, the arguments of ours, and exceptions.

use std::ffi::{CStr, CString, c_void};
use std::ptr;

use napi::sys;

use super::{Code, Env, Failure, Result, Thrown, Value};

/// The arguments of a call from JavaScript; missing ones are undefined.
pub struct Arguments<'s, const N: usize>([Value<'s>; N]);

impl<'s, const N: usize> Arguments<'s, N> {
    /// Reads the arguments, and the pointer that the function was made with.
    ///
    /// # Safety
    /// `info` must be what the callback was called with, and it must not have returned.
    pub unsafe fn read(env: Env<'s>, info: sys::napi_callback_info) -> Result<(Self, *mut c_void)> {
        let mut values = [ptr::null_mut(); N];
        let mut count = N;
        let data =
            get!(env, napi_get_cb_info(info, &mut count, values.as_mut_ptr(), ptr::null_mut()), ptr::null_mut())?;
        Ok((Arguments(values.map(Value::of)), data))
    }

    /// Argument `index`, from 0.
    #[inline]
    pub fn get(&self, index: usize) -> Value<'s> {
        self.0[index]
    }
}

impl<'s> Env<'s> {
    /// What a function returns that returns nothing.
    #[inline]
    pub fn nothing(self) -> Value<'s> {
        Value::of(ptr::null_mut())
    }

    /// `function(...arguments)`, with undefined as `this`.
    pub fn call<const N: usize>(self, function: Value, arguments: [Value; N]) -> Result<Value<'s>> {
        let undefined = self.undefined()?;
        // `Value` is a handle and nothing else.
        let raw = arguments.map(Value::raw);
        get!(self, napi_call_function(undefined.0, function.0, N, raw.as_ptr()), ptr::null_mut()).map(Value::of)
    }

    /// As [`call`](Env::call), with any number of arguments.
    pub fn call_with(self, function: Value, arguments: &[Value]) -> Result<Value<'s>> {
        let undefined = self.undefined()?;
        // `Value` is a handle and nothing else.
        let raw = arguments.as_ptr().cast::<sys::napi_value>();
        get!(self, napi_call_function(undefined.0, function.0, arguments.len(), raw), ptr::null_mut()).map(Value::of)
    }

    /// Whether an exception is pending.
    pub fn has_exception(self) -> bool {
        let mut pending = false;
        // SAFETY: the environment is live; the out pointer is a local. It cannot fail.
        unsafe { sys::napi_is_exception_pending(self.0, &mut pending) };
        pending
    }

    /// Takes the pending exception away, if there is one.
    pub fn take_exception(self) -> Option<Value<'s>> {
        if !self.has_exception() {
            return None;
        }
        get!(self, napi_get_and_clear_last_exception(), ptr::null_mut()).ok().map(Value::of)
    }

    /// `throw value`.
    pub fn throw(self, value: Value) {
        // SAFETY: the environment is live and the handle comes from it. Fails only if JavaScript cannot run any more.
        unsafe { sys::napi_throw(self.0, value.0) };
    }

    /// Throws a new TypeError or Error with that code.
    fn throw_new(self, is_type_error: bool, code: Option<Code>, message: &str) {
        let message = message.replace('\0', "");
        let Ok(message) = CString::new(message) else { return };
        let code = code.map_or(ptr::null(), |code| code.name().as_ptr());
        // SAFETY: the environment is live; the strings end with a zero byte.
        unsafe {
            if is_type_error {
                sys::napi_throw_type_error(self.0, code, message.as_ptr())
            } else {
                sys::napi_throw_error(self.0, code, message.as_ptr())
            }
        };
    }

    /// Throws what a failure says. What should be a DataCloneError is an Error: JavaScript makes those.
    pub fn throw_failure(self, failure: Failure) {
        match failure {
            Failure::Pending => {}
            Failure::Error(thrown) => match *thrown {
                Thrown::Type(code, message) => self.throw_new(true, Some(code), &message),
                Thrown::Error(code, message) => self.throw_new(false, Some(code), &message),
                Thrown::DataClone(message) => self.throw_new(false, None, &message),
            },
        }
    }

    /// A function that calls back with `data`.
    ///
    /// # Safety
    /// `callback` is for Node-API to call, and may be given this data as long as the function lives.
    pub unsafe fn make_function(
        self,
        name: &CStr,
        callback: sys::napi_callback,
        data: *mut c_void,
    ) -> Result<Value<'s>> {
        let length = name.count_bytes() as isize;
        get!(self, napi_create_function(name.as_ptr(), length, callback, data), ptr::null_mut()).map(Value::of)
    }

    /// Raises the pending exception as one that nobody has caught. After terminate() there is none.
    pub fn raise_pending(self) {
        if let Some(exception) = self.take_exception() {
            let _ = self.uncaught_exception(exception);
        }
    }

    /// Raises `'uncaughtException'` with this value.
    pub fn uncaught_exception(self, value: Value) -> Result<()> {
        run!(self, napi_fatal_exception(value.0))
    }
}
