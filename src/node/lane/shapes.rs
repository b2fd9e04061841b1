//! The shapes of objects, by the numbers that the whole process knows them by.

use crate::js::{Env, Result, Value};
use crate::node::messages::Call;
use crate::node::thread::Thread;
use crate::wire::KnownShapes;

/// `internShape(keys, seen) → number`: the process-wide number of a list of keys that has been seen so often; -1 if it gets
/// none.
pub fn intern_shape<'s>(_: &Thread, env: Env<'s>, call: &Call<'s, 2>) -> Result<Value<'s>> {
    let list = call.get(0);
    let mut keys = Vec::new();
    for index in 0..env.array_length(list)? {
        let mut units = Vec::new();
        env.string(env.element(list, index)?, &mut units)?;
        keys.push(units.into_boxed_slice());
    }
    let seen = env.number(call.get(1))? as u32;
    env.make_int(KnownShapes.intern(keys, seen).map_or(-1, |number| number as i32))
}

/// `shapeKeys(number) → string[]`: the keys of a shape; undefined if there is none.
pub fn shape_keys<'s>(_: &Thread, env: Env<'s>, call: &Call<'s, 1>) -> Result<Value<'s>> {
    let Some(keys) = KnownShapes.keys(env.number(call.get(0))? as u32) else { return Ok(env.nothing()) };
    let list = env.make_array()?;
    for (key, index) in keys.iter().zip(0..) {
        let units: Option<Vec<u8>> = key.iter().map(|&unit| u8::try_from(unit).ok()).collect();
        let name = match units {
            Some(units) => env.make_latin1(&units)?,
            None => env.make_utf16(key)?,
        };
        env.set_element(list, index, name)?;
    }
    Ok(list)
}
