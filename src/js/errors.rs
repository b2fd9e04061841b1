//! What goes wrong on the way to JavaScript, and the errors that programs get.

use std::ffi::CStr;

/// Declares [`Code`].
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// The `code` of an error that ferroport itself throws. docs/api.md lists them, with what is to be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// As programs see it.
            pub const fn name(self) -> &'static CStr {
                match self { $(Code::$name => $code,)* }
            }
        }
    };
}

codes! {
    /// A thread has as many open ports as it can have.
    TooManyPorts = c"ERR_FERROPORT_TOO_MANY_PORTS";
    /// The operating system gives no random bytes.
    NoRandomness = c"ERR_FERROPORT_NO_RANDOMNESS";
    /// The beginning of a message is gone, because a script was ended in the middle of it; the rest is not sent.
    MessageLost = c"ERR_FERROPORT_MESSAGE_LOST";
    /// Ports are used before ferroport has been loaded to its end, or after its copy in a context is gone.
    NotConnected = c"ERR_FERROPORT_NOT_CONNECTED";
    /// A file descriptor is of no use, or this system has none.
    Descriptor = c"ERR_FERROPORT_DESCRIPTOR";
    /// The engine has refused a call of Node-API.
    NodeApi = c"ERR_FERROPORT_NODE_API";
    /// Ferroport has a bug.
    Internal = c"ERR_FERROPORT_INTERNAL";
}

/// Why JavaScript could not be asked or has thrown. A pointer's size, so that a result with a handle comes back in two registers.
#[derive(Debug)]
pub enum Failure {
    /// An exception is pending in the environment, or no JavaScript can run any more: return to JavaScript at once.
    Pending,
    /// An error is to be thrown.
    Error(Box<Thrown>),
}

/// An error that is to be thrown.
#[derive(Debug)]
pub enum Thrown {
    /// A TypeError with this code and this message.
    Type(Code, Box<str>),
    /// A DataCloneError (a DOMException) with this message.
    DataClone(Box<str>),
    /// An Error with this code and this message.
    Error(Code, Box<str>),
}

impl Failure {
    /// A TypeError is to be thrown.
    #[cold]
    pub fn of_type(code: Code, message: impl Into<Box<str>>) -> Self {
        Failure::Error(Box::new(Thrown::Type(code, message.into())))
    }

    /// A DataCloneError is to be thrown.
    #[cold]
    pub fn data_clone(message: impl Into<Box<str>>) -> Self {
        Failure::Error(Box::new(Thrown::DataClone(message.into())))
    }

    /// An Error is to be thrown.
    #[cold]
    pub fn error(code: Code, message: impl Into<Box<str>>) -> Self {
        Failure::Error(Box::new(Thrown::Error(code, message.into())))
    }

    /// There is no memory to clone a value: V8's error for it.
    pub fn out_of_memory() -> Self {
        Failure::data_clone("Data cannot be cloned, out of memory.")
    }

    /// Something that never happens has.
    pub fn internal(message: impl Into<Box<str>>) -> Self {
        Failure::error(Code::Internal, message)
    }

    /// A call of Node-API has come to this status.
    #[cold]
    pub fn of_call(call: &str, status: i32) -> Self {
        Failure::error(Code::NodeApi, format!("{call} failed with status {status}"))
    }
}

/// What a call into JavaScript comes to.
pub type Result<T> = std::result::Result<T, Failure>;

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn a_failure_is_three_words_as_every_call_may_return_one() {
        assert!(size_of::<Failure>() <= 24);
    }
}
