//! Signals that threads share to stop work.

use crate::abi;
use crate::context::{self, names};
use crate::raw::Library;
use serde::de::Deserializer;
use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A signal of a library.
pub(crate) struct Shared {
    library: Library,
    signal: *mut abi::Signal,
}

// SAFETY: the functions of the table may be called from any thread.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    pub(crate) fn new(library: Library, signal: *mut abi::Signal) -> Shared {
        Shared { library, signal }
    }

    pub(crate) fn pointer(&self) -> *mut abi::Signal {
        self.signal
    }

    pub(crate) fn library(&self) -> Library {
        self.library
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: it is ours, and given back once.
        unsafe { self.library.release_signal(self.signal) };
    }
}

/// A `SharedAbortSignal` that has come in a message. To look at it costs a call; it may be sent on, any number of times.
///
/// ```
/// # use serde::Deserialize;
/// #[derive(Deserialize)]
/// struct Job {
///     signal: Option<ferroport::AbortSignal>,
/// }
///
/// fn is_cancelled(job: &Job) -> bool {
///     job.signal.as_ref().is_some_and(|signal| signal.is_aborted())
/// }
/// ```
#[derive(Clone)]
pub struct AbortSignal(Arc<Shared>);

impl AbortSignal {
    /// Whether it has been aborted, in whatever thread.
    ///
    /// ```
    /// fn goes_on(signal: &ferroport::AbortSignal) -> bool {
    ///     !signal.is_aborted()
    /// }
    /// ```
    pub fn is_aborted(&self) -> bool {
        self.0.library.is_aborted(self.0.signal)
    }
}

impl fmt::Debug for AbortSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbortSignal").field("is_aborted", &self.is_aborted()).finish()
    }
}

impl Serialize for AbortSignal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if context::share_with(self.0.clone()).is_none() {
            return Err(S::Error::custom("a signal goes in messages of ferroport only"));
        }
        serializer.serialize_newtype_struct(names::SIGNAL, &())
    }
}

impl<'de> Deserialize<'de> for AbortSignal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        context::read_named(deserializer, names::SIGNAL, "a SharedAbortSignal", |index: usize| {
            context::signal(index).map(AbortSignal).ok_or("there is no such signal")
        })
    }
}
