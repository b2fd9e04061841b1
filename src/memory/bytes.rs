//! `Bytes`: the immutable content of one message.

use std::fmt;
use std::mem::MaybeUninit;
use std::ops::Deref;

/// The immutable bytes of one message, in one allocation of exactly their length.
///
/// ```text
///   Bytes (16 bytes)            heap
///  ┌─────────┬────────┐        ┌───────────────────┐
///  │ pointer │ length │───────►│ length bytes      │
///  └─────────┴────────┘        └───────────────────┘
/// ```
///
/// Two words, so that a [`Message`](crate::channel::Message) is three and a slot of its queue is four. Empty bytes
/// allocate nothing.
#[derive(Default, PartialEq, Eq, Hash)]
pub struct Bytes(Box<[u8]>);

impl Bytes {
    /// Bytes of this length that `fill` writes, so that what is made elsewhere need not be copied.
    ///
    /// # Safety
    /// `fill` initialises all of the memory it is given.
    pub unsafe fn with(length: usize, fill: impl FnOnce(&mut [MaybeUninit<u8>])) -> Self {
        let mut memory = Box::new_uninit_slice(length);
        fill(&mut memory);
        // SAFETY: the caller's promise.
        Bytes(unsafe { memory.assume_init() })
    }
}

impl From<&[u8]> for Bytes {
    fn from(content: &[u8]) -> Self {
        Bytes(content.into())
    }
}

impl From<Vec<u8>> for Bytes {
    /// Takes the vector's allocation over; gives back what its capacity exceeds its length by.
    fn from(content: Vec<u8>) -> Self {
        Bytes(content.into_boxed_slice())
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Bytes {
    /// The length only: messages are large, and other people's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_two_words_wide() {
        assert!(size_of::<Bytes>() <= 16);
        assert_eq!(size_of::<Option<Bytes>>(), size_of::<Bytes>());
    }

    #[test]
    fn bytes_hold_what_they_were_made_of() {
        assert_eq!(&*Bytes::from(&b"abc"[..]), b"abc");
        let mut roomy = Vec::with_capacity(100);
        roomy.extend_from_slice(b"xyz");
        assert_eq!(&*Bytes::from(roomy), b"xyz");
        assert!(Bytes::default().is_empty());
    }
}
