//! JavaScript values through Node-API: one checked call per method, errors as values.
//!
//! Raw Node-API rather than napi's typed layer, because these calls are made once per property of every message that
//! the complete codec handles.

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
mod handles;
mod hooks;
mod objects;
mod primitives;

pub use calls::Arguments;
pub use handles::{Held, Known, Scope};
pub(crate) use hooks::hooks;
pub use objects::property;

/// A JavaScript value: a handle in the current handle scope. Not to be kept beyond it.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Value(sys::napi_value);

impl Value {
    /// Takes a handle that Node-API has given out.
    ///
    /// # Safety
    /// `raw` must be a live handle of the environment it will be used with.
    pub unsafe fn from_raw(raw: sys::napi_value) -> Self {
        Value(raw)
    }

    /// The handle.
    pub fn raw(self) -> sys::napi_value {
        self.0
    }
}

/// Why JavaScript could not be asked or has thrown.
#[derive(Debug)]
pub enum Failure {
    /// An exception is pending in the environment, or no JavaScript can run any more: return to JavaScript at once.
    Pending,
    /// To be thrown as a TypeError with this message.
    Type(String),
    /// To be thrown as a DataCloneError (a DOMException) with this message.
    DataClone(String),
    /// To be thrown as an Error with this message.
    Other(String),
}

impl Failure {
    /// There is no memory to clone a value: V8's error for it.
    pub fn out_of_memory() -> Self {
        Failure::DataClone("Data cannot be cloned, out of memory.".into())
    }
}

/// What a call into JavaScript comes to.
pub type Result<T> = std::result::Result<T, Failure>;

/// The type of a value, as `typeof` says, `null` apart.
pub type Type = sys::napi_valuetype;

/// A Node-API environment: one for each JavaScript thread (strictly: context) that has loaded the addon.
#[derive(Clone, Copy)]
pub struct Env(sys::napi_env);

impl Env {
    /// Takes an environment that Node-API has given out.
    ///
    /// # Safety
    /// Called on the environment's own thread, which must be running JavaScript of it, or a callback or hook from it.
    pub unsafe fn from_raw(raw: sys::napi_env) -> Self {
        Env(raw)
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
            _ => Failure::Other(format!("{call} failed with status {status}")),
        }
    }
}
