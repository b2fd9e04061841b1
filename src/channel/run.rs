//! A run: a block of memory that small messages share, filled at one end while it is read at the other.

use super::sync::{Arc, AtomicU32, Ordering};
use crate::memory::Bytes;

#[cfg(not(loom))]
use real::Words;

#[cfg(loom)]
use model::Words;

/// What both ends see.
///
/// ```text
///    records that were read     committed records                    room
///  ┌──────────────────────────┬────────────────────────────────────┬──────────────────────┐
///  │ ........................ │ length 0 bytes··· length 0 bytes·· │                      │
///  └──────────────────────────┴────────────────────────────────────┴──────────────────────┘
///                       position (RunReader)             end (RunWriter) = committed
///
///   a record: u32 length, u32 zero, then length bytes and zeros to the next multiple of 8; native byte order
/// ```
///
/// What is committed never changes, and what is not is touched by the writer alone: so the two need no lock.
struct Run {
    /// How many bytes are committed, a multiple of 8, and [`SEALED`].
    committed: AtomicU32,
    words: Words,
}

/// The bit of `committed` that says that nothing more will be.
const SEALED: u32 = 1;

/// Bytes in front of each record's content.
pub const RECORD_HEADER: usize = 8;

/// The next record begins at a multiple of so many bytes.
pub const RECORD_ALIGNMENT: usize = 8;

/// How many bytes of a run a message of `length` bytes takes.
pub(super) const fn record_size(length: usize) -> usize {
    RECORD_HEADER + length.next_multiple_of(RECORD_ALIGNMENT)
}

/// How many bytes of content the first record in `records` has; 0 where there is none.
pub fn record_length(records: &[u8]) -> usize {
    records.first_chunk().map_or(0, |length| u32::from_ne_bytes(*length) as usize)
}

/// The filling end, of which there is one. Dropping it seals the run: the reader knows then that it has seen all.
pub(super) struct RunWriter {
    run: Arc<Run>,
    end: u32,
}

/// The reading end, of which there is one.
pub(super) struct RunReader {
    run: Arc<Run>,
    position: u32,
}

/// What comes next in a run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A record.
    Record,
    /// Nothing yet.
    Nothing,
    /// Nothing any more.
    End,
}

/// Whole records that lie one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stretch {
    /// How many records.
    pub(super) count: usize,
    /// How many bytes they take, headers and padding included.
    pub(super) bytes: usize,
}

/// An empty run of `capacity` bytes, a multiple of 8 and less than 2 GiB.
pub(super) fn run(capacity: usize) -> (RunWriter, RunReader) {
    let run = Arc::new(Run { committed: AtomicU32::new(0), words: Words::new(capacity / 8) });
    (RunWriter { run: run.clone(), end: 0 }, RunReader { run, position: 0 })
}

impl RunWriter {
    pub(super) fn capacity(&self) -> usize {
        self.run.words.len() * 8
    }

    /// Appends a record. False if there is no room for it.
    pub(super) fn append(&mut self, bytes: &[u8]) -> bool {
        let end = self.end as usize;
        // Not `record_size` first: it would overflow for a length that no run can hold anyway.
        let room = self.capacity() - end;
        if bytes.len() >= room || record_size(bytes.len()) > room {
            return false;
        }
        // SAFETY: there is room for a header and the bytes behind `end`, which is the end of what is committed; only
        // this function writes there, and `&mut self` of the only writer is its only caller.
        unsafe { self.run.words.write(end / 8, bytes) };
        self.end = (end + record_size(bytes.len())) as u32;
        self.run.committed.store(self.end, Ordering::Release);
        true
    }

    /// Whether `reader` reads this run and has read all of it.
    pub(super) fn is_read_by(&self, reader: &RunReader) -> bool {
        Arc::ptr_eq(&self.run, &reader.run) && self.end == reader.position
    }
}

impl Drop for RunWriter {
    fn drop(&mut self) {
        self.run.committed.store(self.end | SEALED, Ordering::Release);
    }
}

impl RunReader {
    pub(super) fn next(&self) -> Next {
        // One load. If the seal were read after the length, a record that was committed in between would be passed over.
        let committed = self.run.committed.load(Ordering::Acquire);
        match committed & !SEALED > self.position {
            true => Next::Record,
            false if committed & SEALED != 0 => Next::End,
            false => Next::Nothing,
        }
    }

    /// Takes the next record's content.
    pub(super) fn take(&mut self) -> Option<Bytes> {
        let committed = self.committed();
        let length = self.length_at(self.position as usize, committed)?;
        // SAFETY: the record is committed, so its bytes have been written and are not written any more. `copy` fills
        // the memory it is given.
        let bytes =
            unsafe { Bytes::with(length, |memory| self.run.words.copy(self.position as usize / 8 + 1, memory)) };
        self.position += record_size(length) as u32;
        Some(bytes)
    }

    /// The next records, as many as fit into `most_bytes`, at most `most` of them.
    pub(super) fn stretch(&self, most_bytes: usize, most: usize) -> Stretch {
        let (committed, begin) = (self.committed(), self.position as usize);
        let mut stretch = Stretch::default();
        while stretch.count < most
            && let Some(length) = self.length_at(begin + stretch.bytes, committed)
            && stretch.bytes + record_size(length) <= most_bytes
        {
            stretch.count += 1;
            stretch.bytes += record_size(length);
        }
        stretch
    }

    /// Copies the next `block.len()` bytes, which [`stretch`](RunReader::stretch) must have given, as they lie there.
    pub(super) fn copy(&self, block: &mut [u8]) {
        assert!(self.position as usize + block.len() <= self.committed());
        let block = std::ptr::from_mut(block) as *mut [std::mem::MaybeUninit<u8>];
        // SAFETY: initialised bytes may be seen as bytes that need not be, because `copy` initialises all of them; they
        // are committed, hence written and not written any more.
        unsafe { self.run.words.copy(self.position as usize / 8, &mut *block) };
    }

    /// Passes over the next records that `stretch` counts.
    pub(super) fn skip(&mut self, stretch: Stretch) {
        self.position += stretch.bytes as u32;
    }

    fn committed(&self) -> usize {
        (self.run.committed.load(Ordering::Acquire) & !SEALED) as usize
    }

    /// The length of the record that begins at `position`, if one that is committed does.
    fn length_at(&self, position: usize, committed: usize) -> Option<usize> {
        // SAFETY: a committed header has been written and is not written any more.
        (position < committed).then(|| unsafe { self.run.words.length(position / 8) } as usize)
    }
}

/// A header: the length in its first four bytes.
fn header(length: usize) -> u64 {
    if cfg!(target_endian = "little") { length as u64 } else { (length as u64) << 32 }
}

fn length(header: u64) -> u32 {
    if cfg!(target_endian = "little") { header as u32 } else { (header >> 32) as u32 }
}

#[cfg(not(loom))]
mod real {
    use std::cell::UnsafeCell;
    use std::mem::{MaybeUninit, take};
    use std::sync::{Mutex, PoisonError};

    type Memory = Box<[UnsafeCell<MaybeUninit<u64>>]>;

    /// Memory that two threads use at once, each its part.
    pub(super) struct Words(Memory);

    /// Runs of so many words leave their memory to the next ones. The system clears memory that was given back before it gives the
    /// memory out again, and clearing costs more than filling.
    const KEPT_WORDS: usize = 64 * 1024 / 8;
    /// The memory of so many runs is kept, which is 2 MiB. Allocators other than the addon's keep memory themselves.
    const KEPT: usize = if cfg!(feature = "mimalloc") { 32 } else { 0 };

    static SPARE: Mutex<Vec<Words>> = Mutex::new(Vec::new());

    impl Drop for Words {
        fn drop(&mut self) {
            if self.len() != KEPT_WORDS {
                return;
            }
            let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
            if KEPT.saturating_sub(spare.len()) > 0 {
                spare.push(Words(take(&mut self.0)));
            }
        }
    }

    // SAFETY: the words are plain integers. Two threads touch the same word only through the unsafe methods below, whose callers
    // promise that nobody writes it meanwhile.
    unsafe impl Sync for Words {}

    impl Words {
        pub(super) fn new(count: usize) -> Self {
            if count == KEPT_WORDS
                && let Some(words) = SPARE.lock().unwrap_or_else(PoisonError::into_inner).pop()
            {
                return words;
            }
            let words = Box::<[UnsafeCell<MaybeUninit<u64>>]>::new_uninit_slice(count);
            // SAFETY: `MaybeUninit` words need no initialisation.
            Words(unsafe { words.assume_init() })
        }

        pub(super) fn len(&self) -> usize {
            self.0.len()
        }

        /// Writes a record: its header at word `at`, its bytes behind, and zeros behind those.
        ///
        /// # Safety
        /// The words exist, and nobody else reads or writes them meanwhile.
        #[inline]
        pub(super) unsafe fn write(&self, at: usize, bytes: &[u8]) {
            let first = UnsafeCell::raw_get(self.0.as_ptr().wrapping_add(at)).cast::<u64>();
            // SAFETY: the caller's promise; a last word that the bytes do not fill exists like the others.
            unsafe {
                first.write(super::header(bytes.len()));
                if !bytes.len().is_multiple_of(8) {
                    first.add(1 + bytes.len() / 8).write(0);
                }
                first.add(1).cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            }
        }

        /// The length that the header at word `at` states.
        ///
        /// # Safety
        /// A header was written there, and nobody writes it meanwhile.
        #[inline]
        pub(super) unsafe fn length(&self, at: usize) -> u32 {
            // SAFETY: the caller's promise.
            super::length(unsafe { UnsafeCell::raw_get(self.0.as_ptr().wrapping_add(at)).cast::<u64>().read() })
        }

        /// Copies the bytes from word `at` on to `target`, all of which it fills.
        ///
        /// # Safety
        /// They were written, and nobody writes them meanwhile.
        #[inline]
        pub(super) unsafe fn copy(&self, at: usize, target: &mut [MaybeUninit<u8>]) {
            let first = self.0.as_ptr().wrapping_add(at).cast::<u8>();
            // SAFETY: the caller's promise; nobody but the caller has `target`.
            unsafe { target.as_mut_ptr().cast::<u8>().copy_from_nonoverlapping(first, target.len()) };
        }
    }
}

#[cfg(loom)]
mod model {
    use loom::cell::UnsafeCell;
    use std::mem::MaybeUninit;

    /// As the real one, each word a cell whose accesses loom checks.
    pub(super) struct Words(Box<[UnsafeCell<u64>]>);

    // SAFETY: loom checks each access of a cell.
    unsafe impl Sync for Words {}

    impl Words {
        pub(super) fn new(count: usize) -> Self {
            Words((0..count).map(|_| UnsafeCell::new(u64::MAX)).collect())
        }

        pub(super) fn len(&self) -> usize {
            self.0.len()
        }

        pub(super) unsafe fn write(&self, at: usize, bytes: &[u8]) {
            // SAFETY: loom checks it, here and below.
            self.0[at].with_mut(|word| unsafe { word.write(super::header(bytes.len())) });
            for (word, chunk) in self.0[at + 1..].iter().zip(bytes.chunks(8)) {
                let mut content = [0; 8];
                content[..chunk.len()].copy_from_slice(chunk);
                // SAFETY: as above.
                word.with_mut(|word| unsafe { word.write(u64::from_ne_bytes(content)) });
            }
        }

        pub(super) unsafe fn length(&self, at: usize) -> u32 {
            // SAFETY: as above.
            super::length(self.0[at].with(|word| unsafe { word.read() }))
        }

        pub(super) unsafe fn copy(&self, at: usize, target: &mut [MaybeUninit<u8>]) {
            for (word, chunk) in self.0[at..].iter().zip(target.chunks_mut(8)) {
                // SAFETY: as above.
                let content = word.with(|word| unsafe { word.read() }).to_ne_bytes();
                chunk.iter_mut().zip(content).for_each(|(target, byte)| {
                    target.write(byte);
                });
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_run_takes_records_until_it_is_full_and_gives_them_back_in_order() {
        let (mut writer, mut reader) = run(64);
        for content in [&b""[..], b"1234567", b"12345678", b"x"] {
            assert!(writer.append(content));
        }
        assert!(!writer.append(b"1") && !writer.append(&[0; 100]), "8 bytes are left, and a header takes those");
        assert!(writer.append(b"") && !writer.append(b""));
        for content in [&b""[..], b"1234567", b"12345678", b"x", b""] {
            assert_eq!(&*reader.take().unwrap(), content);
        }
        assert!(reader.take().is_none());
        assert!(writer.is_read_by(&reader));
    }

    #[test]
    fn a_reader_learns_that_a_run_has_ended_when_its_writer_is_gone() {
        let (mut writer, mut reader) = run(64);
        assert_eq!(reader.next(), Next::Nothing);
        writer.append(b"1");
        assert!(!writer.is_read_by(&reader));
        drop(writer);
        assert_eq!(reader.next(), Next::Record);
        reader.take();
        assert_eq!(reader.next(), Next::End);
    }

    #[test]
    fn records_are_copied_as_they_lie() {
        let (mut writer, mut reader) = run(256);
        (1..6).for_each(|length| assert!(writer.append(&[length; 5][..length as usize])));
        let stretch = reader.stretch(16 * 3 + 15, 10);
        assert_eq!(stretch, Stretch { count: 3, bytes: 48 });
        assert_eq!(reader.stretch(1000, 2).count, 2);
        assert_eq!(reader.stretch(15, 2).count, 0);
        let mut block = [77; 48];
        reader.copy(&mut block);
        let record = |length: u8| {
            let mut record = [0; 16];
            record[..4].copy_from_slice(&u32::from(length).to_ne_bytes());
            record[8..][..usize::from(length)].fill(length);
            record
        };
        assert_eq!(block[..], [record(1), record(2), record(3)].concat());
        reader.skip(stretch);
        assert_eq!(&*reader.take().unwrap(), [4; 4]);
    }
}
