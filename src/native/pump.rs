//! Pumps: threads that move bytes between a file descriptor and a channel.
//!
//! ```text
//!              reads                      a message for each piece
//!   descriptor ─────► thread "reads"  ──► ┌─────────┐
//!                                         │ channel │ ═══ a port in JavaScript
//!   descriptor ◄───── thread "writes" ◄── └─────────┘
//!              writes                     what is posted, in order
//! ```
//!
//! A reader in JavaScript that is slow stops the reading, by its high-water mark; and what the descriptor does not take waits in the
//! channel, whose mark the port's owner sees. When either direction ends, both do; but a descriptor that can only be read, or only be
//! written, has one direction.
//!
//! What a message of bytes says is written whole before anything else is. So a keep-alive (see [`pump`]), which is written while JavaScript is
//! busy, too, stands between two messages.

use super::end::{Boundary, Look, Room};
use super::inside::Port;
use crate::channel::{Endpoint, Mark};
use crate::wire::{Form, Item, KnownShapes, Reader, ViewKind, tag};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, Builder};
use std::time::{Duration, Instant};

/// So many bytes are read at once, at most.
const PIECE: usize = 64 * 1024;

/// The descriptor cannot be read. It has this number on every system that has descriptors.
const EBADF: i32 = 9;

/// In front of the bytes of a message that is a Uint8Array: header, head, length.
const HEAD: usize = 16;

/// So much may wait in either direction, if nobody says otherwise.
const MARK: Mark = Mark { messages: usize::MAX, bytes: 1024 * 1024 };

/// So long is tried to write what was posted before the port was closed, and waited for the other side to end the stream, too.
const LINGER: Duration = Duration::from_secs(5);

/// So often does a thread that cannot write look whether it still should.
const TICK: Duration = Duration::from_millis(250);

/// Where a descriptor cannot block and cannot be interrupted, it is looked at so often at least.
const LONGEST_NAP: Duration = Duration::from_millis(16);

/// A keep-alive is not written more often than that.
const SHORTEST: Duration = Duration::from_millis(1);

/// Both threads need little.
const STACK: usize = 128 * 1024;

/// A descriptor that can be read and written.
struct Descriptor {
    /// Also of other kinds of sockets: what is asked of it is the same for all.
    stream: UnixStream,
    /// Sockets block, and whoever is blocked is woken when they are shut down. Others (pipes, terminals) are looked at again and again.
    is_socket: bool,
    state: AtomicU8,
}

/// Nothing more is to be written or read.
const STOPPED: u8 = 1;

impl Descriptor {
    fn new(descriptor: OwnedFd) -> io::Result<Descriptor> {
        let file = File::from(descriptor);
        let is_socket = file.metadata()?.file_type().is_socket();
        let stream = UnixStream::from(OwnedFd::from(file));
        stream.set_nonblocking(!is_socket)?;
        if is_socket {
            stream.set_write_timeout(Some(TICK))?;
        }
        Ok(Descriptor { stream, is_socket, state: AtomicU8::new(0) })
    }

    fn is_stopped(&self) -> bool {
        self.state.load(Ordering::Acquire) == STOPPED
    }

    /// Ends both threads.
    fn stop(&self) {
        self.state.store(STOPPED, Ordering::Release);
        // A descriptor that is no socket, or is not connected any more, has nothing to shut down.
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Lets the other side know that nothing more is written.
    fn end(&self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Reads some bytes; 0 at the end.
    fn read(&self, memory: &mut [u8]) -> io::Result<usize> {
        self.retry(|| self.file_read(memory), || false)
    }

    /// `read` on a socket, and on whatever else there is.
    fn file_read(&self, memory: &mut [u8]) -> io::Result<usize> {
        if self.is_socket { (&self.stream).read(memory) } else { (&*self.as_file()).read(memory) }
    }

    fn file_write(&self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_socket { (&self.stream).write(bytes) } else { (&*self.as_file()).write(bytes) }
    }

    /// The same descriptor, which is not closed with this.
    fn as_file(&self) -> std::mem::ManuallyDrop<File> {
        use std::os::fd::{AsRawFd, FromRawFd};
        // SAFETY: the descriptor is open as long as `self` is, and this closes nothing.
        std::mem::ManuallyDrop::new(unsafe { File::from_raw_fd(self.stream.as_raw_fd()) })
    }

    /// Writes all of it. `is_late` is asked from time to time while the descriptor takes nothing.
    fn write_all(&self, mut bytes: &[u8], mut is_late: impl FnMut() -> bool) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.retry(|| self.file_write(bytes), &mut is_late)? {
                0 => return Err(ErrorKind::WriteZero.into()),
                written => bytes = &bytes[written..],
            }
        }
        Ok(())
    }

    /// Does `once` until it does not have to wait.
    fn retry(
        &self,
        mut once: impl FnMut() -> io::Result<usize>,
        mut is_late: impl FnMut() -> bool,
    ) -> io::Result<usize> {
        let mut nap = Duration::from_millis(1);
        loop {
            match once() {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if self.is_stopped() || is_late() {
                        return Err(ErrorKind::ConnectionAborted.into());
                    }
                    if !self.is_socket {
                        thread::sleep(nap);
                        nap = (nap * 2).min(LONGEST_NAP);
                    }
                }
                done => return done,
            }
        }
    }
}

/// Moves bytes between a descriptor and the peer of `endpoint`: what is read comes there as messages that are Uint8Arrays, of 64 KiB at most, and
/// what is posted there, bytes of any kind, is written. At the end of the stream, and if the descriptor fails, the channel closes; if the
/// peer closes, what it has posted is written, and then the descriptor is shut down and closed.
///
/// Two other messages may be posted there. `[milliseconds, Uint8Array]` is a keep-alive: from then on its bytes are written whenever nothing was
/// for so long, until another one replaces it. `null` comes back when what was posted before it is written.
///
/// # Errors
/// If the descriptor is of no use, or threads cannot be made. It is closed then, and so is the endpoint.
pub fn pump(descriptor: OwnedFd, endpoint: Endpoint) -> io::Result<()> {
    let descriptor = Arc::new(Descriptor::new(descriptor)?);
    endpoint.become_linked_surely();
    endpoint.bound_peer(MARK);
    let port = Arc::new(Port::over(endpoint));
    port.set_mark(MARK);
    let (ended, reading) = sync_channel(1);
    {
        let (descriptor, port) = (descriptor.clone(), port.clone());
        Builder::new().name("ferroport reads".into()).stack_size(STACK).spawn(move || {
            if reads(&descriptor, &port) {
                // Nobody who is blocked in a write is left there, nor who waits for what is posted.
                descriptor.stop();
                port.wake();
            }
            drop(port);
            let _: Result<(), _> = SyncSender::send(&ended, ());
        })?;
    }
    let stopping = descriptor.clone();
    let writer = Builder::new()
        .name("ferroport writes".into())
        .stack_size(STACK)
        .spawn(move || writes(&descriptor, port, &reading));
    if writer.is_err() {
        stopping.stop();
    }
    writer.map(drop)
}

/// Returns whether that is the end of the channel.
fn reads(descriptor: &Descriptor, port: &Port) -> bool {
    let mut message = vec![0; HEAD + PIECE];
    message[..4].copy_from_slice(&tag::header(0).to_le_bytes());
    message[4..8].copy_from_slice(&tag::head(tag::WHOLE_VIEW, ViewKind::Uint8.number()).to_le_bytes());
    loop {
        let length = match descriptor.read(&mut message[HEAD..]) {
            Ok(length) if length > 0 => length,
            Err(error) if error.raw_os_error() == Some(EBADF) => return false,
            ended => {
                port.give_reason(if ended.is_ok() { Endpoint::PEER_CLOSED } else { Endpoint::LOST });
                return true;
            }
        };
        message[8..16].copy_from_slice(&(length as u64).to_le_bytes());
        let end = HEAD + length;
        let whole = end.next_multiple_of(4);
        message[end..whole].fill(0);
        let room = port.wait(None, |_| match port.boundary().room() {
            _ if descriptor.is_stopped() => Some(false),
            Room::Yes => Some(true),
            Room::Closed => Some(false),
            Room::No => None,
        });
        if room != Some(true) || port.put(&message[..whole]).is_err() {
            drain(descriptor, &mut message);
            return true;
        }
    }
}

/// The port is closed: what still comes is of no use, but a socket that is closed before it was read loses what was written to it.
fn drain(descriptor: &Descriptor, memory: &mut [u8]) {
    while !descriptor.is_stopped() && matches!(descriptor.read(memory), Ok(1..)) {}
}

fn writes(descriptor: &Descriptor, port: Arc<Port>, reading: &Receiver<()>) {
    let mut closed: Option<Instant> = None;
    let mut is_late = || port.is_peer_closed() && closed.get_or_insert_with(Instant::now).elapsed() > LINGER;
    let mut keep_alive: Option<KeepAlive> = None;
    let mut wrote_at = Instant::now();
    let look = |sleeps| match port.boundary().look(sleeps) {
        Look::Message(message) => Some(Some(Some(message))),
        Look::Unreadable => Some(Some(None)),
        Look::Closed => Some(None),
        Look::Empty if descriptor.is_stopped() => Some(None),
        Look::Empty => None,
    };
    loop {
        let until = keep_alive.as_ref().and_then(|keep_alive| wrote_at.checked_add(keep_alive.every));
        let next = port.wait(until, look);
        let message = match &next {
            Some(None) => break,
            Some(Some(message)) => message.as_ref().and_then(|message| Posted::read(&message.bytes)),
            None => keep_alive.as_ref().map(|keep_alive| Posted::Bytes(&keep_alive.bytes)),
        };
        let failure = match message {
            None => Endpoint::REFUSED,
            Some(Posted::KeepAlive { every, bytes }) => {
                keep_alive = Some(KeepAlive { every, bytes: bytes.into() });
                continue;
            }
            Some(Posted::Question(bytes)) => {
                // Whoever has closed the port meanwhile wants no answer.
                let _ = port.put(bytes);
                continue;
            }
            Some(Posted::Bytes(bytes)) if descriptor.write_all(bytes, &mut is_late).is_err() => Endpoint::LOST,
            Some(Posted::Bytes(_)) => {
                wrote_at = Instant::now();
                continue;
            }
        };
        port.give_reason(failure);
        descriptor.stop();
        // Whoever waits for room to tell what was read.
        port.wake();
        break;
    }
    // The port is closed when nobody who reads has it, either.
    drop(port);
    descriptor.end();
    if !descriptor.is_socket || reading.recv_timeout(LINGER) == Err(RecvTimeoutError::Timeout) {
        descriptor.stop();
    }
}

/// What is written whenever nothing was for some time.
struct KeepAlive {
    every: Duration,
    bytes: Box<[u8]>,
}

/// What a message asks for, see [`pump`].
enum Posted<'a> {
    Bytes(&'a [u8]),
    KeepAlive {
        every: Duration,
        bytes: &'a [u8],
    },
    /// The message itself.
    Question(&'a [u8]),
}

impl Posted<'_> {
    fn read(message: &[u8]) -> Option<Posted<'_>> {
        if let Some(bytes) = bytes_of(message) {
            return Some(Posted::Bytes(bytes));
        }
        let mut reader = Reader::new(message, Form::Local(&KnownShapes)).ok()?;
        match reader.read().ok()? {
            Item::Null => Some(Posted::Question(message)),
            Item::Array { length: 2 } => {
                let milliseconds = match reader.read().ok()? {
                    Item::Int(whole) => f64::from(whole),
                    Item::Double(number) => number,
                    _ => return None,
                };
                let Item::WholeView { bytes, .. } = reader.read().ok()? else { return None };
                let every = Duration::try_from_secs_f64(milliseconds / 1000.0).ok()?.max(SHORTEST);
                Some(Posted::KeepAlive { every, bytes })
            }
            _ => None,
        }
    }
}

/// The bytes that a message is: an ArrayBuffer, or a view of one.
fn bytes_of(message: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(message, Form::Local(&KnownShapes)).ok()?;
    match reader.read().ok()? {
        Item::WholeView { bytes, .. } => Some(bytes),
        Item::ArrayBuffer(buffer) => Some(buffer.bytes),
        Item::View(view) => {
            let Item::ArrayBuffer(buffer) = reader.read().ok()? else { return None };
            let rest = buffer.bytes.get(usize::try_from(view.byte_offset).ok()?..)?;
            match view.byte_length {
                Some(length) => rest.get(..usize::try_from(length).ok()?),
                None => Some(rest),
            }
        }
        _ => None,
    }
}
