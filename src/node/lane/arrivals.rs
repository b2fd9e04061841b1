//! The messages that have come: taken from their queues, shown in the block, and read by the complete codec where the fast
//! lane's cannot.

use super::primitives::part;
use crate::channel::{Batch, Endpoint, Key, Message, record_length};
use crate::clone::{self, Beside};
use crate::js::{Env, Result, Value};
use crate::node::block::{Block, Cell64, Control, TARGETS_AT, WORD_BYTES};
use crate::node::messages::{Call, decode, report};
use crate::node::names::named;
use crate::node::outcome::Outcome;
use crate::node::stack;
use crate::node::thread::Thread;
use crate::wire::{Form, KnownShapes};

/// So many bytes of messages are taken at once, at most. Messages that have to be put back have been copied in vain.
const MOST_BYTES: usize = TARGETS_AT;

/// A message of more bytes is not shown at once.
const LONG: usize = 16 * 1024;

/// `take()`: takes the next messages of one endpoint, or its close. The cell `OUTCOME` says which. `RECORDS`: `COUNT` messages are in the
/// block, each after its length and a zero word. `SHARED`: the same for `TARGETS` members of a group, with the place of the sender among
/// them, counted from 1, instead of zero. `MESSAGE`: the first `WINDOW` of the `LENGTH` bytes of one message are in the block. Throws for
/// want of stack before anything is taken.
pub fn take<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    thread.reserve_stack(env, stack::STEP)?;
    let block = thread.block()?;
    thread.set_current(None);
    let most = block.control(Control::Most);
    let next = || {
        thread.with_table(|table| {
            // SAFETY: a table runs no JavaScript and knows no block.
            unsafe { block.with_incoming(|incoming| table.next_batch(MOST_BYTES, most, incoming)) }
        })
    };
    let taken = match next()? {
        None if thread.patience.wait(|| thread.has_listed()) => next()?,
        taken => taken,
    };
    let Some((key, batch)) = taken else { return report(thread, env, Outcome::Nothing) };
    block.set(Cell64::Key, u64::from(key) as f64);
    match batch {
        Batch::Closed => {
            let reason = thread.with_endpoint(key, Endpoint::peer_reason_of_link)?.flatten();
            block.set(Cell64::Length, reason.unwrap_or(0).into());
            block.set(Cell64::Outcome, Outcome::Closed.into());
        }
        Batch::Ready => block.set(Cell64::Outcome, Outcome::Ready.into()),
        Batch::Room => block.set(Cell64::Outcome, Outcome::Room.into()),
        Batch::Notice => block.set(Cell64::Outcome, Outcome::Notice.into()),
        Batch::Message(message) => arrived(thread, block, message),
        Batch::Records { count, .. } => {
            block.set_control(Control::Count, count);
            block.set_control(Control::Delivered, 0);
            block.set(Cell64::Outcome, Outcome::Records.into());
        }
        Batch::Shared { count, .. } => {
            block.set_control(Control::Count, count);
            block.set_control(Control::Delivered, 0);
            show_targets(thread, block)?;
            block.set(Cell64::Outcome, Outcome::Shared.into());
        }
    }
    Ok(env.nothing())
}

/// Puts the keys of the members that get each message of the batch behind the messages.
fn show_targets(thread: &Thread, block: Block) -> Result<()> {
    thread.with_members(|table| {
        let targets = table.targets();
        block.set_control(Control::Targets, targets.len());
        let show = |incoming: &mut [u8]| {
            for (place, key) in incoming[TARGETS_AT..].chunks_exact_mut(size_of::<f64>()).zip(targets) {
                place.copy_from_slice(&(u64::from(*key) as f64).to_ne_bytes());
            }
        };
        // SAFETY: no JavaScript runs in there.
        unsafe { block.with_incoming(show) }
    })
}

/// `receive(key)`: takes the next message of one endpoint, or learns that its peer has closed and nothing more comes. The cell `OUTCOME` says
/// which, as after `take`. `RECORDS` is one message here, of `LENGTH` bytes, and it has been received. Throws for want of stack before
/// anything is taken.
pub fn receive<'s>(thread: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    thread.reserve_stack(env, stack::STEP)?;
    let block = thread.block()?;
    let number = env.number(call.get(0))?;
    let key = Key::from(number as u64);
    block.set(Cell64::Key, number);
    // Noted where it is needed: as a result, it would be copied several times on its way here.
    let mut received = None;
    thread.with_table(|table| {
        // SAFETY: a table runs no JavaScript and knows no block.
        unsafe { block.with_incoming(|incoming| received = table.receive_into(key, incoming)) }
    })?;
    match received {
        Some(Batch::Message(message)) => arrived(thread, block, message),
        Some(_) => {
            thread.set_current(None);
            // SAFETY: no JavaScript runs in there.
            let length = unsafe { block.with_incoming(|incoming| record_length(incoming)) };
            block.set(Cell64::Length, length as f64);
            block.set(Cell64::Outcome, Outcome::Records.into());
        }
        None => {
            let end = |endpoint: &Endpoint| endpoint.has_ended().then(|| endpoint.peer_reason_of_link().unwrap_or(0));
            let ended = thread.with_endpoint(key, end)?.flatten();
            let outcome = if ended.is_some() { Outcome::Closed } else { Outcome::Nothing };
            block.set(Cell64::Length, ended.unwrap_or(0).into());
            block.set(Cell64::Outcome, outcome.into());
        }
    }
    Ok(env.nothing())
}

named! {
    /// What JavaScript does with the string that a message is, if several endpoints of the thread get the message: made once,
    /// it is every one's.
    pub enum Keeping {
        /// Nothing: nobody else gets it.
        No = 0 => "NO",
        /// It may keep the string and say so.
        May = 1 => "MAY",
        /// It has kept the string.
        Kept = 2 => "KEPT",
        /// This is the message whose string it has kept.
        Again = 3 => "AGAIN",
    }
}

fn arrived(thread: &Thread, block: Block, message: Message) {
    let outcome = match message.parcel() {
        Some(parcel) if message.bytes.is_empty() => {
            block.set(Cell64::OtherKey, u64::from(parcel) as f64);
            Outcome::Whole
        }
        _ if message.is_order() => Outcome::Order,
        _ if message.has_attachments() => Outcome::Attached,
        _ => Outcome::Message,
    };
    block.set(Cell64::Length, message.bytes.len() as f64);
    block.set(Cell64::Outcome, outcome.into());
    let kept = block.control(Control::Keeping);
    let keeping = match outcome {
        Outcome::Message if message.bytes.is_shared() && message.bytes.len() <= WORD_BYTES => {
            let same = thread.is_last_shared(&message.bytes);
            if same && (kept == Keeping::Kept as usize || kept == Keeping::Again as usize) {
                Keeping::Again
            } else {
                Keeping::May
            }
        }
        _ => Keeping::No,
    };
    block.set_control(Control::Keeping, keeping as usize);
    if matches!(keeping, Keeping::Again) {
        return;
    }
    show(block, &message.bytes, 0);
    thread.set_current(Some(message));
}

/// Copies what follows byte `from` into the block, as much as fits.
fn show(block: Block, bytes: &[u8], from: usize) {
    let rest = bytes.get(from..).unwrap_or_default();
    // Only a little of a long message is shown first. If the message is one string or one buffer, its bytes are not copied twice then.
    let most = if rest.len() <= LONG || from > 0 { WORD_BYTES } else { WORD_BYTES / 16 };
    let length = rest.len().min(most);
    // SAFETY: no JavaScript runs in there.
    unsafe { block.with_incoming(|incoming| incoming[..length].copy_from_slice(&rest[..length])) };
    block.set_control(Control::Window, length);
}

/// `window()`: shows what follows byte `OFFSET` of the message, a multiple of 8.
pub fn window<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let block = thread.block()?;
    thread.with_current(|bytes| show(block, bytes, block.get(Cell64::Offset) as usize));
    Ok(env.nothing())
}

/// `release()`: the message has been read; its memory is free.
pub fn release<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    thread.set_current(None);
    Ok(env.nothing())
}

/// `order() → ArrayBuffer`: the bytes of the order that was taken or received last.
pub fn order<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let message = thread.take_current().unwrap_or_default();
    clone::make_buffer(env, &thread.hooks()?.codec, &message.bytes)
}

/// `read() → value`: reads the message with the complete codec, from the start.
pub fn read<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let key = Key::from(thread.block()?.get(Cell64::Key) as u64);
    match thread.take_current() {
        Some(message) => decode(thread, env, key, message),
        None => report(thread, env, Outcome::Nothing),
    }
}

/// `readRecord() → value`: reads a message in the block, at `OFFSET`, `LENGTH` bytes, with the complete codec.
pub fn read_record<'s>(thread: &Thread, env: Env<'s>, _: &Call<'s, 0>) -> Result<Value<'s>> {
    let undefined = env.undefined()?;
    let block = thread.block()?;
    // A copy: making the value runs JavaScript.
    // SAFETY: no JavaScript runs in there.
    let message = unsafe { block.with_incoming(|incoming| part(block, incoming, 1).map(<[u8]>::to_vec)) }?;
    let beside = Beside { ports: undefined, parcel: undefined, signals: undefined };
    clone::deserialize(env, &thread.hooks()?.codec, &message, Form::Local(&KnownShapes), beside)
}
