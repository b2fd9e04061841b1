//! The functions of broadcast channels: members by the keys of their endpoints in this thread's table.

use std::sync::LazyLock;

use super::block::Cell64;
use super::functions::{Call, Outcome, encode, key, report};
use super::lane;
use super::thread::Thread;
use crate::channel::{Key, Member, Parcel};
use crate::js::{Env, Failure, Result, Value};
use crate::memory::Bytes;

/// `broadcastSecret() → string`: what nobody outside of this copy of the library knows, the same in all of its threads.
pub fn broadcast_secret(_: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    static SECRET: LazyLock<Option<u128>> = LazyLock::new(|| {
        let mut random = [0; 16];
        getrandom::fill(&mut random).ok().map(|()| u128::from_ne_bytes(random))
    });
    let secret = SECRET.ok_or_else(|| Failure::Other("the operating system gives no random numbers".into()))?;
    env.make_text(&format!("{secret:032x}"))
}

/// `join(name)`: a member of that name, attached here and started; in the cells its endpoint's `KEY`, its seat in
/// `OTHER_KEY`.
pub fn join(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let (member, endpoint) = Member::join(&env.text(call.get(0))?);
    let seat = member.seat();
    let key = thread.attach(endpoint)?;
    thread.enter(Key::from(key), member);
    thread.with_table(|table| table.start(Key::from(key)))?;
    thread.set(Cell64::Key, key as f64);
    thread.set(Cell64::OtherKey, seat as f64);
    env.undefined()
}

/// `broadcast()`: sends the message in draft and block to everybody but the member in the cell `KEY`.
pub fn broadcast(thread: &Thread, env: Env, _: &Call<'_, 0>) -> Result<Value> {
    let block = thread.block()?;
    let key = Key::from(block.get(Cell64::Key) as u64);
    match thread.take_begun() {
        None => thread.with_member(key, |member| member.send_bytes(lane::sealed(block))),
        Some(begun) => {
            thread.put_begun(begun);
            let message = lane::finished(thread)?;
            thread.with_member(key, |member| member.send(message, None, u64::MAX))
        }
    };
    Ok(env.nothing())
}

/// `broadcastValue(key, value, session) → Outcome`: clones `value` and sends it from a member; if there is none, it is
/// cloned all the same.
pub fn broadcast_value(thread: &Thread, env: Env, call: &Call<'_, 3>) -> Result<Value> {
    let (bytes, parcel) = encode(thread, env, call.get(1), call.get(2))?;
    if parcel {
        thread.set(Cell64::Key, thread.keep_draft(bytes) as f64);
        return env.make_int(Outcome::Draft as i32);
    }
    thread.with_member(key(env, call.get(0))?, |member| member.send(bytes, None, u64::MAX));
    env.make_int(Outcome::Message as i32)
}

/// `audience(key)`: whom a message would reach now: how many in `LENGTH`, the youngest member's seat in `OFFSET`.
pub fn audience(thread: &Thread, env: Env, call: &Call<'_, 1>) -> Result<Value> {
    let audience = thread.with_member(key(env, call.get(0))?, Member::audience);
    thread.set(Cell64::Length, audience.map_or(0.0, |audience| audience.others as f64));
    thread.set(Cell64::Offset, audience.map_or(0.0, |audience| audience.youngest as f64));
    report(thread, env, Outcome::Nothing)
}

/// `broadcastDraft(key, draft, parcel, youngest)`: sends what was kept, going along with a parcel, up to a seat.
pub fn broadcast_draft(thread: &Thread, env: Env, call: &Call<'_, 4>) -> Result<Value> {
    let Some(bytes): Option<Bytes> = thread.take_draft(env.number(call.get(1))? as usize) else {
        return Err(Failure::Other("there is no such draft".into()));
    };
    let parcel = Parcel::from_number(env.number(call.get(2))? as u64);
    let youngest = env.number(call.get(3))? as u64;
    thread.with_member(key(env, call.get(0))?, |member| member.send(bytes, parcel, youngest));
    env.undefined()
}
