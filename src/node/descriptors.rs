//! File descriptors that streams of Node's have, on their way to the thread in which links go on.

use super::messages::Call;
use super::thread::Thread;
use crate::js::{Env, Result, Value};

/// `duplicate(descriptor) → number`: another descriptor of the same file, closed where a program is started; -1 if there is none to be had.
pub fn duplicate<'s>(_: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let number = env.number(call.get(0))?;
    env.make_int(if (0.0..f64::from(i32::MAX)).contains(&number) { copy_of(number as i32) } else { -1 })
}

#[cfg(unix)]
fn copy_of(descriptor: i32) -> i32 {
    use std::os::fd::{BorrowedFd, IntoRawFd};

    // SAFETY: the number is not -1, and the descriptor is only used for the one call of the system, which checks the number.
    let borrowed = unsafe { BorrowedFd::borrow_raw(descriptor) };
    borrowed.try_clone_to_owned().map_or(-1, IntoRawFd::into_raw_fd)
}

#[cfg(not(unix))]
fn copy_of(_: i32) -> i32 {
    -1
}
