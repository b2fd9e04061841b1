//! JavaScript values through Node-API: one checked call per method, errors as values.
//!
//! Raw Node-API rather than napi's typed layer, because these calls are made once per property of every message that
//! the complete codec handles.

use std::marker::PhantomData;

use napi::sys;

/// Calls a Node-API function whose last argument is where the result goes.
macro_rules! get {
    ($env:expr, $function:ident($($argument:expr),*), $initial:expr) => {{
        let mut result = $initial;
        // SAFETY: the environment is live, every handle comes from it and the out pointer is a local.
        let status = unsafe { sys::$function($env.0, $($argument,)* &mut result) };
        $env.check(status, stringify!($function)).map(|()| result)
    }};
}

/// Calls a Node-API function that has no result.
macro_rules! run {
    ($env:expr, $function:ident($($argument:expr),*)) => {{
        // SAFETY: the environment is live and every handle comes from it.
        let status = unsafe { sys::$function($env.0, $($argument),*) };
        $env.check(status, stringify!($function))
    }};
}

// Behind the macros, which they use.
mod buffers;
mod calls;
mod errors;
mod handles;
mod hooks;
mod objects;
mod primitives;

pub use calls::Arguments;
pub use errors::{Code, Failure, Result, Thrown};
pub use handles::{Held, Known, Scope};
pub(crate) use hooks::hooks;
pub use objects::Property;

/// A JavaScript value: a handle in a handle scope, and no longer to be had than that is open.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Value<'s>(sys::napi_value, PhantomData<&'s ()>);

impl<'s> Value<'s> {
    /// Takes a handle that Node-API has given out.
    ///
    /// # Safety
    /// `raw` must be a handle of the environment that it will be used with, and live for `'s`.
    pub unsafe fn from_raw(raw: sys::napi_value) -> Self {
        Value::of(raw)
    }

    /// What a call has given that an [`Env`] of that scope has made.
    #[inline]
    fn of(raw: sys::napi_value) -> Self {
        Value(raw, PhantomData)
    }

    /// The handle.
    pub fn raw(self) -> sys::napi_value {
        self.0
    }
}

/// The type of a value, as `typeof` says, `null` apart.
pub type Type = sys::napi_valuetype;

/// A Node-API environment, one for each JavaScript thread (strictly: context) that has loaded the addon, for as long as a handle scope
/// is open there: the values that it makes live for `'s`.
///
/// ```text
///   Node-API calls ──► Env<'s>, arguments: Value<'s>
///                        │ makes, reads, calls
///                        ▼
///                      Value<'s>            in no static, in no Thread: 's ends when the call returns
///                        │ hold, know
///                        ▼
///                      Held, Known          stay
/// ```
#[derive(Clone, Copy)]
pub struct Env<'s>(sys::napi_env, PhantomData<&'s ()>);

impl<'s> Env<'s> {
    /// Takes an environment that Node-API has given out.
    ///
    /// # Safety
    /// Called on the environment's own thread, which must be running JavaScript of it, or a callback or hook from it. What is made
    /// lives no longer than `'s`: the handle scope that is the innermost one must stay open, and the innermost one, until then.
    pub unsafe fn from_raw(raw: sys::napi_env) -> Self {
        Env(raw, PhantomData)
    }

    /// The environment as Node-API knows it.
    pub fn raw(self) -> sys::napi_env {
        self.0
    }

    #[inline]
    fn check(self, status: sys::napi_status, call: &'static str) -> Result<()> {
        if status == sys::Status::napi_ok { Ok(()) } else { Err(self.failure(status, call)) }
    }

    #[cold]
    fn failure(self, status: sys::napi_status, call: &'static str) -> Failure {
        match status {
            _ if self.has_exception() => Failure::Pending,
            // The thread is being terminated: there is nobody left to hear of it.
            sys::Status::napi_pending_exception | sys::Status::napi_cannot_run_js | sys::Status::napi_closing => {
                Failure::Pending
            }
            _ => Failure::of_call(call, status),
        }
    }
}
