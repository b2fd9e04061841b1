//! Asking for stack before it is needed.

use std::hint::black_box;
use std::mem::MaybeUninit;

use super::functions::Call;
use super::thread::Thread;
use crate::js::{Env, Result, Value};

/// How many bytes of the stack are left to an operation once [`reserve_stack`] has returned.
const RESERVED: usize = 24 * 1024;

/// `reserveStack()`: throws the engine's RangeError unless so much of the stack is left as an operation needs between its
/// first step that cannot be undone and its last. JavaScript overflows at a call, any call, those of a `catch` included;
/// after this, none of the operation's own does.
#[inline(never)]
pub fn reserve_stack(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let room = [MaybeUninit::<u8>::uninit(); RESERVED];
    black_box(&room);
    thread.hooks()?.enter(env)?;
    black_box(&room);
    Ok(env.nothing())
}
