//! Asking for stack before it is needed.

use std::cell::Cell;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;

use super::hooks::Hooks;
use crate::js::{Env, Result};

/// How many bytes of the stack are left to an operation once [`Stack::reserve`] has returned. V8 wants 40 KiB where a function
/// is called for the first time, to compile it, however little the function needs itself.
pub const OPERATION: usize = 64 * 1024;

/// How many are left to an operation that is made of others, which reserve what they need, too.
pub const COMPOUND: usize = 128 * 1024;

/// How many are left to a step that is part of operations and can fail by itself. Fewer, so that it does not fail where they
/// have reserved what they need.
pub const STEP: usize = 56 * 1024;

/// How many levels of a value [`FOR_LEVELS`] is for.
pub const LEVELS: usize = 64;

/// What a few calls of JavaScript's take for one level: 1,100 bytes where they are interpreted, a third of it where they are optimized.
const LEVEL: usize = 1536;

/// How many are left to those who go so many levels deeper into a value, and then have what an operation needs.
pub const FOR_LEVELS: usize = LEVELS * LEVEL + OPERATION;

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

impl Stack {
    /// Throws the engine's RangeError unless `bytes` of the stack are left.
    ///
    /// The engine's limit is the same as long as the thread lives: once so much was left further down, so much is left here,
    /// and nobody is asked. Nor is anybody asked while the JavaScript of ferroport is being loaded and there are no hooks.
    ///
    /// # Errors
    /// [`Failure::Pending`](crate::js::Failure::Pending): the RangeError.
    #[inline]
    pub fn reserve<'h>(&self, env: Env, hooks: impl FnOnce() -> Option<&'h Hooks>, bytes: usize) -> Result<()> {
        let marker = 0_u8;
        // The stack grows downwards.
        let end = ptr::from_ref(black_box(&marker)).addr().saturating_sub(bytes);
        if end >= self.floor.get() { Ok(()) } else { self.ask_for(end, env, hooks(), bytes) }
    }

    #[cold]
    fn ask_for(&self, end: usize, env: Env, hooks: Option<&Hooks>, bytes: usize) -> Result<()> {
        ask(env, hooks, bytes)?;
        if hooks.is_some() {
            self.floor.set(end);
        }
        Ok(())
    }
}

/// Calls JavaScript from so many bytes further down, and now and then on the way: the first call from too far down fails.
#[cold]
#[inline(never)]
fn ask(env: Env, hooks: Option<&Hooks>, bytes: usize) -> Result<()> {
    let room = [MaybeUninit::<u8>::uninit(); STRIDE];
    black_box(&room);
    if let Some(hooks) = hooks {
        hooks.enter(env)?;
    }
    if bytes > STRIDE {
        ask(env, hooks, bytes - STRIDE)?;
    }
    black_box(&room);
    Ok(())
}
