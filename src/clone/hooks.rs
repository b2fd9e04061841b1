//! The functions of `lib/codec` that the complete codec calls.

use napi::sys::ValueType;

use crate::js::{Env, Failure, Result, Value, hooks};

hooks! {
    /// The functions of `lib/codec`, by the names that JavaScript gives them.
    struct Functions {
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
    }
}

/// What the codec asks of JavaScript.
pub struct Hooks {
    functions: Functions,
    /// Whether the functions are of another realm than what Node-API makes: of a context of node:vm.
    pub is_of_other_realm: bool,
}

impl Hooks {
    /// Takes the functions from an object of their realm that has each under its name.
    ///
    /// # Errors
    /// A TypeError if one is missing.
    pub fn of(env: Env, functions: Value) -> Result<Self> {
        let ours = env.prototype_of(env.make_object()?)?;
        let is_of_other_realm = !env.is_same(env.prototype_of(functions)?, ours)?;
        Ok(Hooks { functions: Functions::of(env, functions)?, is_of_other_realm })
    }

    /// What `object` is, as the hook `visit` says.
    pub fn visit(&self, env: Env, session: Value, object: Value) -> Result<i32> {
        env.int(env.call(env.known(&self.functions.visit)?, [session, object])?)
    }

    /// What `object`, of wire tag `tag`, consists of: an array.
    pub fn parts<'s>(&self, env: Env<'s>, tag: u32, object: Value) -> Result<Value<'s>> {
        env.call(env.known(&self.functions.parts)?, [env.make_int(tag as i32)?, object])
    }

    /// The own enumerable keys of `object`, strings all of them.
    pub fn keys_of<'s>(&self, env: Env<'s>, object: Value) -> Result<Value<'s>> {
        env.call(env.known(&self.functions.keys_of)?, [object])
    }

    /// The same of an array; `None` if it is its elements and nothing else.
    pub fn keys_beside<'s>(&self, env: Env<'s>, array: Value) -> Result<Option<Value<'s>>> {
        let keys = env.call(env.known(&self.functions.keys_beside)?, [array])?;
        Ok(if env.type_of(keys)? == ValueType::napi_null { None } else { Some(keys) })
    }

    /// The failure for `value`, which cannot be cloned.
    pub fn refuse(&self, env: Env, value: Value) -> Failure {
        match env.known(&self.functions.refuse).and_then(|refuse| env.call(refuse, [value])) {
            Ok(_) => Failure::data_clone("The value could not be cloned."),
            Err(failure) => failure,
        }
    }

    /// An object of wire tag `tag`, made of up to four values.
    pub fn revive<'s>(&self, env: Env<'s>, tag: u32, of: &[Value]) -> Result<Value<'s>> {
        let undefined = env.undefined()?;
        let part = |index: usize| of.get(index).copied().unwrap_or(undefined);
        env.call(env.known(&self.functions.revive)?, [env.make_int(tag as i32)?, part(0), part(1), part(2), part(3)])
    }

    /// Puts `values` into an object of wire tag `tag`.
    pub fn fill(&self, env: Env, tag: u32, object: Value, values: Value) -> Result<()> {
        env.call(env.known(&self.functions.fill)?, [env.make_int(tag as i32)?, object, values]).map(drop)
    }

    /// Whether arrays inherit elements from somebody's prototype.
    pub fn inherits_elements(&self, env: Env) -> Result<bool> {
        env.boolean(env.call(env.known(&self.functions.inherits_elements)?, [])?)
    }
}
