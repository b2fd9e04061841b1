//! Asking for stack before it is needed.

use std::cell::Cell;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;

use super::functions::Call;
use super::thread::Thread;
use crate::js::{Env, Result, Value};

/// How many bytes of the stack are left to an operation once [`reserve`] has returned.
const RESERVED: usize = 24 * 1024;

/// How deep in the stack of a thread so much has been found to be left.
pub struct Depth(Cell<usize>);

impl Default for Depth {
    fn default() -> Self {
        Depth(Cell::new(usize::MAX))
    }
}

/// `reserveStack()`: throws the engine's RangeError unless so much of the stack is left as an operation needs between its
/// first step that cannot be undone and its last. JavaScript overflows at a call, any call, those of a `catch` included;
/// after this, none of the operation's own does.
pub fn reserve_stack(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    reserve(thread, env)?;
    Ok(env.nothing())
}

/// The same for functions of Rust that call JavaScript.
///
/// # Errors
/// The engine's RangeError, pending, if there is less.
#[inline]
pub fn reserve(thread: &Thread, env: Env) -> Result<()> {
    let marker = 0_u8;
    // Stacks grow towards lower addresses on all that Node runs on. What is left higher up is more.
    let here = ptr::from_ref(black_box(&marker)).addr();
    if here >= thread.depth.0.get() {
        return Ok(());
    }
    enter_below(thread, env)?;
    thread.depth.0.set(here);
    Ok(())
}

/// Enters JavaScript so many bytes further down: the engine looks there whether its stack is full.
#[inline(never)]
fn enter_below(thread: &Thread, env: Env) -> Result<()> {
    let room = [MaybeUninit::<u8>::uninit(); RESERVED];
    black_box(&room);
    let entered = thread.hooks()?.enter(env);
    black_box(&room);
    entered
}
