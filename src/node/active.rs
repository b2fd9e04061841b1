//! `process.getActiveResourcesInfo()` names what keeps the process alive. Node's function names handles of the event loop, and ports of
//! ferroport are no such handles.
//!
//! So the function is replaced by one of Rust's. That one names the ports of all copies of the JavaScript, and holds none of the copies.

use std::ffi::{CStr, c_void};
use std::ptr;

use napi::sys;

use super::copies;
use super::panics::{guarded, swallowed};
use super::thread;
use crate::js::{Arguments, Env, Known, Result, Value};

const NAME: &CStr = c"getActiveResourcesInfo";
/// The replacement has the function that it replaces under this name.
const ORIGINAL: &CStr = c"original";
/// What the built-in's ports are called.
const PORT: &str = "MessagePort";
/// Node tells of timers last, so that ports come before them.
const TIMERS: [&str; 2] = ["Timeout", "Immediate"];

/// Marks what has been replaced, and the replacement: of this library, as each has its own ports to tell of.
fn mark() -> sys::napi_type_tag {
    sys::napi_type_tag { lower: copies::library() as u64, upper: 0x6665_7272_6f70_6f72 }
}

/// Lets `process`, an object, tell of the ports, too, if it has that function and does not yet.
///
/// # Errors
/// What Node-API says, which is also what a `process` that refuses the property does.
pub fn tell(env: Env, process: Value) -> Result<()> {
    let original = env.named(process, NAME)?;
    if env.type_of(original)? != sys::ValueType::napi_function
        || env.is_marked(process, &mark())?
        // One context's `process` may be the copy of another's.
        || env.is_marked(original, &mark())?
    {
        return Ok(());
    }
    let known = Box::into_raw(Box::new(None::<Known>));
    // SAFETY: `names` expects this data. The function is there while it is called, and the data until it is collected.
    let function = unsafe { env.make_function(NAME, Some(names), known.cast()) }.inspect_err(|_| {
        // SAFETY: made here, and nobody has got it.
        drop(unsafe { Box::from_raw(known) });
    })?;
    // SAFETY: `free` takes what `Box::into_raw` gave. Where that is refused, the box stays with the function for good.
    unsafe { env.on_collected(function, Some(free), known.cast()) }?;
    // SAFETY: nobody else reads or writes it now.
    unsafe { *known = Some(env.know(function)?) };
    env.define_hidden(function, ORIGINAL, original)?;
    env.mark(function, &mark())?;
    // If somebody else has marked the object already, the mark of the function tells.
    let _ = env.mark(process, &mark());
    env.define_visible(process, NAME, function)
}

unsafe extern "C" fn names(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: called by Node-API.
    let env = unsafe { Env::from_raw(env) };
    let named = guarded(|| {
        // SAFETY: what this was called with; `tell` has given the data, which goes with the function.
        let known = unsafe { &*Arguments::<0>::read(env, info)?.1.cast::<Option<Known>>() };
        let Some(known) = known else { return env.make_array() };
        let original = env.named(env.known(known)?, ORIGINAL)?;
        with_ports(env, env.call(original, [])?)
    });
    match named {
        Ok(names) => names.raw(),
        Err(failure) => {
            env.throw_failure(failure);
            ptr::null_mut()
        }
    }
}

/// The names in the list, an array, and those of the ports.
fn with_ports<'s>(env: Env<'s>, names: Value) -> Result<Value<'s>> {
    let all = env.make_array()?;
    let (mut count, mut ports) = (0, thread::refed_ports());
    let mut add = |name| {
        count += 1;
        env.define_element(all, count - 1, name)
    };
    for index in 0..env.array_length(names)? {
        let name = env.element(names, index)?;
        if ports > 0 && env.text(name).is_ok_and(|name| TIMERS.contains(&name.as_str())) {
            for _ in 0..std::mem::take(&mut ports) {
                add(env.make_text(PORT)?)?;
            }
        }
        add(name)?;
    }
    for _ in 0..ports {
        add(env.make_text(PORT)?)?;
    }
    Ok(all)
}

unsafe extern "C" fn free(_: sys::napi_env, known: *mut c_void, _: *mut c_void) {
    // SAFETY: what `tell` made; called once. The reference goes with the environment.
    swallowed(|| drop(unsafe { Box::from_raw(known.cast::<Option<Known>>()) }));
}
