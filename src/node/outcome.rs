//! Outcomes: what became of a call, as JavaScript reads it.

use super::names::named;

named! {
    /// What JavaScript reads in the cell `OUTCOME`, or gets as a result.
    pub enum Outcome {
        /// Nothing is waiting; nothing was sent.
        Nothing = 0 => "NOTHING",
        /// A message was sent, or has come.
        Message = 1 => "MESSAGE",
        /// The peer has closed and everything it had sent has been read.
        Closed = 2 => "CLOSED",
        /// The port was posted to its own peer: the channel is lost.
        PostedToItself = 3 => "POSTED_TO_ITSELF",
        /// Several messages have come, in the block.
        Records = 4 => "RECORDS",
        /// A message has come with endpoints or a parcel.
        Attached = 5 => "ATTACHED",
        /// A message has come that stands for a parcel. The parcel's number is in the cell `OTHER_KEY`.
        Whole = 6 => "WHOLE",
        /// A message was sent to an endpoint for which `serve` was called: its messages can be handed on at once.
        Served = 7 => "SERVED",
        /// As `Records`, for several members of a broadcast group, each of which gets what others have sent.
        Shared = 8 => "SHARED",
        /// There is room in the peer's queue; or there is again, or the peer has closed.
        Room = 9 => "ROOM",
        /// The peer's queue is full.
        Full = 10 => "FULL",
        /// What was waited for has not come in time.
        TimedOut = 11 => "TIMED_OUT",
        /// What was waited for can never come, because all threads that could bring it are blocked.
        Deadlock = 12 => "DEADLOCK",
        /// What was waited for has not come before the signal was aborted.
        Aborted = 13 => "ABORTED",
        /// The peer has left a notice.
        Notice = 14 => "NOTICE",
        /// A message has come that is for ferroport itself.
        Order = 15 => "ORDER",
        /// Messages wait for an endpoint from which the program takes them by itself.
        Ready = 16 => "READY",
        /// A message has come that cannot leave the process, or is none. It is gone.
        Unreadable = 17 => "UNREADABLE",
    }
}

impl From<Outcome> for f64 {
    /// As it stands in the cell.
    fn from(outcome: Outcome) -> f64 {
        f64::from(outcome as u8)
    }
}
