//! The signals that one thread has: by number, each with a flag in memory that JavaScript looks at.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

use crate::channel::{Aborter, Endpoint, Listener, Named, Reason, Signal};
use crate::js::{Env, Failure, Held, Result, Value};
use crate::wire::Writer;

/// How many flags one piece of memory has.
pub const FLAGS: u32 = 1024;

/// What a thread has of signals.
///
/// ```text
///   number ─► entry: signal, uses, aborters            chunk 0: ArrayBuffer, 1024 flags ◄── Signal: writes 1
///   signal ─► number                                   chunk 1: …                       ◄── JavaScript: Atomics.load
/// ```
///
/// JavaScript has one object for a signal, however often that has come. Each object, and each right to abort the signal, is a use of the
/// entry. The number of an entry that nobody uses any more is given to another signal.
pub struct Signals {
    inner: RefCell<Inner>,
}

struct Inner {
    /// By which signals know this thread.
    owner: u64,
    entries: Vec<Option<Entry>>,
    free: Vec<u32>,
    by_signal: HashMap<u64, u32>,
    chunks: Vec<Chunk>,
    teller: Option<Arc<Teller>>,
    /// What is to go along with the message that is being sent.
    along: Vec<Arc<Signal>>,
}

struct Entry {
    signal: Arc<Signal>,
    uses: usize,
    aborters: Vec<Aborter>,
}

/// A piece of memory with flags. It lives as long as the thread uses signals.
struct Chunk {
    flags: *mut i32,
    buffer: Held,
}

/// Tells a thread of signals over a channel of its own, so that the event comes like a message.
struct Teller(Endpoint);

impl Teller {
    fn tell(&self, number: i32) {
        let mut writer = Writer::new();
        writer.int(number);
        if let Ok(bytes) = writer.finish() {
            // A thread that has ended does not want to know.
            let _ = self.0.send_bytes(bytes);
        }
    }
}

impl Listener for Teller {
    fn aborted(&self, number: u32) {
        self.tell(number as i32);
    }

    fn settled(&self, number: u32) {
        self.tell(-(number as i32));
    }
}

impl Default for Signals {
    fn default() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let owner = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        let inner = Inner {
            owner,
            entries: Vec::new(),
            free: Vec::new(),
            by_signal: HashMap::new(),
            chunks: Vec::new(),
            teller: None,
            along: Vec::new(),
        };
        Signals { inner: RefCell::new(inner) }
    }
}

fn unknown() -> Failure {
    Failure::internal("there is no such signal")
}

impl Signals {
    /// One use more of a signal: its number here.
    ///
    /// # Errors
    /// If there is no memory for its flag.
    pub fn enter(&self, env: Env, signal: &Arc<Signal>) -> Result<u32> {
        let mut inner = self.inner.borrow_mut();
        let inner = &mut *inner;
        if let Some(&number) = inner.by_signal.get(&signal.number()) {
            if let Some(Some(entry)) = inner.entries.get_mut(number as usize) {
                entry.uses += 1;
            }
            return Ok(number);
        }
        if inner.free.is_empty() {
            inner.grow(env)?;
        }
        let Some(number) = inner.free.pop() else { return Err(unknown()) };
        let flag = inner.flag(number).ok_or_else(unknown)?;
        inner.by_signal.insert(signal.number(), number);
        inner.entries[number as usize] = Some(Entry { signal: signal.clone(), uses: 1, aborters: Vec::new() });
        // SAFETY: the chunk is held until `close` has made every signal forget this thread; a signal is entered once.
        unsafe { signal.hold(inner.owner, number, flag) };
        Ok(number)
    }

    /// One use more of a signal that is here.
    ///
    /// # Errors
    /// If it is not.
    pub fn use_again(&self, number: u32) -> Result<()> {
        self.with(number, |entry, _| entry.uses += 1)
    }

    /// One use less. The last one takes the signal away from the thread.
    pub fn release(&self, number: u32) {
        let _ = self.with(number, |entry, _| entry.uses = entry.uses.saturating_sub(1));
        self.drop_unused(number);
    }

    /// One more right to abort the signal.
    ///
    /// # Errors
    /// If the signal is not here.
    pub fn add_aborter(&self, number: u32) -> Result<()> {
        let aborter = Aborter::new(&self.signal(number)?);
        self.with(number, |entry, _| entry.aborters.push(aborter))
    }

    /// One right to abort the signal less.
    pub fn release_aborter(&self, number: u32) {
        let aborter = self.with(number, |entry, _| entry.aborters.pop());
        // Not while the table is borrowed: dropping it tells others.
        drop(aborter);
        self.drop_unused(number);
    }

    fn drop_unused(&self, number: u32) {
        let dropped = {
            let mut inner = self.inner.borrow_mut();
            let inner = &mut *inner;
            let Some(place) = inner.entries.get_mut(number as usize) else { return };
            let is_unused = place.as_ref().is_some_and(|entry| entry.uses == 0 && entry.aborters.is_empty());
            let Some(entry) = (if is_unused { place.take() } else { None }) else { return };
            entry.signal.forget(inner.owner);
            inner.by_signal.remove(&entry.signal.number());
            if let Some(flag) = inner.flag(number) {
                // SAFETY: the flag is this thread's alone now, and its memory is there.
                unsafe { &*flag }.store(0, Ordering::SeqCst);
            }
            inner.free.push(number);
            entry
        };
        // Not while the table is borrowed.
        drop(dropped);
    }

    fn with<R>(&self, number: u32, work: impl FnOnce(&mut Entry, u64) -> R) -> Result<R> {
        let mut inner = self.inner.borrow_mut();
        let inner = &mut *inner;
        let entry = inner.entries.get_mut(number as usize).and_then(Option::as_mut).ok_or_else(unknown)?;
        Ok(work(entry, inner.owner))
    }

    /// The signal of that number.
    ///
    /// # Errors
    /// If there is none.
    pub fn signal(&self, number: u32) -> Result<Arc<Signal>> {
        self.with(number, |entry, _| entry.signal.clone())
    }

    /// Whether anybody else than this thread has the signal: another thread, a message, a signal that follows it.
    ///
    /// # Errors
    /// If it is not here.
    pub fn is_elsewhere(&self, number: u32) -> Result<bool> {
        self.with(number, |entry, _| Arc::strong_count(&entry.signal) > 1 + entry.aborters.len())
    }

    /// Aborts a signal; what this thread has of those that were aborted.
    ///
    /// # Errors
    /// If it is not here.
    pub fn abort(&self, number: u32, reason: Reason) -> Result<Vec<Named>> {
        let (signal, owner) = self.with(number, |entry, owner| (entry.signal.clone(), owner))?;
        Ok(signal.abort(reason, Some(owner)))
    }

    /// Listens to a signal. False if nothing more will be heard of it.
    ///
    /// # Errors
    /// If it is not here.
    pub fn listen(&self, number: u32, as_number: u32) -> Result<bool> {
        let (signal, owner) = self.with(number, |entry, owner| (entry.signal.clone(), owner))?;
        let teller = self.inner.borrow().teller.clone().ok_or_else(unknown)?;
        Ok(signal.listen(owner, teller, as_number))
    }

    /// Listens no more.
    pub fn stop_listening(&self, number: u32) {
        if let Ok((signal, owner)) = self.with(number, |entry, owner| (entry.signal.clone(), owner)) {
            signal.stop_listening(owner);
        }
    }

    /// What is heard is sent from this endpoint.
    pub fn tell_over(&self, endpoint: Endpoint) {
        let before = self.inner.borrow_mut().teller.replace(Arc::new(Teller(endpoint)));
        drop(before);
    }

    /// The memory of the flags from `FLAGS * chunk` on.
    ///
    /// # Errors
    /// If there is none.
    pub fn chunk<'s>(&self, env: Env<'s>, chunk: u32) -> Result<Value<'s>> {
        let inner = self.inner.borrow();
        env.held(&inner.chunks.get(chunk as usize).ok_or_else(unknown)?.buffer)
    }

    /// The signal goes along with the message that is being sent.
    pub fn send_along(&self, signal: Arc<Signal>) {
        self.inner.borrow_mut().along.push(signal);
    }

    /// What goes along with the message. Afterwards there is nothing.
    pub fn take_along(&self) -> Vec<Arc<Signal>> {
        std::mem::take(&mut self.inner.borrow_mut().along)
    }

    /// All signals forget this thread, and the flags are not written any more. The chunks' buffers, which may be released now.
    pub fn close(&self) -> Vec<Held> {
        let (entries, chunks, teller, along) = {
            let mut inner = self.inner.borrow_mut();
            inner.free.clear();
            inner.by_signal.clear();
            let entries = std::mem::take(&mut inner.entries);
            for entry in entries.iter().flatten() {
                entry.signal.forget(inner.owner);
            }
            (entries, std::mem::take(&mut inner.chunks), inner.teller.take(), std::mem::take(&mut inner.along))
        };
        drop((entries, teller, along));
        chunks.into_iter().map(|chunk| chunk.buffer).collect()
    }
}

impl Inner {
    /// Makes memory for more flags.
    fn grow(&mut self, env: Env) -> Result<()> {
        let (buffer, memory) = env.make_shared_block(FLAGS as usize * size_of::<i32>())?;
        let buffer = env.hold(buffer)?;
        self.chunks.push(Chunk { flags: memory.cast(), buffer });
        let first = self.entries.len() as u32;
        self.entries.resize_with(self.entries.len() + FLAGS as usize, || None);
        self.free.extend((first..first + FLAGS).rev());
        Ok(())
    }

    /// Where the flag of a number is.
    fn flag(&self, number: u32) -> Option<*const AtomicI32> {
        let chunk = self.chunks.get((number / FLAGS) as usize)?;
        // SAFETY: within the chunk's memory, which is aligned as every ArrayBuffer's is. An atomic of 32 bits stands like an i32.
        Some(unsafe { chunk.flags.add((number % FLAGS) as usize) }.cast_const().cast())
    }
}
