//! A port as the table knows it, with its waker; without types.

use crate::abi::{self, Key, Outgoing, Table};
use crate::end::{Boundary, End, Look, Room, Waits};
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

/// The table of the library that has made a port: there as long as the process is.
#[derive(Clone, Copy)]
pub(crate) struct Library(*const Table);

// SAFETY: the table is there as long as the process is, and nobody writes to it.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

/// What every table has had from the first version on.
const FIRST: usize = std::mem::offset_of!(Table, channel);

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
        Ok(Library(table))
    }

    /// Whether the table has the entry that begins there.
    fn has(self, offset: usize) -> bool {
        // SAFETY: `size` is there in every table.
        let size = unsafe { (*self.0).size };
        size >= offset + size_of::<usize>()
    }

    /// Of this library, for who tells libraries apart.
    pub(crate) fn address(self) -> usize {
        self.0.addr()
    }

    /// The number of a list of keys that has been seen so often.
    pub(crate) fn intern(self, keys: &[Vec<u16>], seen: u32) -> Option<u32> {
        let keys: Vec<Key> = keys.iter().map(|key| Key { units: key.as_ptr(), length: key.len() }).collect();
        // SAFETY: the list is there during the call.
        u32::try_from(unsafe { ((*self.0).intern)(keys.as_ptr(), keys.len(), seen) }).ok()
    }

    /// The keys of a shape.
    pub(crate) fn keys(self, shape: u32) -> Option<Vec<Box<str>>> {
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
        let found = unsafe { ((*self.0).keys)(shape, take, ptr::from_mut(&mut keys).cast()) };
        (found == abi::OK).then_some(keys)
    }

    /// The two ends of a new channel, if the library can make one.
    pub(crate) fn channel(self) -> Option<(RawPort, RawPort)> {
        if !self.has(std::mem::offset_of!(Table, channel)) {
            return None;
        }
        let (mut one, mut other) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the two are places for the ends.
        unsafe { ((*self.0).channel)(&mut one, &mut other) };
        // SAFETY: the ends are new.
        (!one.is_null() && !other.is_null()).then(|| unsafe { (of(self, one), of(self, other)) })
    }

    /// Whether a signal is aborted. A library that cannot say sends no signals.
    pub(crate) fn is_aborted(self, signal: *const abi::Signal) -> bool {
        self.has(std::mem::offset_of!(Table, is_aborted))
            // SAFETY: who has the signal calls this.
            && unsafe { ((*self.0).is_aborted)(signal) } != 0
    }

    /// Gives a signal back.
    ///
    /// # Safety
    /// It is of this library, and has not been given back.
    pub(crate) unsafe fn release_signal(self, signal: *mut abi::Signal) {
        if self.has(std::mem::offset_of!(Table, release_signal)) {
            // SAFETY: the caller's promise.
            unsafe { ((*self.0).release_signal)(signal) };
        }
    }
}

/// What is behind an end: a port of another library. Dropped, it is closed.
pub(crate) struct Behind {
    library: Library,
    /// NULL once it has been sent.
    port: *mut abi::Port,
}

// SAFETY: the functions of the table may be called from any thread; the last one, when nobody else uses the port.
unsafe impl Send for Behind {}
// SAFETY: as above.
unsafe impl Sync for Behind {}

/// One end of a channel. Dropped, it is closed.
pub(crate) type RawPort = End<Behind>;

/// The port's waker.
unsafe extern "C" fn wake(data: *mut c_void) {
    // A waker of somebody's that panics must not unwind into C.
    let _ = std::panic::catch_unwind(|| {
        // SAFETY: what `of` has set, and takes back before it goes.
        unsafe { &*data.cast::<Waits>() }.wake();
    });
}

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sent {
    Yes,
    Closed,
    Lost,
    Failed,
}

/// An end for a port.
///
/// # Safety
/// The port is of that library, and the caller's.
pub(crate) unsafe fn of(library: Library, port: *mut abi::Port) -> RawPort {
    let waits = Arc::<Waits>::default();
    // SAFETY: the caller's promise. The end keeps `waits` until the waker has been taken back.
    unsafe { ((*library.0).set_waker)(port, Some(wake), Arc::as_ptr(&waits).cast_mut().cast()) };
    End::new(Behind { library, port }, waits)
}

impl Boundary for Behind {
    type Message = RawMessage;

    fn look(&self) -> Look<RawMessage> {
        let mut message = ptr::null_mut();
        // SAFETY: the port is ours, and the other a place for a message.
        match unsafe { ((*self.library.0).poll)(self.port, &mut message) } {
            abi::OK => Look::Message(RawMessage { library: self.library, message }),
            abi::CLOSED => Look::Closed,
            abi::UNREADABLE => Look::Unreadable,
            _ => Look::Empty,
        }
    }

    fn room(&self) -> Room {
        // SAFETY: the port is ours.
        match unsafe { ((*self.library.0).room)(self.port) } {
            abi::OK => Room::Yes,
            abi::CLOSED => Room::Closed,
            _ => Room::No,
        }
    }
}

impl RawPort {
    pub(crate) fn library(&self) -> Library {
        self.boundary().library
    }

    /// The port, as the library knows it.
    pub(crate) fn pointer(&self) -> *mut abi::Port {
        self.boundary().port
    }

    /// The port has been sent, and its waker was taken back.
    pub(crate) fn gone(self) {
        self.into_boundary().port = ptr::null_mut();
    }

    /// Sends a message, whether there is room or not. The ports are gone if it was sent, or lost.
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
        match unsafe { ((*self.library().0).send)(self.pointer(), &message) } {
            abi::OK => Sent::Yes,
            abi::CLOSED => Sent::Closed,
            abi::LOST => Sent::Lost,
            _ => Sent::Failed,
        }
    }

    pub(crate) fn set_mark(&self, messages: usize, bytes: usize) {
        if self.library().has(std::mem::offset_of!(Table, set_mark)) {
            // SAFETY: the port is ours.
            unsafe { ((*self.library().0).set_mark)(self.pointer(), messages, bytes) };
        }
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        if !self.port.is_null() {
            // SAFETY: the port is ours, and nobody else uses it. Once `close` has returned, the waker does not run.
            unsafe { ((*self.library.0).close)(self.port) };
        }
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
        let take = |port: *mut abi::Port| (!port.is_null()).then(|| unsafe { of(self.library, port) });
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
        unsafe { ((*self.library.0).free)(self.message) };
    }
}
