//! The kinds of error and of view, numbered as on the wire.

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $number:literal => $class:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "each variant is the class of its name")]
        pub enum $name { $($variant = $number),* }

        impl $name {
            /// Every kind, in the order of their numbers.
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// The number of every kind under the name of its JavaScript class.
            pub const CLASSES: &[(&str, u32)] = &[$(($class, $number)),*];

            /// The kind with this number on the wire.
            #[inline]
            pub const fn from_number(number: u32) -> Option<$name> {
                match number {
                    $($number => Some($name::$variant),)*
                    _ => None,
                }
            }

            /// The number on the wire.
            #[inline]
            pub const fn number(self) -> u32 {
                self as u32
            }

            /// The name of the JavaScript class.
            pub const fn class(self) -> &'static str {
                match self {
                    $($name::$variant => $class),*
                }
            }
        }
    };
}

kinds! {
    /// The seven error classes that structured clone tells apart.
    ErrorKind {
        Error = 0 => "Error",
        Eval = 1 => "EvalError",
        Range = 2 => "RangeError",
        Reference = 3 => "ReferenceError",
        Syntax = 4 => "SyntaxError",
        Type = 5 => "TypeError",
        Uri = 6 => "URIError",
    }
}

kinds! {
    /// The classes of view over an ArrayBuffer.
    ViewKind {
        Int8 = 0 => "Int8Array",
        Uint8 = 1 => "Uint8Array",
        Uint8Clamped = 2 => "Uint8ClampedArray",
        Int16 = 3 => "Int16Array",
        Uint16 = 4 => "Uint16Array",
        Int32 = 5 => "Int32Array",
        Uint32 = 6 => "Uint32Array",
        Float16 = 7 => "Float16Array",
        Float32 = 8 => "Float32Array",
        Float64 = 9 => "Float64Array",
        BigInt64 = 10 => "BigInt64Array",
        BigUint64 = 11 => "BigUint64Array",
        DataView = 12 => "DataView",
    }
}

impl ViewKind {
    /// Bytes of one element: what offset and length of such a view are multiples of (1 for a DataView).
    #[inline]
    pub const fn element_size(self) -> u64 {
        match self {
            ViewKind::Int8 | ViewKind::Uint8 | ViewKind::Uint8Clamped | ViewKind::DataView => 1,
            ViewKind::Int16 | ViewKind::Uint16 | ViewKind::Float16 => 2,
            ViewKind::Int32 | ViewKind::Uint32 | ViewKind::Float32 => 4,
            ViewKind::Float64 | ViewKind::BigInt64 | ViewKind::BigUint64 => 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_survive_their_number() {
        for &kind in ViewKind::ALL {
            assert_eq!(ViewKind::from_number(kind.number()), Some(kind));
        }
        for &kind in ErrorKind::ALL {
            assert_eq!(ErrorKind::from_number(kind.number()), Some(kind));
        }
        assert_eq!(ViewKind::from_number(ViewKind::ALL.len() as u32), None);
        assert_eq!(ErrorKind::from_number(ErrorKind::ALL.len() as u32), None);
    }
}
