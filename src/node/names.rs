//! Numbers that both languages know by name, each stated once.

/// Declares an enum, and the list of its numbers by the names that JavaScript has for them.
macro_rules! named {
    ($(#[$outer:meta])* pub enum $type:ident { $($(#[$doc:meta])* $variant:ident = $number:literal => $name:literal,)* }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum $type { $($(#[$doc])* $variant = $number,)* }

        impl $type {
            /// Every number under the name that JavaScript uses.
            pub const NAMES: &[(&str, u32)] = &[$(($name, $number)),*];
        }
    };
}

pub(super) use named;
