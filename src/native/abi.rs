//! The boundary between two libraries, in C's terms: docs/native-abi.md. The addon and the crate have this file in common.
//!
//! Whatever is added is added at the end of a struct. `size` says how much of it there is.

use std::ffi::c_void;

/// The first version that cannot be used by those who know another one.
pub const MAJOR: u32 = 1;
/// How many times something has been added since.
pub const MINOR: u32 = 0;

/// It was done.
pub const OK: i32 = 0;
/// No message waits.
pub const EMPTY: i32 = 1;
/// The other end is closed, and nothing that it sent is left.
pub const CLOSED: i32 = 2;
/// As much waits at the other end as may.
pub const FULL: i32 = 3;
/// The message carried the port's own other end, or one in whose queue that waits: both are gone.
pub const LOST: i32 = 4;
/// A message has come that only JavaScript can read, and was dropped.
pub const UNREADABLE: i32 = 5;
/// The arguments mean nothing, or the library has a bug. Nothing was done.
pub const FAILED: i32 = 6;

/// The tag of the object that a port hands over (`napi_type_tag`, lower half first).
pub const TYPE_TAG: [u64; 2] = [0x6f70_6f72_7265_6631, 0x9c1d_7c0e_5a52_4b8f];

/// One end of a channel. Any number of threads may use it at a time; it is closed once, when nobody uses it any more.
#[repr(C)]
pub struct Port {
    private: [u8; 0],
}

/// A signal that threads share to stop work.
#[repr(C)]
pub struct Signal {
    private: [u8; 0],
}

/// A message that has come. Whoever has it may write NULL into `ports` and `signals`, and owns then what stood there.
#[repr(C)]
pub struct Message {
    /// In the format of docs/wire-format.md, at an address that is a multiple of 8 or not.
    pub bytes: *const u8,
    /// How many bytes.
    pub length: usize,
    /// The ports that came with it.
    pub ports: *mut *mut Port,
    /// How many.
    pub port_count: usize,
    /// The signals that came with it.
    pub signals: *mut *mut Signal,
    /// How many.
    pub signal_count: usize,
}

/// A message to be sent. The caller's memory; nothing of it is kept.
#[repr(C)]
pub struct Outgoing {
    /// `size_of` this struct as the caller knows it.
    pub size: usize,
    /// In the format of docs/wire-format.md.
    pub bytes: *const u8,
    /// How many bytes.
    pub length: usize,
    /// The ports that go along. They are the callee's if the message was sent, or lost; else the caller's still.
    pub ports: *const *mut Port,
    /// How many.
    pub port_count: usize,
    /// The signals that go along: they are shared, and the caller has them still.
    pub signals: *const *mut Signal,
    /// How many.
    pub signal_count: usize,
}

/// Some key of a shape: UTF-16 code units.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Key {
    /// The units, at an even address.
    pub units: *const u16,
    /// How many.
    pub length: usize,
}

/// What a port can do. Each function may be called from any thread.
#[repr(C)]
pub struct Table {
    /// How many bytes of this struct there are.
    pub size: usize,
    /// [`MAJOR`].
    pub major: u32,
    /// [`MINOR`].
    pub minor: u32,
    /// Sends a message, whether there is room or not. `OK`, `CLOSED`, `LOST`, `FAILED`.
    pub send: unsafe extern "C" fn(port: *mut Port, message: *const Outgoing) -> i32,
    /// Takes the oldest message, which is given back by `free`. `OK`, `EMPTY`, `CLOSED`, `UNREADABLE`, `FAILED`. After `EMPTY` the waker is
    /// called once something has come.
    pub poll: unsafe extern "C" fn(port: *mut Port, message: *mut *mut Message) -> i32,
    /// Gives a message back. The ports and signals still in it are closed and dropped.
    pub free: unsafe extern "C" fn(message: *mut Message),
    /// Whether there is room at the other end. `OK`, `FULL`, `CLOSED`. After `FULL` the waker is called once there is.
    pub room: unsafe extern "C" fn(port: *mut Port) -> i32,
    /// What is called with `data` when there is something to poll, or room: from any thread. NULL takes the waker away. The one before does
    /// not run any more when this returns, unless it has called this itself. The library in which `wake` is stays loaded for good.
    pub set_waker:
        unsafe extern "C" fn(port: *mut Port, wake: Option<unsafe extern "C" fn(data: *mut c_void)>, data: *mut c_void),
    /// The number of a list of keys that the caller has seen so often, for `LOCAL_SHAPED`; -1 if it has none.
    pub intern: unsafe extern "C" fn(keys: *const Key, count: usize, seen: u32) -> i64,
    /// Calls `take` for each key of a shape, in order, during the call. `OK`, `EMPTY` if there is no such shape.
    pub keys: unsafe extern "C" fn(
        shape: u32,
        take: unsafe extern "C" fn(data: *mut c_void, key: Key),
        data: *mut c_void,
    ) -> i32,
    /// Closes a port. Nobody may use it any more; its waker does not run when this returns.
    pub close: unsafe extern "C" fn(port: *mut Port),
    /// Makes a channel: its two ends.
    pub channel: unsafe extern "C" fn(one: *mut *mut Port, other: *mut *mut Port),
    /// Changes how much may wait here: messages and bytes, `SIZE_MAX` for any number.
    pub set_mark: unsafe extern "C" fn(port: *mut Port, messages: usize, bytes: usize),
    /// 1 if the signal is aborted, else 0.
    pub is_aborted: unsafe extern "C" fn(signal: *const Signal) -> i32,
    /// Gives a signal back.
    pub release_signal: unsafe extern "C" fn(signal: *mut Signal),
    /// As `poll`, for who looks again soon: after `EMPTY` the waker need not be called.
    pub look: unsafe extern "C" fn(port: *mut Port, message: *mut *mut Message) -> i32,
    /// Makes a `MessagePort` of a port, on a thread of JavaScript that has loaded ferroport: writes a `napi_value`, for the innermost handle
    /// scope. `OK`, and the port is not the caller's any more; `EMPTY`, ferroport is not loaded in this thread; `FAILED`. No exception is
    /// pending afterwards.
    pub to_value: unsafe extern "C" fn(port: *mut Port, value: *mut *mut c_void) -> i32,
}

/// What the object holds that a port hands over. Whoever takes the port writes NULL in its place, on the thread of the object; a port that
/// nobody has taken is closed when the object is collected.
#[repr(C)]
pub struct Handover {
    /// How many bytes of this struct there are.
    pub size: usize,
    /// What the port can do. It is there as long as the process is.
    pub table: *const Table,
    /// The port, or NULL.
    pub port: *mut Port,
}
