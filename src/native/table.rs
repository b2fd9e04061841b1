//! The functions of the table.

use super::abi::{self, Handover, Key, Outgoing, Table};
use super::pin::pin;
use crate::channel::{self, Endpoint, Mark, Message, Poll, SendError, Signal, Watcher};
use crate::memory::Bytes;
use crate::wire::{KeyList, KnownShapes};
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::{ptr, slice};

/// The table. It has no state.
pub static TABLE: Table = Table {
    size: size_of::<Table>(),
    major: abi::MAJOR,
    minor: abi::MINOR,
    send,
    poll,
    free,
    room,
    set_waker,
    intern,
    keys,
    close,
    channel,
    set_mark,
    is_aborted,
    release_signal,
    look,
    to_value,
};

/// Makes a value of JavaScript of an endpoint, on the thread that calls; the endpoint and `EMPTY` or `FAILED` if there is none.
pub type MakesValue = fn(Endpoint) -> Result<*mut c_void, (Box<Endpoint>, i32)>;

/// What [`to_value`] calls: set by the part of this library that knows Node-API.
static MAKES_VALUE: OnceLock<MakesValue> = OnceLock::new();

/// Sets how values are made of ports. The first one holds.
pub fn make_values_by(makes: MakesValue) {
    let _ = MAKES_VALUE.set(makes);
}

/// What an [`abi::Port`] is.
struct Port {
    endpoint: Endpoint,
    watcher: Arc<Watcher>,
}

/// What an [`abi::Message`] is. The public part stands first.
#[repr(C)]
struct Arrived {
    public: abi::Message,
    bytes: Bytes,
    ports: Box<[*mut abi::Port]>,
    signals: Box<[*mut abi::Signal]>,
}

/// An object's contents for a port that leaves: an endpoint that was taken out of its table.
pub fn hand_over(endpoint: Endpoint) -> *mut Handover {
    let port = port_of(endpoint);
    Box::into_raw(Box::new(Handover { size: size_of::<Handover>(), table: &TABLE, port }))
}

/// Drops what [`hand_over`] has given. The port in it closes.
///
/// # Safety
/// `handover` is what `hand_over` has given, and nobody uses it any more.
pub unsafe fn take_back(handover: *mut Handover) {
    // SAFETY: the caller's promise.
    let handover = unsafe { Box::from_raw(handover) };
    if !handover.port.is_null() {
        // SAFETY: nobody has taken the port, so nobody uses it.
        unsafe { close(handover.port) };
    }
}

/// Does `work`; a panic in it is `otherwise`.
fn guarded<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(otherwise)
}

fn port_of(endpoint: Endpoint) -> *mut abi::Port {
    // Whatever waits there of JavaScript's comes as `UNREADABLE`.
    endpoint.become_native();
    let watcher = Arc::new(Watcher::new());
    endpoint.watch(watcher.clone());
    Box::into_raw(Box::new(Port { endpoint, watcher })).cast()
}

/// # Safety
/// `port` is what `port_of` has given, and has not been closed; or NULL.
unsafe fn port<'a>(port: *mut abi::Port) -> Option<&'a Port> {
    // SAFETY: the caller's promise.
    unsafe { port.cast::<Port>().as_ref() }
}

/// The items of a list of the caller's.
///
/// # Safety
/// There are so many behind the pointer, for as long as the call lasts.
unsafe fn list<'a, T>(items: *const T, count: usize) -> &'a [T] {
    // SAFETY: the caller's promise. An empty list may have no address.
    if count == 0 || items.is_null() { &[] } else { unsafe { slice::from_raw_parts(items, count) } }
}

unsafe extern "C" fn send(to: *mut abi::Port, message: *const Outgoing) -> i32 {
    guarded(abi::FAILED, || {
        // SAFETY: the caller's promises, docs/native-abi.md.
        let (Some(to), Some(message)) = (unsafe { port(to) }, unsafe { message.as_ref() }) else {
            return abi::FAILED;
        };
        // SAFETY: as above. The struct has been as long as this since its first version.
        let (bytes, ports, signals) = unsafe {
            let Outgoing { bytes, length, ports, port_count, signals, signal_count, .. } = *message;
            (list(bytes, length), list(ports, port_count), list(signals, signal_count))
        };
        if ports.is_empty() && signals.is_empty() {
            return outcome(to.endpoint.send_bytes(bytes));
        }
        if to.endpoint.is_peer_closed() {
            return abi::CLOSED;
        }
        let Some(bytes) = Bytes::copy(bytes) else { return abi::FAILED };
        // SAFETY: the ports are the callee's from here on, and nobody uses them.
        let endpoints = ports.iter().filter(|port| !port.is_null()).map(|&port| unsafe { endpoint_of(port) }).collect();
        // SAFETY: what `arrived` has given, and not given back: the caller's.
        let signals = signals.iter().map(|&signal| unsafe { again(signal) }).collect();
        match to.endpoint.send(Message::with_endpoints(bytes, endpoints).with_signals(signals)) {
            // The other end has closed in between: its ports close as if it had closed a moment later.
            Err(SendError::Closed(message)) => {
                drop(message);
                abi::OK
            }
            sent => outcome(sent),
        }
    })
}

/// Takes a port apart.
///
/// # Safety
/// `port` is what `port_of` has given, and nobody uses it from here on.
unsafe fn endpoint_of(port: *mut abi::Port) -> Endpoint {
    // SAFETY: the caller's promise.
    let Port { endpoint, watcher } = *unsafe { Box::from_raw(port.cast::<Port>()) };
    watcher.set(None);
    endpoint
}

fn outcome(sent: Result<(), SendError<Message>>) -> i32 {
    match sent {
        Ok(()) => abi::OK,
        Err(SendError::Closed(_)) => abi::CLOSED,
        Err(SendError::PostedToItself) => abi::LOST,
    }
}

unsafe extern "C" fn poll(from: *mut abi::Port, out: *mut *mut abi::Message) -> i32 {
    // SAFETY: the caller's promises.
    guarded(abi::FAILED, || unsafe { take(from, out, Endpoint::poll_watched) })
}

unsafe extern "C" fn look(from: *mut abi::Port, out: *mut *mut abi::Message) -> i32 {
    // SAFETY: the caller's promises.
    guarded(abi::FAILED, || unsafe { take(from, out, Endpoint::look_watched) })
}

/// Takes a message by one of the ways to take one.
///
/// # Safety
/// `from` is a port, and `out` a place for a message.
unsafe fn take(from: *mut abi::Port, out: *mut *mut abi::Message, way: impl Fn(&Endpoint) -> Poll) -> i32 {
    // SAFETY: the caller's promise.
    let Some(from) = (unsafe { port(from) }) else { return abi::FAILED };
    loop {
        let message = match way(&from.endpoint) {
            Poll::Empty => return abi::EMPTY,
            Poll::Closed => return abi::CLOSED,
            Poll::Message(message) => message,
        };
        if message.needs_parcel() {
            return abi::UNREADABLE;
        }
        // What is for ferroport itself at the other end, where there is JavaScript: a stream has ended, say.
        if !message.is_order() {
            // SAFETY: the caller has given a place for it.
            unsafe { out.write(arrived(message)) };
            return abi::OK;
        }
    }
}

fn arrived(mut message: Message) -> *mut abi::Message {
    let ports: Box<[_]> = message.take_endpoints().into_iter().map(port_of).collect();
    let signals: Box<[_]> =
        message.take_signals().into_iter().map(|signal| Arc::into_raw(signal).cast_mut().cast()).collect();
    let bytes = std::mem::take(&mut message.bytes);
    let mut arrived = Box::new(Arrived {
        public: abi::Message {
            bytes: bytes.as_ptr(),
            length: bytes.len(),
            ports: ptr::null_mut(),
            port_count: ports.len(),
            signals: ptr::null_mut(),
            signal_count: signals.len(),
        },
        bytes,
        ports,
        signals,
    });
    arrived.public.ports = arrived.ports.as_mut_ptr();
    arrived.public.signals = arrived.signals.as_mut_ptr();
    Box::into_raw(arrived).cast()
}

unsafe extern "C" fn free(message: *mut abi::Message) {
    guarded((), || {
        if message.is_null() {
            return;
        }
        // SAFETY: what `arrived` has made, given back once.
        let Arrived { bytes, ports, signals, .. } = *unsafe { Box::from_raw(message.cast::<Arrived>()) };
        drop(bytes);
        for &port in ports.iter().filter(|port| !port.is_null()) {
            // SAFETY: nobody has taken it.
            drop(unsafe { endpoint_of(port) });
        }
        for &signal in signals.iter().filter(|signal| !signal.is_null()) {
            // SAFETY: nobody has taken it.
            drop(unsafe { Arc::from_raw(signal.cast_const().cast::<Signal>()) });
        }
    });
}

unsafe extern "C" fn room(to: *mut abi::Port) -> i32 {
    guarded(abi::FAILED, || {
        // SAFETY: the caller's promise.
        match unsafe { port(to) }.map(|to| to.endpoint.room_watched()) {
            None => abi::FAILED,
            Some(None) => abi::CLOSED,
            Some(Some(true)) => abi::OK,
            Some(Some(false)) => abi::FULL,
        }
    })
}

/// What a waker is called with, from whatever thread.
struct Data(*mut c_void);

// SAFETY: whoever has given it says so, docs/native-abi.md.
unsafe impl Send for Data {}
// SAFETY: as above.
unsafe impl Sync for Data {}

impl Data {
    fn get(&self) -> *mut c_void {
        self.0
    }
}

unsafe extern "C" fn set_waker(of: *mut abi::Port, wake: Option<unsafe extern "C" fn(*mut c_void)>, data: *mut c_void) {
    guarded((), || {
        // SAFETY: the caller's promise.
        let Some(of) = (unsafe { port(of) }) else { return };
        if let Some(wake) = wake {
            pin(wake as *const c_void);
        }
        let data = Data(data);
        of.watcher.set(wake.map(|wake| {
            // SAFETY: the caller has given the two to be called together until the waker is taken back.
            Box::new(move || unsafe { wake(data.get()) }) as channel::Waker
        }));
    });
}

unsafe extern "C" fn intern(keys: *const Key, count: usize, seen: u32) -> i64 {
    guarded(-1, || {
        // SAFETY: the caller's promise.
        let keys = unsafe { list(keys, count) };
        // SAFETY: as above.
        let keys: Vec<Box<[u16]>> = keys.iter().map(|key| unsafe { list(key.units, key.length) }.into()).collect();
        if keys.iter().any(|key| crate::wire::spelled_index(key.iter().copied()).is_some()) {
            return -1;
        }
        KnownShapes.intern(keys, seen).map_or(-1, i64::from)
    })
}

unsafe extern "C" fn keys(shape: u32, take: unsafe extern "C" fn(*mut c_void, Key), data: *mut c_void) -> i32 {
    guarded(abi::FAILED, || {
        let Some(keys): Option<KeyList> = KnownShapes.keys(shape) else { return abi::EMPTY };
        for key in &*keys {
            // SAFETY: the caller has given the two to be called during the call.
            unsafe { take(data, Key { units: key.as_ptr(), length: key.len() }) };
        }
        abi::OK
    })
}

unsafe extern "C" fn close(port: *mut abi::Port) {
    if !port.is_null() {
        // SAFETY: the caller's promise: nobody uses it any more.
        guarded((), || drop(unsafe { endpoint_of(port) }));
    }
}

unsafe extern "C" fn channel(one: *mut *mut abi::Port, other: *mut *mut abi::Port) {
    guarded((), || {
        let ends = channel::channel();
        // SAFETY: the caller has given places for the two.
        unsafe {
            one.write(port_of(ends.0));
            other.write(port_of(ends.1));
        }
    });
}

unsafe extern "C" fn set_mark(of: *mut abi::Port, messages: usize, bytes: usize) {
    guarded((), || {
        // SAFETY: the caller's promise.
        if let Some(of) = unsafe { port(of) } {
            of.endpoint.set_mark(Mark { messages: messages.max(1), bytes: bytes.max(1) });
        }
    });
}

/// Another reference to a signal.
///
/// # Safety
/// `signal` is what `arrived` has given, and has not been given back.
unsafe fn again(signal: *const abi::Signal) -> Arc<Signal> {
    // SAFETY: the caller's promise: the reference that it stands for is not given up here.
    Arc::clone(&ManuallyDrop::new(unsafe { Arc::from_raw(signal.cast::<Signal>()) }))
}

unsafe extern "C" fn is_aborted(signal: *const abi::Signal) -> i32 {
    guarded(0, || {
        // SAFETY: the caller's promise.
        unsafe { signal.cast::<Signal>().as_ref() }.map_or(0, |signal| i32::from(signal.is_aborted()))
    })
}

unsafe extern "C" fn release_signal(signal: *mut abi::Signal) {
    if !signal.is_null() {
        // SAFETY: the caller's promise: it is given back once.
        guarded((), || drop(unsafe { Arc::from_raw(signal.cast_const().cast::<Signal>()) }));
    }
}

unsafe extern "C" fn to_value(of: *mut abi::Port, value: *mut *mut c_void) -> i32 {
    guarded(abi::FAILED, || {
        let Some(makes) = MAKES_VALUE.get() else { return abi::EMPTY };
        if of.is_null() {
            return abi::FAILED;
        }
        // SAFETY: the caller's promise: it is theirs, and nobody uses it meanwhile.
        let port = unsafe { &mut *of.cast::<Port>() };
        let (held, _) = channel::channel();
        let endpoint = std::mem::replace(&mut port.endpoint, held);
        match makes(endpoint) {
            Ok(made) => {
                // SAFETY: the caller has given a place for the value, and the port was theirs to give.
                unsafe {
                    value.write(made);
                    close(of);
                }
                abi::OK
            }
            Err((endpoint, why)) => {
                endpoint.watch(port.watcher.clone());
                port.endpoint = *endpoint;
                why
            }
        }
    })
}
