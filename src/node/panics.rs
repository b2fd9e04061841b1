//! Where C calls, panics stop.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::js::{Failure, Result};

/// Does `work`; a panic in it is a failure.
///
/// # Errors
/// Those of `work`.
pub fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(Failure::internal(format!("ferroport has a bug: {text}")))
    })
}

/// Does `work`, for callers that can hear of nothing.
pub fn swallowed(work: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(work));
}
