//! Asking for stack before it is needed.

use std::cell::Cell;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;

use napi::sys::ValueType;

use super::functions::Call;
use super::thread::Thread;
use crate::js::{Env, Result, Value};

/// How many bytes an operation needs for its own steps, cleaning up included.
pub const OWN: usize = 24 * 1024;

/// By so many bytes the stack is looked at.
const STEP: usize = 8 * 1024;

/// The lowest address at which JavaScript has been entered, in the stack of a thread.
pub struct Depth(Cell<usize>);

impl Default for Depth {
    fn default() -> Self {
        Depth(Cell::new(usize::MAX))
    }
}

/// `reserveStack(bytes)`: throws the engine's RangeError unless so much of the stack is left; [`OWN`], if it is not said how
/// much. What an operation needs from its first step that cannot be undone to its last. JavaScript overflows at a call, any
/// call, those of a `catch` included; after this, none of the operation's own does.
pub fn reserve_stack(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let bytes = match env.type_of(call.get(0))? {
        ValueType::napi_number => env.number(call.get(0))? as usize,
        _ => OWN,
    };
    reserve(thread, env, bytes)?;
    Ok(env.nothing())
}

/// The same for functions of Rust that call JavaScript.
///
/// # Errors
/// The engine's RangeError, pending, if there is less.
#[inline]
pub fn reserve(thread: &Thread, env: Env, bytes: usize) -> Result<()> {
    let marker = 0_u8;
    // Stacks grow towards lower addresses on all that Node runs on.
    let lowest = ptr::from_ref(black_box(&marker)).addr().saturating_sub(bytes);
    // Whatever is higher up is left as well.
    if lowest >= thread.depth.0.get() {
        return Ok(());
    }
    enter_below(thread, env, bytes)?;
    thread.depth.0.set(lowest);
    Ok(())
}

/// Enters JavaScript so many bytes further down: the engine looks there whether its stack is full.
#[inline(never)]
fn enter_below(thread: &Thread, env: Env, bytes: usize) -> Result<()> {
    let room = [MaybeUninit::<u8>::uninit(); STEP];
    black_box(&room);
    let entered = if bytes > STEP { enter_below(thread, env, bytes - STEP) } else { thread.hooks()?.enter(env) };
    black_box(&room);
    entered
}
