//! How long values live: handle scopes, and references, which hold a value or only know it.

use std::ffi::c_void;
use std::marker::PhantomData;
use std::ptr;

use napi::sys;

use super::{Env, Failure, Result, Value};

/// A function or object of JavaScript that is not collected before its environment ends or it is [released](Env::release).
pub struct Held(sys::napi_ref);

/// A function or object of JavaScript that may be collected while it is known here.
pub struct Known(sys::napi_ref);

/// An open handle scope; to be closed in reverse order of opening.
#[must_use]
pub struct Scope(sys::napi_handle_scope);

impl<'s> Env<'s> {
    /// Holds a value until the environment ends.
    pub fn hold(self, value: Value) -> Result<Held> {
        get!(self, napi_create_reference(value.0, 1), ptr::null_mut()).map(Held)
    }

    /// The value that is held.
    #[inline]
    pub fn held(self, held: &Held) -> Result<Value<'s>> {
        self.referent(held.0)
    }

    /// Lets the collector have a value that was held.
    pub fn release(self, held: Held) {
        // SAFETY: the reference is deleted by its only owner. It cannot fail for one that exists.
        unsafe { sys::napi_delete_reference(self.0, held.0) };
    }

    /// Knows an object or function, without holding it.
    pub fn know(self, value: Value) -> Result<Known> {
        get!(self, napi_create_reference(value.0, 0), ptr::null_mut()).map(Known)
    }

    /// The value that is known.
    ///
    /// # Errors
    /// [`Failure::Pending`] if it has been collected.
    #[inline]
    pub fn known(self, known: &Known) -> Result<Value<'s>> {
        self.referent(known.0)
    }

    #[inline]
    fn referent(self, reference: sys::napi_ref) -> Result<Value<'s>> {
        let value = get!(self, napi_get_reference_value(reference), ptr::null_mut())?;
        if value.is_null() { Err(Failure::Pending) } else { Ok(Value::of(value)) }
    }

    /// Holds a value that is known, or leaves it to the collector.
    pub fn set_held(self, known: &Known, held: bool) -> Result<()> {
        let mut count = 0;
        if held {
            run!(self, napi_reference_ref(known.0, &mut count))
        } else {
            run!(self, napi_reference_unref(known.0, &mut count))
        }
    }

    /// Has `finalize` called with `data` when the object has been collected, or the environment ends.
    ///
    /// # Safety
    /// `finalize` expects `data`, also after everything else of the environment is gone.
    pub unsafe fn on_collected(self, object: Value, finalize: sys::napi_finalize, data: *mut c_void) -> Result<()> {
        run!(self, napi_add_finalizer(object.0, data, finalize, ptr::null_mut(), ptr::null_mut()))
    }

    /// Does `work` in a handle scope of its own.
    ///
    /// # Errors
    /// If no scope can be opened.
    ///
    /// # Safety
    /// What `work` makes with another [`Env`] than its own is not used after `work`.
    pub unsafe fn scoped<R>(self, work: impl for<'i> FnOnce(Env<'i>) -> R) -> Result<R> {
        // SAFETY: the caller's promise; what is made with the other `Env` does not leave `work`.
        let scope = unsafe { self.open_scope() }?;
        let done = work(Env(self.0, PhantomData));
        self.close_scope(scope);
        Ok(done)
    }

    /// Opens a handle scope.
    ///
    /// # Safety
    /// What is made from now on is not used any more when the scope is closed.
    pub unsafe fn open_scope(self) -> Result<Scope> {
        get!(self, napi_open_handle_scope(), ptr::null_mut()).map(Scope)
    }

    /// Closes the handle scope opened last.
    pub fn close_scope(self, scope: Scope) {
        // SAFETY: scopes are closed by their only owners, in reverse order. It cannot fail for an open scope.
        unsafe { sys::napi_close_handle_scope(self.0, scope.0) };
    }
}
