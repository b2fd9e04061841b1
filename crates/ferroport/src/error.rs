//! What can go wrong.

use std::fmt;

/// Why a message could not be read or written: where in the value, and what was expected there.
///
/// ```
/// let error = ferroport::Error::new("a text");
/// assert_eq!(error.to_string(), "a text");
/// assert_eq!(error.path(), "");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// From the inside to the outside, each as it is written.
    path: Vec<Box<str>>,
    message: Box<str>,
    /// That a struct has other fields than it had the last time: the message is to be written once more.
    pub(crate) is_unpredicted: bool,
}

impl Error {
    /// An error of the whole value.
    ///
    /// ```
    /// assert_eq!(ferroport::Error::new("no").message(), "no");
    /// ```
    pub fn new(message: impl Into<String>) -> Error {
        Error { path: Vec::new(), message: message.into().into(), is_unpredicted: false }
    }

    /// Where in the value, as JavaScript would write it after the value's name: `.jobs[3].id`. Empty for the value itself.
    ///
    /// ```
    /// assert_eq!(ferroport::Error::new("no").path(), "");
    /// ```
    pub fn path(&self) -> String {
        self.path.iter().rev().map(|segment| &**segment).collect()
    }

    /// What is wrong there, without the place.
    ///
    /// ```
    /// assert_eq!(ferroport::Error::new("no").message(), "no");
    /// ```
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same error, of a value that holds the value.
    pub(crate) fn within(mut self, segment: impl FnOnce() -> String) -> Error {
        self.path.push(segment().into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "at {}: {}", self.path(), self.message)
        }
    }
}

impl std::error::Error for Error {}

/// Why a message was not sent.
///
/// ```
/// assert_eq!(ferroport::SendError::Closed.to_string(), "the other end of the channel is closed");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The other end is closed.
    Closed,
    /// There was no room before the time was over.
    TimedOut,
    /// The value has no form in JavaScript.
    Invalid(Error),
    /// The message carried the other end of the port, or a port in whose queue that waits. The channel is lost.
    Lost,
}

/// Why a message was not sent at once.
///
/// ```
/// assert_eq!(ferroport::TrySendError::Full.to_string(), "as much waits at the other end as may");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrySendError {
    /// As much waits at the other end as may.
    Full,
    /// What [`SendError`] says.
    Failed(SendError),
}

/// Why no message was received.
///
/// ```
/// assert_eq!(ferroport::RecvError::Closed.to_string(), "the other end of the channel is closed");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecvError {
    /// The other end is closed, and all that it sent was received.
    Closed,
    /// A message was not of the type. The message is gone, the next one can be received.
    Invalid(Error),
}

/// Why no message was received at once, or in time.
///
/// ```
/// assert_eq!(ferroport::TryRecvError::Empty.to_string(), "no message waits");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TryRecvError {
    /// No message waits, or none has come in time.
    Empty,
    /// What [`RecvError`] says.
    Failed(RecvError),
}

const CLOSED: &str = "the other end of the channel is closed";

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SendError::Closed => f.write_str(CLOSED),
            SendError::TimedOut => f.write_str("there was no room in time"),
            SendError::Invalid(error) => error.fmt(f),
            SendError::Lost => f.write_str("the port was sent to its own other end, and the channel is lost"),
        }
    }
}

impl fmt::Display for TrySendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TrySendError::Full => f.write_str("as much waits at the other end as may"),
            TrySendError::Failed(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecvError::Closed => f.write_str(CLOSED),
            RecvError::Invalid(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TryRecvError::Empty => f.write_str("no message waits"),
            TryRecvError::Failed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SendError {}
impl std::error::Error for TrySendError {}
impl std::error::Error for RecvError {}
impl std::error::Error for TryRecvError {}

impl From<SendError> for TrySendError {
    fn from(error: SendError) -> Self {
        TrySendError::Failed(error)
    }
}

impl From<RecvError> for TryRecvError {
    fn from(error: RecvError) -> Self {
        TryRecvError::Failed(error)
    }
}
