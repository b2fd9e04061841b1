//! Asking for stack before it is needed.

use std::cell::Cell;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;

use super::functions::Call;
use super::thread::Thread;
use crate::js::{Env, Result, Value};

/// How many bytes of the stack are left to an operation once [`reserve_stack`] has returned. V8 wants 40 KiB where a function
/// is called for the first time, to compile it, however little the function needs itself.
pub const RESERVED: usize = 64 * 1024;

/// How many bytes are left once a message has been taken, to read it and to hand it over. Fewer, so that an operation which
/// has [reserved](reserve_stack) what it needs may take one.
pub const TO_READ: usize = 60 * 1024;

/// The engine is asked in such steps. Its limit may lie no more than 40 KiB before the end of the thread's memory for the
/// stack (1 MiB in the main thread on Windows).
const STEP: usize = 8 * 1024;

/// How far down a thread's stack is known to reach.
pub struct Stack {
    floor: Cell<usize>,
}

impl Default for Stack {
    fn default() -> Self {
        Stack { floor: Cell::new(usize::MAX) }
    }
}

/// Throws the engine's RangeError unless `bytes` of the stack are left, at most [`RESERVED`].
///
/// The engine's limit is the same as long as the thread lives: once so much was left further down, so much is left here,
/// and nobody is asked.
#[inline]
pub fn reserve(thread: &Thread, env: Env, bytes: usize) -> Result<()> {
    let marker = 0_u8;
    // The stack grows downwards.
    let end = ptr::from_ref(black_box(&marker)).addr().saturating_sub(bytes);
    if end >= thread.stack.floor.get() {
        return Ok(());
    }
    ask(thread, env, RESERVED / STEP)?;
    thread.stack.floor.set(end.saturating_sub(RESERVED - bytes));
    Ok(())
}

/// Calls JavaScript from so many steps further down, and from every step on the way: the first that is too far fails.
#[cold]
#[inline(never)]
fn ask(thread: &Thread, env: Env, steps: usize) -> Result<()> {
    let room = [MaybeUninit::<u8>::uninit(); STEP];
    black_box(&room);
    thread.hooks()?.enter(env)?;
    if steps > 1 {
        ask(thread, env, steps - 1)?;
    }
    black_box(&room);
    Ok(())
}

/// `reserveStack()`: throws the engine's RangeError unless so much of the stack is left as an operation needs between its
/// first step that cannot be undone and its last. JavaScript overflows at a call, any call, those of a `catch` included;
/// after this, none of the operation's own does.
pub fn reserve_stack(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    reserve(thread, env, RESERVED)?;
    Ok(env.nothing())
}
