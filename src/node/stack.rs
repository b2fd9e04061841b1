//! Asking for stack before it is needed.

use std::cell::Cell;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;

use super::functions::Call;
use super::thread::Thread;
use crate::js::{Env, Result, Value};

/// How many bytes of the stack are left to an operation once [`reserve`] has returned. V8 wants 40 KiB where a function
/// is called for the first time, to compile it, however little the function needs itself.
pub const OPERATION: usize = 64 * 1024;

/// How many are left to an operation that is made of others, which reserve what they need, too.
pub const COMPOUND: usize = 128 * 1024;

/// How many are left to a step that is part of operations and can fail by itself. Fewer, so that it does not fail where they
/// have reserved what they need.
pub const STEP: usize = 56 * 1024;

/// How many are left to those who go so many levels deeper into a value, each by a few calls of JavaScript's: 1,100 bytes where
/// those are interpreted, a third of it where they are optimized; and then have what an operation needs.
pub const LEVELS: usize = 64;
const LEVEL: usize = 1536;

/// The engine is asked so many bytes at a time. Its limit may lie no more than 40 KiB before the end of the thread's memory for
/// the stack (1 MiB in the main thread on Windows).
const STRIDE: usize = 8 * 1024;

/// How far down a thread's stack is known to reach.
pub struct Stack {
    floor: Cell<usize>,
}

impl Default for Stack {
    fn default() -> Self {
        Stack { floor: Cell::new(usize::MAX) }
    }
}

/// Throws the engine's RangeError unless `bytes` of the stack are left.
///
/// The engine's limit is the same as long as the thread lives: once so much was left further down, so much is left here,
/// and nobody is asked. Nor is anybody while the JavaScript of ferroport is being loaded and has not been connected.
#[inline]
pub fn reserve(thread: &Thread, env: Env, bytes: usize) -> Result<()> {
    let marker = 0_u8;
    // The stack grows downwards.
    let end = ptr::from_ref(black_box(&marker)).addr().saturating_sub(bytes);
    if end >= thread.stack.floor.get() {
        return Ok(());
    }
    ask(thread, env, bytes)?;
    if thread.hooks().is_ok() {
        thread.stack.floor.set(end);
    }
    Ok(())
}

/// Calls JavaScript from so many bytes further down, and now and then on the way: the first call from too far down fails.
#[cold]
#[inline(never)]
fn ask(thread: &Thread, env: Env, bytes: usize) -> Result<()> {
    let room = [MaybeUninit::<u8>::uninit(); STRIDE];
    black_box(&room);
    if let Ok(hooks) = thread.hooks() {
        hooks.enter(env)?;
    }
    if bytes > STRIDE {
        ask(thread, env, bytes - STRIDE)?;
    }
    black_box(&room);
    Ok(())
}

/// `reserveStack()`: throws the engine's RangeError unless so much of the stack is left as an operation needs between its
/// first step that cannot be undone and its last. JavaScript overflows at a call, any call, those of a `catch` included;
/// after this, none of the operation's own does.
pub fn reserve_stack(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    reserve(thread, env, OPERATION)?;
    Ok(env.nothing())
}

/// `reserveStepStack()`: the same for a step of an operation.
pub fn reserve_step_stack(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    reserve(thread, env, STEP)?;
    Ok(env.nothing())
}

/// `reserveDeepStack()`: the same for an operation that is made of others.
pub fn reserve_deep_stack(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    reserve(thread, env, COMPOUND)?;
    Ok(env.nothing())
}

/// `reserveLevels()`: the same for `LEVELS` levels of a value.
pub fn reserve_levels(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    reserve(thread, env, LEVELS * LEVEL + OPERATION)?;
    Ok(env.nothing())
}
