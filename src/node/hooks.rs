//! The functions of `lib` that Rust calls.

use crate::clone;
use crate::js::{Env, Failure, Result, Thrown, Value, hooks};

hooks! {
    /// The functions of `lib`, by the names that JavaScript gives them.
    struct Functions {
        /// `(keys) → MessagePort[]`: the port objects of endpoints that have just been attached.
        adopt = c"adopt";
        /// `(key) → MessagePort`: the port object of an endpoint that has just been attached, for whoever asks for it.
        make_port = c"makePort";
        /// `(key, parcel, keys) → Array`: the objects in a parcel that has come beside a message for the endpoint under `key`;
        /// what the parcel has for the endpoints that came with the message is theirs.
        unpack = c"unpack";
        /// `(numbers) → SharedAbortSignal[]`: the objects of signals that have come with a message.
        adopt_signals = c"adoptSignals";
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
}

/// What a thread asks of JavaScript.
pub struct Hooks {
    functions: Functions,
    /// What the complete codec asks.
    pub codec: clone::Hooks,
}

impl Hooks {
    /// Takes the functions from an object of their realm that has each under its name.
    ///
    /// # Errors
    /// A TypeError if one is missing.
    pub fn of(env: Env, functions: Value) -> Result<Self> {
        Ok(Hooks { functions: Functions::of(env, functions)?, codec: clone::Hooks::of(env, functions)? })
    }

    /// The port objects for the endpoints that are attached under `keys`, an array.
    pub fn adopt<'s>(&self, env: Env<'s>, keys: Value) -> Result<Value<'s>> {
        env.call(env.known(&self.functions.adopt)?, [keys])
    }

    /// The port object for the endpoint that is attached under `key`.
    pub fn make_port<'s>(&self, env: Env<'s>, key: u64) -> Result<Value<'s>> {
        env.call(env.known(&self.functions.make_port)?, [env.make_number(key as f64)?])
    }

    /// The objects of signals that have come with a message, by their `numbers`, an array.
    pub fn adopt_signals<'s>(&self, env: Env<'s>, numbers: Value) -> Result<Value<'s>> {
        env.call(env.known(&self.functions.adopt_signals)?, [numbers])
    }

    /// The objects in the parcel, for a message with the endpoints under `keys` that came to the endpoint under `key`.
    pub fn unpack<'s>(&self, env: Env<'s>, key: u64, parcel: u64, keys: Value) -> Result<Value<'s>> {
        let (key, parcel) = (env.make_number(key as f64)?, env.make_number(parcel as f64)?);
        env.call(env.known(&self.functions.unpack)?, [key, parcel, keys])
    }

    /// Enters JavaScript and comes back: fails where the stack is full.
    pub fn enter(&self, env: Env) -> Result<()> {
        env.call(env.known(&self.functions.enter)?, []).map(drop)
    }

    /// Delivers what waits in the mailbox.
    pub fn drain(&self, env: Env) -> Result<()> {
        env.call(env.known(&self.functions.drain)?, []).map(drop)
    }

    /// The function that delivers within a listener.
    pub fn drain_within<'s>(&self, env: Env<'s>) -> Result<Value<'s>> {
        env.known(&self.functions.drain_within)
    }

    /// The function that finishes what is closing.
    pub fn finish_closing<'s>(&self, env: Env<'s>) -> Result<Value<'s>> {
        env.known(&self.functions.finish_closing)
    }

    /// Throws what a failure says.
    pub fn throw(&self, env: Env, failure: Failure) {
        if let Failure::Error(thrown) = &failure
            && let Thrown::DataClone(message) = &**thrown
            && let Ok(error) = self.data_clone_error(env, message)
        {
            return env.throw(error);
        }
        env.throw_failure(failure);
    }

    /// A DataCloneError.
    fn data_clone_error<'s>(&self, env: Env<'s>, message: &str) -> Result<Value<'s>> {
        env.call(env.known(&self.functions.data_clone_error)?, [env.make_text(message)?])
    }
}
