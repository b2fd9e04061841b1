//! File descriptors that threads of Rust serve. Only their numbers go from thread to thread.

use super::messages::Call;
use super::thread::Thread;
use crate::js::{Code, Env, Failure, Result, Value};

/// `pump(descriptor) → key`: lets threads of Rust move bytes between a descriptor and a channel, whose other end is attached here: the key of that.
/// What is read comes as messages that are Uint8Arrays; bytes that are posted are written, and a keep-alive or a question is taken. At the end of the stream the port closes, for the
/// reason `peer closed`, or `lost` if the descriptor fails. If the port is closed, what was posted is written, and then the
/// descriptor is closed. It is the pump's from here on, also if this throws.
pub fn pump<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let number = env.number(call.get(0))?;
    env.make_number(system::pump(thread, number)? as f64)
}

/// `duplicateDescriptor(descriptor) → number`: another descriptor of the same file, for `pump`, in whatever thread. Programs that this one
/// starts do not inherit it.
pub fn duplicate_descriptor<'s>(_: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let number = env.number(call.get(0))?;
    env.make_number(f64::from(system::duplicate(number)?))
}

/// `closeDescriptor(descriptor)`: closes one that `duplicateDescriptor` has made, and that no pump has.
pub fn close_descriptor<'s>(_: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    system::close(env.number(call.get(0))?)?;
    env.undefined()
}

fn failure(why: impl std::fmt::Display) -> Failure {
    Failure::error(Code::Descriptor, format!("The file descriptor cannot be used: {why}"))
}

#[cfg(unix)]
mod system {
    use super::failure;
    use crate::channel;
    use crate::js::Result;
    use crate::native;
    use crate::node::thread::Thread;
    use std::os::fd::{BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

    /// A number that may be a descriptor's.
    fn checked(number: f64) -> Result<RawFd> {
        if number >= 0.0 && number < f64::from(RawFd::MAX) && number.fract() == 0.0 {
            Ok(number as RawFd)
        } else {
            Err(failure("it is not a number that descriptors have"))
        }
    }

    pub fn pump(thread: &Thread, number: f64) -> Result<u64> {
        // SAFETY: lib calls this with what `duplicateDescriptor` has given, once: nobody else has it.
        let descriptor = unsafe { OwnedFd::from_raw_fd(checked(number)?) };
        let (here, there) = channel::channel();
        native::pump(descriptor, there).map_err(failure)?;
        thread.attach(here)
    }

    pub fn duplicate(number: f64) -> Result<i32> {
        // SAFETY: the descriptor is used for the call only, and a number that is no open descriptor is refused by the system.
        let descriptor = unsafe { BorrowedFd::borrow_raw(checked(number)?) };
        descriptor.try_clone_to_owned().map(OwnedFd::into_raw_fd).map_err(failure)
    }

    pub fn close(number: f64) -> Result<()> {
        // SAFETY: as in `pump`.
        drop(unsafe { OwnedFd::from_raw_fd(checked(number)?) });
        Ok(())
    }
}

#[cfg(not(unix))]
mod system {
    use super::failure;
    use crate::js::{Failure, Result};
    use crate::node::thread::Thread;

    fn none() -> Failure {
        failure("this system has none that threads could share")
    }

    pub fn pump(_: &Thread, _: f64) -> Result<u64> {
        Err(none())
    }

    pub fn duplicate(_: f64) -> Result<i32> {
        Err(none())
    }

    pub fn close(_: f64) -> Result<()> {
        Err(none())
    }
}
