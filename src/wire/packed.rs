//! A run of numbers borrowed from a message, readable whatever the message's alignment in memory.

use std::fmt;
use std::marker::PhantomData;

mod sealed {
    pub trait Sealed {}
}

/// A number that messages hold in runs: `u16`, `i32`, `u32`, `u64`, `f64`.
///
/// Sealed: [`Packed::aligned`] relies on every bit pattern being a value.
pub trait Unit: Copy + sealed::Sealed {
    /// The value whose little-endian bytes these are; `bytes` has the size of `Self`.
    #[doc(hidden)]
    fn from_le(bytes: &[u8]) -> Self;
}

macro_rules! unit {
    ($($unit:ty: $canonical:expr),*) => {$(
        impl sealed::Sealed for $unit {}
        impl Unit for $unit {
            #[inline]
            fn from_le(bytes: &[u8]) -> $unit {
                let mut le = [0; size_of::<$unit>()];
                le.copy_from_slice(bytes);
                $canonical(<$unit>::from_le_bytes(le))
            }
        }
    )*};
}

// A NaN's payload means nothing to JavaScript: all are read as one.
unit!(u16: |unit| unit, i32: |unit| unit, u32: |unit| unit, u64: |unit| unit, f64: |unit: f64| if unit.is_nan() { f64::NAN } else { unit });

/// Little-endian numbers inside a message: `len` of them, at no particular address.
#[derive(Clone, Copy)]
pub struct Packed<'a, T> {
    bytes: &'a [u8],
    unit: PhantomData<T>,
}

impl<'a, T: Unit> Packed<'a, T> {
    /// Reads `bytes` as numbers; a remainder shorter than a number is not seen.
    #[inline]
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Packed { bytes, unit: PhantomData }
    }

    /// How many numbers.
    #[inline]
    pub fn len(self) -> usize {
        self.bytes.len() / size_of::<T>()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The number at `index`, if there is one.
    #[inline]
    pub fn get(self, index: usize) -> Option<T> {
        let from = index.checked_mul(size_of::<T>())?;
        self.bytes.get(from..)?.get(..size_of::<T>()).map(T::from_le)
    }

    /// The numbers in order.
    #[inline]
    pub fn iter(self) -> impl DoubleEndedIterator<Item = T> + ExactSizeIterator + 'a
    where
        T: 'a,
    {
        self.bytes.chunks_exact(size_of::<T>()).map(T::from_le)
    }

    /// The bytes as they stand in the message.
    #[inline]
    pub fn as_bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The numbers where they lie, if this machine can read them there: little-endian, and the message's first byte
    /// at an address divisible by 8 (or by luck). NaNs then keep their payload.
    #[inline]
    pub fn aligned(self) -> Option<&'a [T]> {
        if cfg!(target_endian = "big") {
            return None;
        }
        // SAFETY: `Unit` is sealed; each of its types has no padding and takes any bit pattern. `align_to` sees to
        // alignment and length; the lifetime stays that of the bytes.
        let (before, units, after) = unsafe { self.bytes.align_to::<T>() };
        (before.is_empty() && after.len() < size_of::<T>()).then_some(units)
    }
}

impl<T: Unit + PartialEq> PartialEq for Packed<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T: Unit + fmt::Debug> fmt::Debug for Packed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
