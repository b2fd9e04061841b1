//! Tables of functions of JavaScript that Rust calls.

use napi::sys::ValueType;

use super::{Code, Env, Failure, Known, Result, Value};

/// Declares a struct of functions that JavaScript hands over in an object, each under its name there. They are known and not held:
/// whoever has handed them over does that.
macro_rules! hooks {
    ($(#[$outer:meta])* $vis:vis struct $table:ident { $($(#[$doc:meta])* $name:ident = $key:literal;)* }) => {
        $(#[$outer])*
        $vis struct $table {
            $($(#[$doc])* $name: $crate::js::Known,)*
        }

        impl $table {
            /// Takes the functions from an object that has each under its name.
            ///
            /// # Errors
            /// A TypeError if one is missing.
            $vis fn of(env: $crate::js::Env<'_>, functions: $crate::js::Value<'_>) -> $crate::js::Result<Self> {
                Ok($table { $($name: env.known_function(functions, $key)?,)* })
            }
        }
    };
}

pub(crate) use hooks;

impl<'s> Env<'s> {
    /// Knows the function that an object has under this name.
    ///
    /// # Errors
    /// A TypeError if it has none.
    pub fn known_function(self, functions: Value, name: &std::ffi::CStr) -> Result<Known> {
        let function = self.named(functions, name)?;
        if self.type_of(function)? != ValueType::napi_function {
            return Err(Failure::of_type(Code::Internal, format!("Expected a function as hook {name:?}")));
        }
        self.know(function)
    }
}
