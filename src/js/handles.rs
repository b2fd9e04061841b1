//! How long values live: handle scopes, and references that hold a value until its environment ends.

use std::ptr;

use napi::sys;

use super::{Env, Failure, Result, Value};

/// A function or object of JavaScript, held until its environment ends.
pub struct Held(sys::napi_ref);

/// An open handle scope; to be closed in reverse order of opening.
#[must_use]
pub struct Scope(sys::napi_handle_scope);

impl Env {
    /// Holds a value until the environment ends.
    pub fn hold(self, value: Value) -> Result<Held> {
        get!(self, napi_create_reference(value.0, 1), ptr::null_mut()).map(Held)
    }

    /// What is held.
    #[inline]
    pub fn held(self, held: &Held) -> Result<Value> {
        let value = get!(self, napi_get_reference_value(held.0), ptr::null_mut())?;
        if value.is_null() { Err(Failure::Pending) } else { Ok(Value(value)) }
    }

    /// Opens a handle scope.
    pub fn open_scope(self) -> Result<Scope> {
        get!(self, napi_open_handle_scope(), ptr::null_mut()).map(Scope)
    }

    /// Closes the handle scope opened last.
    pub fn close_scope(self, scope: Scope) {
        // SAFETY: scopes are closed by their only owners, in reverse order. It cannot fail for an open scope.
        unsafe { sys::napi_close_handle_scope(self.0, scope.0) };
    }
}
