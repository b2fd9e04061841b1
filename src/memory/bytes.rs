//! `Bytes`: the immutable content of one message.

use super::pool;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::ptr::NonNull;
use std::slice;
use std::sync::Arc;

/// The immutable bytes of one message, in one allocation.
///
/// ```text
///   Bytes (16 bytes)            heap
///  ┌─────────┬────────┐        ┌───────────────────┬─────────┐
///  │ pointer │ length │───────►│ length bytes      │         │
///  └─────────┴────────┘        └───────────────────┴─────────┘
///                                below 2 MiB: exactly the length
/// ```
///
/// Two words, so that a [`Message`](crate::channel::Message) is three and a slot of its queue is four. Empty bytes
/// allocate nothing. The blocks of large ones come from a pool and return to it: memory that was in use a moment ago
/// costs a third or less of what fresh memory does, which the system has to find and to clear, page by page. (How
/// large a block is follows from the length, so it need not be remembered.)
///
/// Bytes that go to several receivers are shared: then these are one of several references to bytes as above.
///
/// ```text
///   Bytes                       heap
///  ┌─────────┬────────┐        ┌────────┬──────────────┐
///  │ pointer │ SHARED │───────►│ counts │ Bytes        │─ ─ ─►
///  └─────────┴────────┘        └────────┴──────────────┘
///                                an Arc's
/// ```
pub struct Bytes {
    memory: NonNull<u8>,
    /// Or [`SHARED`].
    length: usize,
}

/// Stands for the length where `memory` is what `Arc::into_raw` gave for an `Arc<Bytes>`. No allocation is so long.
const SHARED: usize = usize::MAX;

// SAFETY: they own their memory, as a boxed slice does.
unsafe impl Send for Bytes {}
// SAFETY: shared, they are only read.
unsafe impl Sync for Bytes {}

impl Bytes {
    /// Bytes of this length that `fill` writes, so that what is made elsewhere need not be copied.
    ///
    /// # Safety
    /// `fill` initialises all of the memory it is given, if it returns.
    pub unsafe fn with(length: usize, fill: impl FnOnce(&mut [MaybeUninit<u8>])) -> Self {
        // The owner from the start, so that the memory is freed if `fill` panics.
        let bytes = Bytes { memory: pool::allocate_surely(length), length };
        // SAFETY: a block for `length` bytes, of which nobody else knows.
        fill(unsafe { slice::from_raw_parts_mut(bytes.memory.as_ptr().cast(), length) });
        bytes
    }

    /// A copy; `None` if there is no memory for it.
    pub fn copy(content: &[u8]) -> Option<Self> {
        let memory = pool::allocate(content.len())?;
        // SAFETY: a block for so many bytes, of which nobody else knows.
        unsafe { memory.copy_from_nonoverlapping(NonNull::from(content).cast(), content.len()) };
        Some(Bytes { memory, length: content.len() })
    }

    /// Whether others may refer to the same memory.
    pub fn is_shared(&self) -> bool {
        self.length == SHARED
    }

    /// Another reference to the same memory, if these are one.
    pub fn again(&self) -> Option<Bytes> {
        let shared = self.shared()?;
        // SAFETY: what `Arc::into_raw` gave, and alive, because these hold a reference; the new one is given back once.
        unsafe { Arc::increment_strong_count(shared) };
        Some(Bytes { memory: self.memory, length: SHARED })
    }

    /// Whether both are references to the same bytes.
    pub fn is_same(&self, other: &Bytes) -> bool {
        self.is_shared() && other.is_shared() && self.memory == other.memory
    }

    /// The bytes that these are a reference to, if they are shared.
    #[inline]
    fn shared(&self) -> Option<*const Bytes> {
        (self.length == SHARED).then_some(self.memory.as_ptr().cast_const().cast())
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        if let Some(shared) = self.shared() {
            // SAFETY: what `Arc::into_raw` gave when these were made, and it is given back once.
            return drop(unsafe { Arc::from_raw(shared) });
        }
        // SAFETY: what `pool::allocate` or `pool::adopt` gave for this length; nobody has it but `self`.
        unsafe { pool::free(self.memory, self.length) };
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Bytes { memory: NonNull::dangling(), length: 0 }
    }
}

impl From<&[u8]> for Bytes {
    fn from(content: &[u8]) -> Self {
        // SAFETY: it is given as much as is copied, and nobody else has that.
        unsafe {
            Bytes::with(content.len(), |memory| {
                memory.as_mut_ptr().cast::<u8>().copy_from_nonoverlapping(content.as_ptr(), content.len());
            })
        }
    }
}

impl From<Vec<u8>> for Bytes {
    /// Takes the vector's allocation over, resized to what bytes of this length have.
    fn from(content: Vec<u8>) -> Self {
        let length = content.len();
        Bytes { memory: pool::adopt(content), length }
    }
}

impl From<Arc<Bytes>> for Bytes {
    /// Another reference to the same memory, which is freed with the last of them.
    fn from(shared: Arc<Bytes>) -> Self {
        // SAFETY: it points at something.
        let memory = unsafe { NonNull::new_unchecked(Arc::into_raw(shared).cast_mut().cast()) };
        Bytes { memory, length: SHARED }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        if let Some(shared) = self.shared() {
            // SAFETY: these hold one of the references that keep it alive.
            return unsafe { &*shared };
        }
        // SAFETY: so many bytes were initialised when these were made, and have not been written since.
        unsafe { slice::from_raw_parts(self.memory.as_ptr(), self.length) }
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Bytes) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

impl Hash for Bytes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
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
    fn bytes_of_every_size_hold_what_they_were_made_of() {
        for length in [1, 1000, 8191, 8192, 8193, 1_000_000, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, (16 << 20) + 1] {
            // Not byte by byte: in Miri that takes minutes.
            let mut content = Vec::from_iter(0..251).repeat(length / 251 + 1);
            content.truncate(length);
            let copied = Bytes::from(&content[..]);
            let mut roomy = content.clone();
            roomy.reserve(length / 3);
            let (adopted, exact) = (Bytes::from(roomy), Bytes::from(content.clone()));
            assert!(*copied == *content && *adopted == *content && copied == exact, "{length}");
        }
    }

    #[test]
    fn bytes_whose_filling_panics_are_freed() {
        let panicked = std::panic::catch_unwind(|| {
            // SAFETY: it does not return.
            unsafe { Bytes::with(1000, |_| panic!("on purpose")) }
        });
        assert!(panicked.is_err());
    }

    #[test]
    fn shared_bytes_are_the_same_memory_until_the_last_reference_is_gone() {
        for length in [0, 1, 200_000] {
            let bytes = Arc::new(Bytes::from(vec![7; length]));
            let place = bytes.as_ptr();
            let first = Bytes::from(bytes.clone());
            // A reference to a reference.
            let second = Bytes::from(Arc::new(Bytes::from(bytes.clone())));
            assert_eq!(Arc::strong_count(&bytes), 3);
            for reference in [&first, &second] {
                assert!(reference.as_ptr() == place && **reference == vec![7; length][..], "{length}");
            }
            drop(first);
            assert_eq!(Arc::strong_count(&bytes), 2);
            drop(bytes);
            assert!(second.len() == length && second.iter().all(|&byte| byte == 7), "{length}");
        }
    }

    #[test]
    fn a_reference_knows_others_to_the_same_bytes() {
        let shared = Arc::new(Bytes::from(&b"abc"[..]));
        let (one, other) = (Bytes::from(shared.clone()), Bytes::from(Arc::new(Bytes::from(&b"abc"[..]))));
        let again = one.again().unwrap();
        assert_eq!(Arc::strong_count(&shared), 3);
        assert!(again.is_same(&one) && !one.is_same(&other) && one == other);
        let alone = Bytes::from(&b"abc"[..]);
        assert!(alone.again().is_none() && !alone.is_same(&alone) && !alone.is_same(&one));
        drop((one, again));
        assert_eq!(Arc::strong_count(&shared), 1);
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
