//! Ports in messages.

use crate::context::{self, names};
use crate::port::Port;
use crate::raw::RawPort;
use serde::de::Deserializer;
use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Where a port is until it leaves.
pub(crate) struct Cell(Mutex<Option<RawPort>>);

impl Cell {
    pub(crate) fn take(&self) -> Option<RawPort> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn put_back(&self, port: RawPort) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(port);
    }
}

/// A port inside of a message, in either direction: JavaScript lists it in the transfer list, and gets a `MessagePort`.
///
/// To send one moves it: afterwards it is [gone](AnyPort::is_gone). A port that was received and dropped closes. Only this crate's ports
/// can write and read it: with another format of serde it is an error.
///
/// ```
/// # use serde::Deserialize;
/// #[derive(Deserialize)]
/// struct Start {
///     results: ferroport::AnyPort,
/// }
///
/// fn start(message: Start) {
///     let port: ferroport::Port<u32, String> = message.results.typed().expect("it has just come");
///     let _ = port.send(&"ready".to_owned());
/// }
/// ```
pub struct AnyPort(Arc<Cell>);

impl AnyPort {
    pub(crate) fn new(port: RawPort) -> AnyPort {
        AnyPort(Arc::new(Cell(Mutex::new(Some(port)))))
    }

    /// The port, for messages of these types. `None` if it is gone.
    ///
    /// ```
    /// fn results(port: ferroport::AnyPort) -> Option<ferroport::Port<u32, String>> {
    ///     port.typed()
    /// }
    /// ```
    pub fn typed<In, Out: ?Sized>(self) -> Option<Port<In, Out>> {
        self.0.take().map(Port::from_raw)
    }

    /// Whether it has been sent.
    ///
    /// ```
    /// fn was_sent(port: &ferroport::AnyPort) -> bool {
    ///     port.is_gone()
    /// }
    /// ```
    pub fn is_gone(&self) -> bool {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

impl fmt::Debug for AnyPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyPort").field("is_gone", &self.is_gone()).finish()
    }
}

impl Serialize for AnyPort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_gone() || context::leaves_already(&self.0) {
            return Err(S::Error::custom("the port has been sent already"));
        }
        if context::leave_with(self.0.clone()).is_none() {
            return Err(S::Error::custom("a port goes in messages of ferroport only"));
        }
        serializer.serialize_newtype_struct(names::PORT, &())
    }
}

impl<'de> Deserialize<'de> for AnyPort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        context::read_named(deserializer, names::PORT, "a MessagePort", |index: usize| {
            context::take_port(index).map(AnyPort::new).ok_or("the port is in the message twice")
        })
    }
}
