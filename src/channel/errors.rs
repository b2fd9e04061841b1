//! What can go wrong with a channel, and what the user reads then.

use std::error::Error;
use std::fmt;

/// Why [`Endpoint::send`](super::Endpoint::send) did not enqueue a message.
#[derive(Debug)]
pub enum SendError<M> {
    /// The peer is closed. The message comes back; dropping it closes the endpoints in it.
    Closed(M),
    /// The message carried the very endpoint it was for, or one in whose queue that endpoint waits to arrive. Nobody
    /// could ever have received either of them, so the message is dropped, and with it the peer: the channel is lost,
    /// and the sender hears that its peer closed.
    PostedToItself,
}

impl<M> fmt::Display for SendError<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SendError::Closed(_) => "the other end of the channel is closed",
            SendError::PostedToItself => "The target port was posted to itself, and the communication channel was lost",
        })
    }
}

impl<M: fmt::Debug> Error for SendError<M> {}

/// A thread's table holds all the endpoints it has numbers for (16,777,216). The endpoint was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableFull;

impl fmt::Display for TableFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this thread has too many open ports (16777216)")
    }
}

impl Error for TableFull {}

/// The operating system gave no random bytes to make a token from. The endpoint was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRandomness;

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the operating system provided no random bytes")
    }
}

impl Error for NoRandomness {}

/// A text that should have been a registry token was not 32 lowercase hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidToken;

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Expected a port token of 32 lowercase hexadecimal digits")
    }
}

impl Error for InvalidToken {}
