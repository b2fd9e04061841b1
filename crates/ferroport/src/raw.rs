//! A port as the table knows it, with its waker; without types.

use crate::abi::{self, Key, Outgoing, Table};
use crate::keys::{Keys, KeysByNumber};
use crate::patience::Patience;
use crate::wire::Shapes;
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::thread::{self, Thread};
use std::time::Instant;

/// A library that has handed a port over.
#[derive(Clone, Copy)]
pub(crate) struct Library(&'static Loaded);

/// What is known of a library, as long as the process is.
pub(crate) struct Loaded {
    table: *const Table,
    keys: KeysByNumber,
}

// SAFETY: the table is there as long as the process is, and nobody writes to it.
unsafe impl Send for Loaded {}
// SAFETY: as above.
unsafe impl Sync for Loaded {}

/// Nearly always there is one.
static LOADED: Mutex<Vec<&'static Loaded>> = Mutex::new(Vec::new());

/// What every table has had from the first version on.
const FIRST: usize = std::mem::offset_of!(Table, channel);

thread_local! {
    /// Whether the thread waits awake before it sleeps: an answer often comes at once, and to sleep and to be woken takes longer.
    static PATIENCE: Patience = Patience::before_blocking();
}

impl Library {
    /// Takes a table that has been handed over.
    ///
    /// # Errors
    /// A text if this crate cannot use it.
    ///
    /// # Safety
    /// There is a table, or at least its first three fields, and it stays there.
    pub(crate) unsafe fn new(table: *const Table) -> Result<Library, String> {
        // SAFETY: the caller's promise.
        let (size, major) = unsafe { ((*table).size, (*table).major) };
        if major != abi::MAJOR || size < FIRST {
            return Err(format!(
                "the port is of an ferroport whose table has version {major} and {size} bytes; this addon knows version {}",
                abi::MAJOR
            ));
        }
        // What is beyond `size` is not touched, see `has`.
        let mut all = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.iter().find(|known| ptr::eq(known.table, table)).copied();
        Ok(Library(known.unwrap_or_else(|| {
            let known: &'static Loaded = Box::leak(Box::new(Loaded { table, keys: KeysByNumber::new() }));
            all.push(known);
            known
        })))
    }

    fn table(self) -> *const Table {
        self.0.table
    }

    /// Whether the table has the entry that begins there.
    fn has(self, offset: usize) -> bool {
        // SAFETY: `size` is there in every table.
        let size = unsafe { (*self.table()).size };
        size >= offset + size_of::<usize>()
    }

    /// Of this library, for who tells libraries apart.
    pub(crate) fn address(self) -> usize {
        self.table().addr()
    }

    /// The number of a list of keys that has been seen so often.
    pub(crate) fn intern(self, keys: &[Vec<u16>], seen: u32) -> Option<u32> {
        let keys: Vec<Key> = keys.iter().map(|key| Key { units: key.as_ptr(), length: key.len() }).collect();
        // SAFETY: the list is there during the call.
        u32::try_from(unsafe { ((*self.table()).intern)(keys.as_ptr(), keys.len(), seen) }).ok()
    }

    /// The keys of a shape.
    pub(crate) fn keys(self, shape: u32) -> Option<Keys> {
        self.0.keys(shape)
    }

    /// What explains the numbers of shapes in messages.
    pub(crate) fn shapes(self) -> &'static Loaded {
        self.0
    }

    /// The two ends of a new channel, if the library can make one.
    pub(crate) fn channel(self) -> Option<(RawPort, RawPort)> {
        if !self.has(std::mem::offset_of!(Table, channel)) {
            return None;
        }
        let (mut one, mut other) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the two are places for the ends.
        unsafe { ((*self.table()).channel)(&mut one, &mut other) };
        // SAFETY: the ends are new.
        (!one.is_null() && !other.is_null()).then(|| unsafe { (RawPort::new(self, one), RawPort::new(self, other)) })
    }

    /// Whether a signal is aborted. A library that cannot say sends no signals.
    pub(crate) fn is_aborted(self, signal: *const abi::Signal) -> bool {
        self.has(std::mem::offset_of!(Table, is_aborted))
            // SAFETY: who has the signal calls this.
            && unsafe { ((*self.table()).is_aborted)(signal) } != 0
    }

    /// Gives a signal back.
    ///
    /// # Safety
    /// It is of this library, and has not been given back.
    pub(crate) unsafe fn release_signal(self, signal: *mut abi::Signal) {
        if self.has(std::mem::offset_of!(Table, release_signal)) {
            // SAFETY: the caller's promise.
            unsafe { ((*self.table()).release_signal)(signal) };
        }
    }
}

impl Loaded {
    fn keys(&self, shape: u32) -> Option<Keys> {
        self.keys.get(shape, || self.ask_for_keys(shape))
    }

    #[cold]
    fn ask_for_keys(&self, shape: u32) -> Option<Vec<Box<str>>> {
        unsafe extern "C" fn take(data: *mut c_void, key: Key) {
            // SAFETY: what is handed over below; the callee calls this with a key that is there.
            let (keys, units) = unsafe {
                let units = if key.length == 0 { &[] } else { std::slice::from_raw_parts(key.units, key.length) };
                (&mut *data.cast::<Vec<Box<str>>>(), units)
            };
            keys.push(String::from_utf16_lossy(units).into());
        }
        let mut keys: Vec<Box<str>> = Vec::new();
        // SAFETY: `take` is called during the call, with this list.
        let found = unsafe { ((*self.table).keys)(shape, take, ptr::from_mut(&mut keys).cast()) };
        (found == abi::OK).then_some(keys)
    }
}

impl Shapes for Loaded {
    fn key_count(&self, number: u32) -> Option<u32> {
        self.keys(number).map(|keys| keys.len() as u32)
    }
}

/// One end of a channel. Dropped, it is closed.
pub(crate) struct RawPort {
    library: Library,
    port: *mut abi::Port,
    /// What the waker is called with. Boxed, because it must not move.
    waits: Box<Waits>,
}

// SAFETY: the functions of the table may be called from any thread; the last one, when nobody else uses the port.
unsafe impl Send for RawPort {}
// SAFETY: as above.
unsafe impl Sync for RawPort {}

/// Who waits at a port.
#[derive(Default)]
struct Waits {
    /// How often the port has called its waker.
    calls: AtomicU64,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    threads: Vec<Thread>,
    tasks: Vec<Waker>,
}

impl Waits {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes all that wait, once nothing is locked: who is woken must not have to wait for who has woken it.
    fn wake(&self) {
        let (threads, tasks) = {
            let mut waiting = self.lock();
            self.calls.fetch_add(1, Ordering::SeqCst);
            (std::mem::take(&mut waiting.threads), std::mem::take(&mut waiting.tasks))
        };
        // To wake a task may end it, and close the port by that: nothing of this is used from here on.
        threads.iter().for_each(Thread::unpark);
        tasks.into_iter().for_each(Waker::wake);
    }

    /// Sleeps until the waker has been called more often than `calls`. False if the time is over before.
    fn sleep(&self, calls: u64, until: Option<Instant>) -> bool {
        let me = thread::current();
        let id = me.id();
        {
            let mut waiting = self.lock();
            if self.calls.load(Ordering::SeqCst) != calls {
                return true;
            }
            waiting.threads.push(me);
        }
        while self.calls.load(Ordering::SeqCst) == calls {
            match until.map(|until| until.saturating_duration_since(Instant::now())) {
                None => thread::park(),
                Some(left) if left.is_zero() => {
                    self.lock().threads.retain(|thread| thread.id() != id);
                    return self.calls.load(Ordering::SeqCst) != calls;
                }
                Some(left) => thread::park_timeout(left),
            }
        }
        true
    }
}

/// The port's waker.
unsafe extern "C" fn wake(data: *mut c_void) {
    // A waker of somebody's that panics must not unwind into C.
    let _ = std::panic::catch_unwind(|| {
        // SAFETY: what `RawPort::new` has set, and takes back before it goes.
        unsafe { &*data.cast::<Waits>() }.wake();
    });
}

/// What a look at a port has shown.
pub(crate) enum Look {
    /// A message.
    Message(RawMessage),
    /// None waits.
    Empty,
    /// None waits, and none will come.
    Closed,
    /// One was there that only JavaScript can read.
    Unreadable,
}

/// Whether there is room at the other end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Room {
    Yes,
    No,
    Closed,
}

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sent {
    Yes,
    Closed,
    Lost,
    Failed,
}

impl RawPort {
    /// # Safety
    /// The port is of that library, and the caller's.
    pub(crate) unsafe fn new(library: Library, port: *mut abi::Port) -> RawPort {
        let waits = Box::<Waits>::default();
        // SAFETY: the caller's promise. `waits` stays until the waker has been taken back.
        unsafe { ((*library.table()).set_waker)(port, Some(wake), ptr::from_ref(&*waits).cast_mut().cast()) };
        RawPort { library, port, waits }
    }

    pub(crate) fn library(&self) -> Library {
        self.library
    }

    /// The port, as the library knows it.
    pub(crate) fn pointer(&self) -> *mut abi::Port {
        self.port
    }

    /// The port has been sent, and its waker was taken back.
    pub(crate) fn gone(self) {
        let mut this = std::mem::ManuallyDrop::new(self);
        // SAFETY: nobody uses it after this.
        unsafe { ptr::drop_in_place(&mut this.waits) };
    }

    /// Takes the oldest message. If there is none and the caller `sleeps`, whoever waits at the port is woken when one comes.
    pub(crate) fn look(&self, sleeps: bool) -> Look {
        let table = self.library.table();
        let mut message = ptr::null_mut();
        // SAFETY: the port is ours, the other a place for a message; and a table has `look` if it says so.
        let found = unsafe {
            if !sleeps && self.library.has(std::mem::offset_of!(Table, look)) {
                ((*table).look)(self.port, &mut message)
            } else {
                ((*table).poll)(self.port, &mut message)
            }
        };
        match found {
            abi::OK => Look::Message(RawMessage { library: self.library, message }),
            abi::CLOSED => Look::Closed,
            abi::UNREADABLE => Look::Unreadable,
            _ => Look::Empty,
        }
    }

    /// Makes a `MessagePort` of it, on a thread of JavaScript. The port, and why, if that cannot be.
    #[cfg(feature = "napi")]
    pub(crate) fn into_value(self) -> Result<*mut c_void, (RawPort, &'static str)> {
        if !self.library.has(std::mem::offset_of!(Table, to_value)) {
            return Err((self, "the version of ferroport that has made the port cannot make a MessagePort of it"));
        }
        let mut value = ptr::null_mut();
        // SAFETY: the port is ours, the other a place for a value; the table has the entry. The port is gone if there is a value.
        match unsafe { ((*self.library.table()).to_value)(self.port, &mut value) } {
            abi::OK => {
                self.gone();
                Ok(value)
            }
            abi::EMPTY => Err((self, "ferroport is not loaded in this thread")),
            _ => Err((self, "the MessagePort could not be made")),
        }
    }

    pub(crate) fn room(&self) -> Room {
        // SAFETY: the port is ours.
        match unsafe { ((*self.library.table()).room)(self.port) } {
            abi::OK => Room::Yes,
            abi::CLOSED => Room::Closed,
            _ => Room::No,
        }
    }

    /// Sends a message. The ports are gone if it was sent, or lost.
    pub(crate) fn send(&self, bytes: &[u8], ports: &[*mut abi::Port], signals: &[*mut abi::Signal]) -> Sent {
        let message = Outgoing {
            size: size_of::<Outgoing>(),
            bytes: bytes.as_ptr(),
            length: bytes.len(),
            ports: ports.as_ptr(),
            port_count: ports.len(),
            signals: signals.as_ptr(),
            signal_count: signals.len(),
        };
        // SAFETY: the port is ours, and what the message names is there during the call.
        match unsafe { ((*self.library.table()).send)(self.port, &message) } {
            abi::OK => Sent::Yes,
            abi::CLOSED => Sent::Closed,
            abi::LOST => Sent::Lost,
            _ => Sent::Failed,
        }
    }

    pub(crate) fn set_mark(&self, messages: usize, bytes: usize) {
        if self.library.has(std::mem::offset_of!(Table, set_mark)) {
            // SAFETY: the port is ours.
            unsafe { ((*self.library.table()).set_mark)(self.port, messages, bytes) };
        }
    }

    /// Blocks until `look` has found something, or the time is over. `look` is told whether the thread sleeps if nothing is found.
    pub(crate) fn wait<T>(&self, until: Option<Instant>, mut look: impl FnMut(bool) -> Option<T>) -> Option<T> {
        if let Some(found) = look(false) {
            return Some(found);
        }
        self.wait_long(until, look)
    }

    #[cold]
    fn wait_long<T>(&self, until: Option<Instant>, mut look: impl FnMut(bool) -> Option<T>) -> Option<T> {
        let began = Instant::now();
        let mut found = None;
        let is_over = || until.is_some_and(|until| Instant::now() >= until);
        if is_over() {
            return None;
        }
        PATIENCE.with(|patience| {
            patience.wait(|| {
                found = look(false);
                found.is_some() || is_over()
            })
        });
        while found.is_none() {
            // Before looking: what comes after the look makes it another number.
            let calls = self.waits.calls.load(Ordering::SeqCst);
            found = look(true);
            if found.is_some() || !self.waits.sleep(calls, until) {
                break;
            }
        }
        // Also after the time is over: what has come meanwhile is the caller's.
        let found = found.or_else(|| look(false));
        PATIENCE.with(|patience| patience.has_come_after(began.elapsed()));
        found
    }

    /// As [`wait`](RawPort::wait), for a task: if nothing is found, the task is woken when something may be.
    #[cfg(feature = "futures")]
    pub(crate) fn poll<T>(&self, task: &Waker, mut look: impl FnMut(bool) -> Option<T>) -> Option<T> {
        if let Some(found) = look(false) {
            return Some(found);
        }
        {
            let mut waiting = self.waits.lock();
            if !waiting.tasks.iter().any(|other| other.will_wake(task)) {
                waiting.tasks.push(task.clone());
            }
        }
        // Once more: what has come before the task stood there has woken others.
        look(true)
    }
}

impl Drop for RawPort {
    fn drop(&mut self) {
        // SAFETY: the port is ours, and nobody else uses it. Once `close` has returned, the waker does not run.
        unsafe { ((*self.library.table()).close)(self.port) };
    }
}

/// A message that has come. Dropped, it is given back.
pub(crate) struct RawMessage {
    library: Library,
    message: *mut abi::Message,
}

// SAFETY: it is one thread's at a time, whichever.
unsafe impl Send for RawMessage {}
// SAFETY: what can be changed of it needs `&mut`.
unsafe impl Sync for RawMessage {}

impl RawMessage {
    pub(crate) fn library(&self) -> Library {
        self.library
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the message is there until this is dropped.
        let message = unsafe { &*self.message };
        if message.length == 0 {
            return &[];
        }
        // SAFETY: as the table promises.
        unsafe { std::slice::from_raw_parts(message.bytes, message.length) }
    }

    /// Whether nothing has come along with the bytes.
    pub(crate) fn is_alone(&self) -> bool {
        // SAFETY: the message is there until this is dropped.
        let message = unsafe { &*self.message };
        message.port_count == 0 && message.signal_count == 0
    }

    /// The ports that have come, each to be taken once.
    pub(crate) fn take_ports(&mut self) -> Vec<Option<RawPort>> {
        // SAFETY: the message is there, and its lists are as the table promises.
        let ports = unsafe {
            let message = &*self.message;
            if message.port_count == 0 {
                &mut []
            } else {
                std::slice::from_raw_parts_mut(message.ports, message.port_count)
            }
        };
        // SAFETY: they are the caller's once they are taken out.
        let take = |port: *mut abi::Port| (!port.is_null()).then(|| unsafe { RawPort::new(self.library, port) });
        ports.iter_mut().map(|port| take(std::mem::replace(port, ptr::null_mut()))).collect()
    }

    /// The signals that have come, each to be given back.
    pub(crate) fn take_signals(&mut self) -> Vec<*mut abi::Signal> {
        // SAFETY: as above.
        let signals = unsafe {
            let message = &*self.message;
            if message.signal_count == 0 {
                &mut []
            } else {
                std::slice::from_raw_parts_mut(message.signals, message.signal_count)
            }
        };
        signals.iter_mut().map(|signal| std::mem::replace(signal, ptr::null_mut())).collect()
    }
}

impl Drop for RawMessage {
    fn drop(&mut self) {
        // SAFETY: it is given back once.
        unsafe { ((*self.library.table()).free)(self.message) };
    }
}
