//! Ports: one end of a channel, with types.

use crate::abi::Handover;
use crate::any_port::AnyPort;
use crate::context::{self, Departures};
use crate::end::{NoMessage, NoRoom};
use crate::error::{Error, RecvError, SendError, TryRecvError, TrySendError};
use crate::keys::Known;
use crate::raw::{self, Library, RawMessage, RawPort, Sent};
use crate::{de, ser};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

/// One end of a channel: it receives messages of type `In`, and sends those of type `Out`.
///
/// Any number of threads may use it, by reference or in an [`Arc`](std::sync::Arc): each message is received by one of them. Dropped, it
/// closes, and the other end hears `'close'` once it has received all that was sent. It keeps no event loop alive.
///
/// ```
/// # use std::time::Duration;
/// fn doubled(port: &ferroport::Port<f64, f64>) -> Result<(), Box<dyn std::error::Error>> {
///     let number = port.recv_timeout(Duration::from_secs(1))?;
///     port.send(&(2.0 * number))?;
///     Ok(())
/// }
/// ```
pub struct Port<In, Out: ?Sized> {
    pub(crate) raw: RawPort,
    types: PhantomData<fn(&Out) -> In>,
}

/// A message that has been received and not read. What it has come with closes when it is dropped.
///
/// ```
/// fn lengths(port: &ferroport::Port<(), usize>) -> Result<(), Box<dyn std::error::Error>> {
///     let mut message = port.recv_message()?;
///     // Without a copy: the bytes are read where they are.
///     let bytes: &[u8] = message.read()?;
///     port.send(&bytes.len())?;
///     Ok(())
/// }
/// ```
pub struct Received(RawMessage);

thread_local! {
    /// The memory that messages are written into.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A buffer that has grown larger than this is not kept.
const MOST_KEPT: usize = 1 << 20;

impl Received {
    /// Reads it, as whatever type: texts and bytes may be borrowed from it.
    ///
    /// # Errors
    /// [`Error`] if it is of another type. Ports and signals in it can be read once.
    ///
    /// ```
    /// fn name(message: &mut ferroport::Received) -> Result<&str, ferroport::Error> {
    ///     message.read()
    /// }
    /// ```
    pub fn read<'a, T: Deserialize<'a>>(&'a mut self) -> Result<T, Error> {
        let known = Known::of(self.0.library());
        let ports = context::reading(&mut self.0);
        let read = de::read(self.0.bytes(), known);
        drop(ports);
        read
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("bytes", &self.0.bytes().len()).finish()
    }
}

impl<In, Out: ?Sized> Port<In, Out> {
    pub(crate) fn from_raw(raw: RawPort) -> Self {
        Port { raw, types: PhantomData }
    }

    /// Takes the port out of what another library has handed over. For those who have no napi-rs: docs/native-abi.md says where it comes
    /// from.
    ///
    /// # Errors
    /// [`Error`] if the port has been taken already, or is of a version that this crate does not know.
    ///
    /// # Safety
    /// `handover` is what `napi_unwrap` has given for an object with the type tag [`TYPE_TAG`](crate::abi::TYPE_TAG), on the object's
    /// thread. The library that calls this must stay loaded.
    ///
    /// ```
    /// use ferroport::{Port, abi::Handover};
    /// unsafe fn take(handover: *mut Handover) -> Result<Port<String, String>, ferroport::Error> {
    ///     // SAFETY: the caller's promise.
    ///     unsafe { Port::from_handover(handover) }
    /// }
    /// ```
    pub unsafe fn from_handover(handover: *mut Handover) -> Result<Self, Error> {
        // SAFETY: the caller's promise.
        let handover = unsafe { &mut *handover };
        if handover.port.is_null() {
            return Err(Error::new("the port has been taken already"));
        }
        // SAFETY: as above.
        let library = unsafe { Library::new(handover.table) }.map_err(Error::new)?;
        let port = std::mem::replace(&mut handover.port, std::ptr::null_mut());
        // SAFETY: the port is the caller's from here on.
        Ok(Port::from_raw(unsafe { raw::of(library, port) }))
    }

    /// The same port for messages of other types.
    ///
    /// ```
    /// fn of_texts(port: ferroport::Port<u32, u32>) -> ferroport::Port<String, String> {
    ///     port.into_typed()
    /// }
    /// ```
    pub fn into_typed<OtherIn, OtherOut: ?Sized>(self) -> Port<OtherIn, OtherOut> {
        Port::from_raw(self.raw)
    }

    /// The port as a part of a message.
    ///
    /// ```
    /// fn give(port: ferroport::Port<u32, u32>) -> ferroport::AnyPort {
    ///     port.into_any()
    /// }
    /// ```
    pub fn into_any(self) -> AnyPort {
        AnyPort::new(self.raw)
    }

    /// A new channel, made by the library that has made this port. `None` if it is of a version that cannot.
    ///
    /// ```
    /// fn ask(port: &ferroport::Port<(), ferroport::AnyPort>) -> Option<ferroport::Port<String, String>> {
    ///     let (mine, theirs) = port.channel::<String, String, (), ()>()?;
    ///     port.send(&theirs.into_any()).ok()?;
    ///     Some(mine)
    /// }
    /// ```
    #[allow(clippy::type_complexity, reason = "two ports")]
    pub fn channel<A, B: ?Sized, C, D: ?Sized>(&self) -> Option<(Port<A, B>, Port<C, D>)> {
        let (one, other) = self.raw.library().channel()?;
        Some((Port::from_raw(one), Port::from_raw(other)))
    }

    /// Changes how much may wait here before the other end is told that there is no room: so many messages, so many bytes;
    /// [`usize::MAX`] for any number. At first that is what JavaScript has said with `highWaterMark`.
    ///
    /// ```
    /// fn bound(port: &ferroport::Port<u32, u32>) {
    ///     port.set_mark(256, usize::MAX);
    /// }
    /// ```
    pub fn set_mark(&self, messages: usize, bytes: usize) {
        self.raw.set_mark(messages, bytes);
    }

    /// The next message, unread. Blocks until one comes.
    ///
    /// # Errors
    /// [`RecvError::Closed`]; [`RecvError::Invalid`] for a message that only JavaScript can read.
    ///
    /// ```
    /// fn next(port: &ferroport::Port<(), ()>) -> Result<ferroport::Received, ferroport::RecvError> {
    ///     port.recv_message()
    /// }
    /// ```
    pub fn recv_message(&self) -> Result<Received, RecvError> {
        Ok(Received(self.raw.recv()?))
    }

    /// The next message, unread, if one waits.
    ///
    /// # Errors
    /// [`TryRecvError`].
    ///
    /// ```
    /// fn has_message(port: &ferroport::Port<(), ()>) -> bool {
    ///     port.try_recv_message().is_ok()
    /// }
    /// ```
    pub fn try_recv_message(&self) -> Result<Received, TryRecvError> {
        Ok(Received(self.raw.try_recv()?))
    }
}

impl<In: DeserializeOwned, Out: ?Sized> Port<In, Out> {
    /// The next message. Blocks until one comes.
    ///
    /// # Errors
    /// [`RecvError::Closed`] if none will come; [`RecvError::Invalid`] if it is of another type. It is gone then, and the next one can be
    /// received.
    ///
    /// ```
    /// fn next(port: &ferroport::Port<String, ()>) -> Result<String, ferroport::RecvError> {
    ///     port.recv()
    /// }
    /// ```
    pub fn recv(&self) -> Result<In, RecvError> {
        self.recv_message()?.read().map_err(RecvError::Invalid)
    }

    /// The next message, if one waits.
    ///
    /// # Errors
    /// [`TryRecvError::Empty`]; else as [`recv`](Port::recv).
    ///
    /// ```
    /// fn next(port: &ferroport::Port<String, ()>) -> Option<String> {
    ///     port.try_recv().ok()
    /// }
    /// ```
    pub fn try_recv(&self) -> Result<In, TryRecvError> {
        self.try_recv_message()?.read().map_err(|error| RecvError::Invalid(error).into())
    }

    /// The next message. Blocks for so long at most.
    ///
    /// # Errors
    /// [`TryRecvError::Empty`] if none has come in time; else as [`recv`](Port::recv).
    ///
    /// ```
    /// # use std::time::Duration;
    /// fn next(port: &ferroport::Port<String, ()>) -> Option<String> {
    ///     port.recv_timeout(Duration::from_millis(100)).ok()
    /// }
    /// ```
    pub fn recv_timeout(&self, most: Duration) -> Result<In, TryRecvError> {
        Received(self.raw.recv_timeout(most)?).read().map_err(|error| RecvError::Invalid(error).into())
    }

    /// The messages as they come, until the other end is closed. A message that is of another type is an error, and the next one comes.
    ///
    /// ```
    /// fn print(port: &ferroport::Port<String, ()>) {
    ///     for text in port.iter().flatten() {
    ///         println!("{text}");
    ///     }
    /// }
    /// ```
    pub fn iter(&self) -> Iter<'_, In, Out> {
        Iter(self)
    }

    #[cfg(feature = "futures")]
    pub(crate) fn poll_message(&self, task: &std::task::Waker) -> Option<Result<In, RecvError>> {
        let found = self.raw.poll_recv(task)?;
        Some(found.map_err(RecvError::from).and_then(|message| Received(message).read().map_err(RecvError::Invalid)))
    }
}

impl<In, Out: Serialize + ?Sized> Port<In, Out> {
    /// Sends a message. Blocks until there is room for it.
    ///
    /// # Errors
    /// [`SendError::Closed`] if the other end is closed; [`SendError::Invalid`] if the value has no form in JavaScript.
    ///
    /// ```
    /// fn greet(port: &ferroport::Port<(), str>) -> Result<(), ferroport::SendError> {
    ///     port.send("hello")
    /// }
    /// ```
    pub fn send(&self, value: &Out) -> Result<(), SendError> {
        self.raw.room()?;
        self.put(value)
    }

    /// Sends a message, if there is room.
    ///
    /// # Errors
    /// [`TrySendError::Full`]; else as [`send`](Port::send).
    ///
    /// ```
    /// fn is_full(port: &ferroport::Port<(), str>) -> bool {
    ///     port.try_send("hello") == Err(ferroport::TrySendError::Full)
    /// }
    /// ```
    pub fn try_send(&self, value: &Out) -> Result<(), TrySendError> {
        self.raw.try_room()?;
        Ok(self.put(value)?)
    }

    /// Sends a message. Blocks for so long at most until there is room.
    ///
    /// # Errors
    /// [`SendError::TimedOut`]; else as [`send`](Port::send).
    ///
    /// ```
    /// # use std::time::Duration;
    /// fn greet(port: &ferroport::Port<(), str>) -> Result<(), ferroport::SendError> {
    ///     port.send_timeout("hello", Duration::from_millis(100))
    /// }
    /// ```
    pub fn send_timeout(&self, value: &Out, most: Duration) -> Result<(), SendError> {
        self.raw.room_timeout(most)?;
        self.put(value)
    }

    /// Sends a message, whether there is room or not.
    pub(crate) fn put(&self, value: &Out) -> Result<(), SendError> {
        let mut buffer = BUFFER.take();
        let written = ser::write(self.raw.library(), value, &mut buffer);
        let sent = written.map_err(SendError::Invalid).and_then(|departures| self.put_bytes(&buffer, &departures));
        if buffer.capacity() <= MOST_KEPT {
            BUFFER.set(buffer);
        }
        sent
    }

    fn put_bytes(&self, bytes: &[u8], departures: &Departures) -> Result<(), SendError> {
        let library = self.raw.library();
        let foreign = || SendError::Invalid(Error::new("a port or signal of another copy of ferroport"));
        if departures.signals.iter().any(|signal| signal.library().address() != library.address()) {
            return Err(foreign());
        }
        let mut ports = Vec::new();
        let give_back = |ports: Vec<RawPort>| {
            for (cell, port) in departures.ports.iter().zip(ports) {
                cell.put_back(port);
            }
        };
        for cell in &departures.ports {
            let Some(port) = cell.take() else {
                give_back(ports);
                return Err(SendError::Invalid(Error::new("the port has been sent already")));
            };
            let is_foreign = port.library().address() != library.address();
            ports.push(port);
            if is_foreign {
                give_back(ports);
                return Err(foreign());
            }
        }
        let pointers: Vec<_> = ports.iter().map(RawPort::pointer).collect();
        let signals: Vec<_> = departures.signals.iter().map(|signal| signal.pointer()).collect();
        let sent = self.raw.send(bytes, &pointers, &signals);
        match sent {
            Sent::Yes | Sent::Lost => ports.into_iter().for_each(RawPort::gone),
            Sent::Closed | Sent::Failed => give_back(ports),
        }
        match sent {
            Sent::Yes => Ok(()),
            Sent::Closed => Err(SendError::Closed),
            Sent::Lost => Err(SendError::Lost),
            Sent::Failed => Err(SendError::Invalid(Error::new("there is no memory for the message"))),
        }
    }
}

impl<In, Out: ?Sized> fmt::Debug for Port<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Port").finish_non_exhaustive()
    }
}

/// The messages of a port, see [`Port::iter`].
///
/// ```
/// fn first(port: &ferroport::Port<String, ()>) -> Option<String> {
///     port.iter().next()?.ok()
/// }
/// ```
#[derive(Debug)]
pub struct Iter<'a, In, Out: ?Sized>(&'a Port<In, Out>);

impl<In: DeserializeOwned, Out: ?Sized> Iterator for Iter<'_, In, Out> {
    type Item = Result<In, Error>;

    fn next(&mut self) -> Option<Result<In, Error>> {
        match self.0.recv() {
            Ok(message) => Some(Ok(message)),
            Err(RecvError::Invalid(error)) => Some(Err(error)),
            Err(RecvError::Closed) => None,
        }
    }
}

impl<'a, In: DeserializeOwned, Out: ?Sized> IntoIterator for &'a Port<In, Out> {
    type Item = Result<In, Error>;
    type IntoIter = Iter<'a, In, Out>;

    fn into_iter(self) -> Iter<'a, In, Out> {
        self.iter()
    }
}

impl From<NoMessage> for RecvError {
    fn from(why: NoMessage) -> Self {
        match why {
            NoMessage::Closed | NoMessage::Empty => RecvError::Closed,
            NoMessage::Unreadable => RecvError::Invalid(Error::new("a message that only JavaScript can read")),
        }
    }
}

impl From<NoMessage> for TryRecvError {
    fn from(why: NoMessage) -> Self {
        match why {
            NoMessage::Empty => TryRecvError::Empty,
            other => RecvError::from(other).into(),
        }
    }
}

impl From<NoRoom> for SendError {
    fn from(why: NoRoom) -> Self {
        match why {
            NoRoom::Full => SendError::TimedOut,
            NoRoom::Closed => SendError::Closed,
        }
    }
}

impl From<NoRoom> for TrySendError {
    fn from(why: NoRoom) -> Self {
        match why {
            NoRoom::Full => TrySendError::Full,
            NoRoom::Closed => SendError::Closed.into(),
        }
    }
}
