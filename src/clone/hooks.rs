//! The functions of `lib/codec` and `lib` that Rust calls.

use napi::sys::ValueType;

use crate::js::{Env, Failure, Known, Result, Value};

macro_rules! hooks {
    ($($(#[$doc:meta])* $name:ident = $key:literal;)*) => {
        /// The functions of JavaScript that the codec calls. They are not held: whoever has connected them does that.
        pub struct Hooks {
            $($(#[$doc])* $name: Known,)*
            /// Whether the functions are of another realm than what Node-API makes: of a context of node:vm.
            pub is_of_other_realm: bool,
        }

        impl Hooks {
            /// Takes them from an object of their realm that has each under its name.
            ///
            /// # Errors
            /// A TypeError if one is missing.
            pub fn of(env: Env, functions: Value) -> Result<Self> {
                let ours = env.prototype_of(env.make_object()?)?;
                Ok(Hooks {
                    is_of_other_realm: !env.is_same(env.prototype_of(functions)?, ours)?,
                    $($name: known_function(env, functions, $key)?,)*
                })
            }
        }
    };
}

hooks! {
    /// `(session, object) → number`: what an object is. Negative: the object numbered `-1 - result`, seen before.
    /// Else a tag of the wire in the low byte and an index above it. Throws for what cannot be cloned.
    visit = c"visit";
    /// `(tag, object) → Array`: what an object of that tag consists of.
    parts = c"parts";
    /// `(object) → string[]`: its own enumerable keys that are strings, in order.
    keys_of = c"keysOf";
    /// `(array) → string[] | null`: the same for an array; null if it is its elements and nothing else.
    keys_beside = c"keysBeside";
    /// `(value)`: throws the error for a value that cannot be cloned.
    refuse = c"refuse";
    /// `(tag, a, b, c, d) → object`: makes an object of that tag.
    revive = c"revive";
    /// `(tag, object, values)`: puts values into an object made before.
    fill = c"fill";
    /// `() → boolean`: whether arrays inherit elements, so that one may not be assigned where there is none yet.
    inherits_elements = c"inheritsElements";
    /// `(keys) → MessagePort[]`: the port objects of endpoints that have just been attached.
    adopt = c"adopt";
    /// `(key, parcel, keys) → Array`: the objects in a parcel that has come beside a message for the endpoint under `key`;
    /// what it has for the endpoints that came with the message is theirs.
    unpack = c"unpack";
    /// `(message) → DOMException`: a DataCloneError.
    data_clone_error = c"dataCloneError";
    /// `()`: delivers what waits in the mailbox.
    drain = c"drain";
    /// `()`: delivers what waits, within a listener that runs the event loop.
    drain_within = c"drainWithin";
    /// `()`: finishes what is closing.
    finish_closing = c"finishClosing";
    /// `()`: does nothing.
    enter = c"enter";
}

fn known_function(env: Env, functions: Value, name: &std::ffi::CStr) -> Result<Known> {
    let function = env.named(functions, name)?;
    if env.type_of(function)? != ValueType::napi_function {
        return Err(Failure::Type(format!("Expected a function as hook {name:?}")));
    }
    env.know(function)
}

impl Hooks {
    /// What `object` is, as the hook `visit` says.
    pub fn visit(&self, env: Env, session: Value, object: Value) -> Result<i32> {
        env.int(env.call(env.known(&self.visit)?, [session, object])?)
    }

    /// What `object`, of wire tag `tag`, consists of: an array.
    pub fn parts(&self, env: Env, tag: u32, object: Value) -> Result<Value> {
        env.call(env.known(&self.parts)?, [env.make_int(tag as i32)?, object])
    }

    /// The own enumerable keys of `object`, strings all of them.
    pub fn keys_of(&self, env: Env, object: Value) -> Result<Value> {
        env.call(env.known(&self.keys_of)?, [object])
    }

    /// The same of an array; `None` if it is its elements and nothing else.
    pub fn keys_beside(&self, env: Env, array: Value) -> Result<Option<Value>> {
        let keys = env.call(env.known(&self.keys_beside)?, [array])?;
        Ok(if env.type_of(keys)? == ValueType::napi_null { None } else { Some(keys) })
    }

    /// The failure for `value`, which cannot be cloned.
    pub fn refuse(&self, env: Env, value: Value) -> Failure {
        match env.known(&self.refuse).and_then(|refuse| env.call(refuse, [value])) {
            Ok(_) => Failure::DataClone("The value could not be cloned.".into()),
            Err(failure) => failure,
        }
    }

    /// An object of wire tag `tag`, made of up to four values.
    pub fn revive(&self, env: Env, tag: u32, of: &[Value]) -> Result<Value> {
        let undefined = env.undefined()?;
        let part = |index: usize| of.get(index).copied().unwrap_or(undefined);
        env.call(env.known(&self.revive)?, [env.make_int(tag as i32)?, part(0), part(1), part(2), part(3)])
    }

    /// Puts `values` into an object of wire tag `tag`.
    pub fn fill(&self, env: Env, tag: u32, object: Value, values: Value) -> Result<()> {
        env.call(env.known(&self.fill)?, [env.make_int(tag as i32)?, object, values]).map(drop)
    }

    /// Whether arrays inherit elements from somebody's prototype.
    pub fn inherits_elements(&self, env: Env) -> Result<bool> {
        env.boolean(env.call(env.known(&self.inherits_elements)?, [])?)
    }

    /// The port objects for the endpoints that are attached under `keys`, an array.
    pub fn adopt(&self, env: Env, keys: Value) -> Result<Value> {
        env.call(env.known(&self.adopt)?, [keys])
    }

    /// The objects in the parcel, for a message with the endpoints under `keys` that came to the endpoint under `key`.
    pub fn unpack(&self, env: Env, key: u64, parcel: u64, keys: Value) -> Result<Value> {
        let (key, parcel) = (env.make_number(key as f64)?, env.make_number(parcel as f64)?);
        env.call(env.known(&self.unpack)?, [key, parcel, keys])
    }

    /// A DataCloneError.
    pub fn data_clone_error(&self, env: Env, message: &str) -> Result<Value> {
        env.call(env.known(&self.data_clone_error)?, [env.make_text(message)?])
    }

    /// Enters JavaScript and comes back: fails where the stack is full.
    pub fn enter(&self, env: Env) -> Result<()> {
        env.call(env.known(&self.enter)?, []).map(drop)
    }

    /// Delivers what waits in the mailbox.
    pub fn drain(&self, env: Env) -> Result<()> {
        env.call(env.known(&self.drain)?, []).map(drop)
    }

    /// The function that delivers within a listener.
    pub fn drain_within(&self, env: Env) -> Result<Value> {
        env.known(&self.drain_within)
    }

    /// The function that finishes what is closing.
    pub fn finish_closing(&self, env: Env) -> Result<Value> {
        env.known(&self.finish_closing)
    }
}
