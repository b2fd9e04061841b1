//! A queue: what one endpoint has sent and the other has not received, small messages packed into runs.

use super::fifo::Fifo;
use super::latch::Latch;
use super::mark::{Mark, SharedMark};
use super::run::{Next, RunReader, RunWriter, Stretch, record_size, run};
use super::sync::{AtomicBool, AtomicUsize, Lazy, Ordering};
use crate::memory::Bytes;

/// The first run of a backlog, in bytes. Each is twice as large as the one before it, if that was filled.
const FIRST: usize = if cfg!(loom) { 32 } else { 2 * 1024 };
/// The largest run.
const LARGEST: usize = if cfg!(loom) { 32 } else { 64 * 1024 };
/// A run has room for so many records at least. A message that is too large for that has an allocation of its own.
const LEAST_RECORDS: usize = if cfg!(loom) { 2 } else { 8 };
/// Shared bytes up to this length are copied into runs, because a copy costs less than receiving them one by one.
const MOST_COPIED: usize = if cfg!(loom) { 8 } else { 512 };
/// A run is begun when so many messages wait. While fewer wait, an allocation for each message takes less memory.
const BACKLOG: usize = if cfg!(loom) { 1 } else { 4 };

/// The way from one endpoint to the other, first in, first out.
///
/// ```text
///            front                     fifo                         tail
///     ┌──────────────────┐   ┌──────┬─────────┬─────┐   ┌──────────────────────────┐
///  ◄──┤ the run being    │◄──┤ run  │ message │ run │◄──┤ the run being filled     │◄── send
///     │ read, if any     │   └──────┴─────────┴─────┘   │ (the last in the fifo,   │
///     └──────────────────┘                              │ or the front), if any    │
///                                                       └──────────────────────────┘
/// ```
///
/// A queue in which nothing waits takes each message as it is. While messages wait, those that come are appended to a
/// run, several of them to one allocation and one slot of the fifo. A run ends when it is full, when a message comes
/// that does not go into runs, or when the receiver has read all and gives it up: an idle queue holds no run.
///
/// Made at the first push, because an empty crossbeam channel takes 512 bytes and most channels are used one way.
pub(super) struct Queue<M>(Lazy<Ends<M>>);

/// What a queue holds: a message.
pub(super) trait Content: From<Bytes> {
    /// Its bytes, if it consists of nothing else: then it may be packed into a run, out of which it comes as one that was made from
    /// these bytes.
    fn only_bytes(&self) -> Option<&Bytes>;

    /// How many bytes it has.
    fn length(&self) -> usize;

    /// How many bytes go along with it, besides its own.
    fn load(&self) -> usize;

    /// What it counts for among the bytes that wait: as much as its bytes take as a record, whether they are in one or not, and what goes
    /// along.
    #[inline]
    fn weight(&self) -> usize {
        record_size(self.length()).saturating_add(self.load())
    }
}

struct Ends<M> {
    sending: Sending,
    receiving: Receiving,
    fifo: Fifo<Entry<M>>,
    /// How much may wait.
    mark: SharedMark,
}

/// What senders write, on a cache line of its own.
#[repr(align(64))]
struct Sending {
    tail: Latch<Tail>,
    /// How many messages were sent; written under the lock. Everything that makes a message visible precedes its being
    /// counted, so whoever sees the count finds the message. (A message may be found before it is counted.)
    sent: AtomicUsize,
    /// How many bytes those were; written under the lock, ahead of `sent`.
    sent_bytes: AtomicUsize,
}

/// What the receiver writes.
#[repr(align(64))]
struct Receiving {
    /// Locked before the tail, never after.
    front: Latch<Front>,
    /// How many messages were received; written under the lock.
    received: AtomicUsize,
    /// How many bytes those were; written under the lock, ahead of `received`.
    received_bytes: AtomicUsize,
    /// Whether the mark is any: here, because who receives has this line at hand.
    is_bounded: AtomicBool,
}

/// The default takes the place of a tail that is given up. Dropping the writer seals the run.
#[derive(Default)]
struct Tail {
    /// The run that messages are appended to, if any.
    run: Option<RunWriter>,
    /// How many messages that would have fitted into a run have been sent alone since the last run.
    alone: usize,
}

/// The run being read, if any.
type Front = Option<RunReader>;

enum Entry<M> {
    Message(M),
    Run(RunReader),
}

/// What [`Queue::look`] found.
pub(super) enum Found<M> {
    /// Records of a run, which have been copied and wait to be settled.
    Records(Copied),
    /// One message, received.
    Message(M),
}

/// A batch that was copied out of the queue and is still in it.
#[derive(Clone, Copy)]
pub(super) struct Copied {
    pub(super) stretch: Stretch,
    /// How many messages had been received before. If that is still so, the batch is what comes next.
    pub(super) received: usize,
}

impl<M: Content> Queue<M> {
    pub(super) fn new() -> Self {
        Queue(Lazy::new(Ends::new))
    }

    /// How many messages wait.
    pub(super) fn len(&self) -> usize {
        self.0.get().map_or(0, Ends::len)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes wait.
    pub(super) fn bytes(&self) -> usize {
        self.0.get().map_or(0, Ends::bytes)
    }

    /// How many bytes were ever sent.
    pub(super) fn sent_bytes(&self) -> usize {
        self.0.get().map_or(0, |ends| ends.sending.sent_bytes.load(Ordering::Relaxed))
    }

    /// How many bytes were ever received.
    pub(super) fn received_bytes(&self) -> usize {
        self.0.get().map_or(0, |ends| ends.receiving.received_bytes.load(Ordering::Relaxed))
    }

    /// How much may wait.
    pub(super) fn mark(&self) -> Mark {
        self.0.get().map_or(Mark::NONE, |ends| ends.mark.get())
    }

    /// Changes how much may wait. Nothing that waits is dropped.
    pub(super) fn set_mark(&self, mark: Mark) {
        if mark != self.mark() {
            let ends = self.ends();
            ends.mark.set(mark);
            ends.receiving.is_bounded.store(mark != Mark::NONE, Ordering::Relaxed);
        }
    }

    /// Whether there is a mark. For the receiver.
    #[inline]
    pub(super) fn is_bounded(&self) -> bool {
        self.0.get().is_some_and(|ends| ends.receiving.is_bounded.load(Ordering::Relaxed))
    }

    /// Whether as much waits as may.
    pub(super) fn is_full(&self) -> bool {
        self.0.get().is_some_and(|ends| ends.mark.get().is_reached(ends.len(), ends.bytes()))
    }

    /// How many messages were ever sent: the position of the next one.
    pub(super) fn sent(&self) -> usize {
        self.0.get().map_or(0, |ends| ends.sending.sent.load(Ordering::Acquire))
    }

    /// How many messages were ever received: the position of the oldest one that waits.
    pub(super) fn received(&self) -> usize {
        self.0.get().map_or(0, |ends| ends.receiving.received.load(Ordering::Acquire))
    }

    /// Appends a message. Its position.
    pub(super) fn push(&self, message: M) -> usize {
        let ends = self.ends();
        let weight = message.weight();
        let mut tail = ends.sending.tail.lock();
        match message.only_bytes() {
            Some(bytes) if !is_large(bytes) && !stays_shared(bytes) => {
                if !ends.pack(&mut tail, bytes) {
                    ends.fifo.push(Entry::Message(message));
                }
            }
            _ => {
                *tail = Tail::default();
                ends.fifo.push(Entry::Message(message));
            }
        }
        ends.count_sent(weight)
    }

    /// Appends a message of these bytes. Its position.
    #[inline]
    pub(super) fn push_bytes(&self, bytes: &[u8]) -> usize {
        // Not while the tail is locked: the receiver may want it, too, and should not wait for a long copy.
        if is_large(bytes) {
            return self.push(M::from(bytes.into()));
        }
        let ends = self.ends();
        let mut tail = ends.sending.tail.lock();
        if !ends.pack(&mut tail, bytes) {
            ends.fifo.push(Entry::Message(M::from(bytes.into())));
        }
        ends.count_sent(record_size(bytes.len()))
    }

    /// Takes the oldest message.
    pub(super) fn pop(&self) -> Option<M> {
        let ends = self.0.get()?;
        let mut front = ends.receiving.front.lock();
        let message = match ends.advance(&mut front)? {
            Some(message) => message,
            None => M::from(front.as_mut()?.take()?),
        };
        ends.count_received(1, message.weight());
        Some(message)
    }

    /// Takes the oldest message; or, if it is in a run, copies it and those that follow it there into `block`, as many
    /// as fit, at most `most`. Those are received when they are [settled](Queue::settle).
    pub(super) fn look(&self, most: usize, block: &mut [u8]) -> Option<Found<M>> {
        self.find(most, block, false)
    }

    /// The same for one message, which is received at once.
    pub(super) fn pop_into(&self, block: &mut [u8]) -> Option<Found<M>> {
        self.find(1, block, true)
    }

    #[inline(always)]
    fn find(&self, most: usize, block: &mut [u8], receives: bool) -> Option<Found<M>> {
        let ends = self.0.get()?;
        let mut front = ends.receiving.front.lock();
        let message = match ends.advance(&mut front)? {
            Some(message) => message,
            None => {
                let reader = front.as_mut()?;
                let stretch = reader.stretch(block.len(), most);
                if stretch.count > 0 {
                    reader.copy(&mut block[..stretch.bytes]);
                    let received = ends.receiving.received.load(Ordering::Relaxed);
                    if receives {
                        reader.skip(stretch);
                        ends.count_received(stretch.count, stretch.bytes);
                    }
                    return Some(Found::Records(Copied { stretch, received }));
                }
                M::from(reader.take()?)
            }
        };
        ends.count_received(1, message.weight());
        Some(Found::Message(message))
    }

    /// Receives the first `delivered` messages of a batch, if none has been received by other ways since. Whether there is a mark.
    pub(super) fn settle(&self, batch: Copied, delivered: usize) -> bool {
        let Some(ends) = self.0.get() else { return false };
        let mut front = ends.receiving.front.lock();
        if let Some(reader) = front.as_mut()
            && batch.received == ends.receiving.received.load(Ordering::Relaxed)
        {
            let all = delivered >= batch.stretch.count;
            let stretch = if all { batch.stretch } else { reader.stretch(batch.stretch.bytes, delivered) };
            reader.skip(stretch);
            ends.count_received(stretch.count, stretch.bytes);
        }
        ends.receiving.is_bounded.load(Ordering::Relaxed)
    }

    /// Takes everything out, runs included. `dispose` gets the messages that were not in runs.
    pub(super) fn clear(&self, mut dispose: impl FnMut(M)) {
        let Some(ends) = self.0.get() else { return };
        *ends.sending.tail.lock() = Tail::default();
        let mut front = ends.receiving.front.lock();
        *front = None;
        while let Some(entry) = ends.fifo.pop() {
            if let Entry::Message(message) = entry {
                dispose(message);
            }
        }
    }

    #[inline]
    fn ends(&self) -> &Ends<M> {
        self.0.get_or_make(Ends::new)
    }
}

impl<M> Ends<M> {
    fn new() -> Self {
        Ends {
            sending: Sending {
                tail: Latch::new(Tail::default()),
                sent: AtomicUsize::new(0),
                sent_bytes: AtomicUsize::new(0),
            },
            receiving: Receiving {
                front: Latch::new(None),
                received: AtomicUsize::new(0),
                received_bytes: AtomicUsize::new(0),
                is_bounded: AtomicBool::new(false),
            },
            fifo: Fifo::new(),
            mark: SharedMark::new(),
        }
    }

    fn len(&self) -> usize {
        let sent = self.sending.sent.load(Ordering::Acquire);
        // The difference is negative while a message has been received and is not counted as sent yet.
        (sent.wrapping_sub(self.receiving.received.load(Ordering::Acquire)) as isize).max(0) as usize
    }

    fn bytes(&self) -> usize {
        let sent = self.sending.sent_bytes.load(Ordering::Acquire);
        (sent.wrapping_sub(self.receiving.received_bytes.load(Ordering::Acquire)) as isize).max(0) as usize
    }

    /// Appends the bytes of a message that is not large to a run, if they should be in one.
    #[inline]
    fn pack(&self, tail: &mut Tail, bytes: &[u8]) -> bool {
        tail.run.as_mut().is_some_and(|run| run.append(bytes)) || self.pack_into_next(tail, bytes)
    }

    /// Begins a run with the bytes, if they should be in one.
    #[cold]
    fn pack_into_next(&self, tail: &mut Tail, bytes: &[u8]) -> bool {
        let waiting = self.len();
        let capacity = match tail.run.take() {
            Some(full) if waiting >= BACKLOG => (2 * full.capacity()).min(LARGEST),
            None if waiting >= BACKLOG && tail.alone >= BACKLOG => FIRST,
            _ => {
                tail.alone += 1;
                return false;
            }
        };
        let least = (LEAST_RECORDS * record_size(bytes.len())).next_power_of_two();
        let (mut writer, reader) = run(capacity.max(least));
        writer.append(bytes);
        self.fifo.push(Entry::Run(reader));
        tail.run = Some(writer);
        true
    }

    /// Counts a message that was sent, and returns the count before. The tail is locked, so that no atomic addition is needed.
    #[inline]
    fn count_sent(&self, weight: usize) -> usize {
        let bytes = self.sending.sent_bytes.load(Ordering::Relaxed);
        self.sending.sent_bytes.store(bytes.wrapping_add(weight), Ordering::Relaxed);
        let sent = self.sending.sent.load(Ordering::Relaxed);
        self.sending.sent.store(sent.wrapping_add(1), Ordering::Release);
        sent
    }

    /// Counts messages that were received. The front is locked.
    #[inline]
    fn count_received(&self, count: usize, weight: usize) {
        let bytes = self.receiving.received_bytes.load(Ordering::Relaxed);
        self.receiving.received_bytes.store(bytes.wrapping_add(weight), Ordering::Relaxed);
        let received = self.receiving.received.load(Ordering::Relaxed);
        self.receiving.received.store(received.wrapping_add(count), Ordering::Release);
    }

    /// Finds the oldest message. `Some(Some(_))` is that message, taken. `Some(None)` says that the message is the next record of the run in
    /// front. `None` says that nothing waits; then the run that was read to its end has been given up.
    fn advance(&self, front: &mut Front) -> Option<Option<M>> {
        loop {
            if let Some(reader) = front {
                match reader.next() {
                    Next::Record => return Some(None),
                    Next::End => {}
                    Next::Nothing => {
                        let mut tail = self.sending.tail.lock();
                        if !tail.run.as_ref().is_some_and(|run| run.is_read_by(reader)) {
                            // Something was appended since, or the run sealed.
                            continue;
                        }
                        *tail = Tail::default();
                        *front = None;
                        return None;
                    }
                }
            }
            *front = match self.fifo.pop() {
                Some(Entry::Message(message)) => {
                    *front = None;
                    return Some(Some(message));
                }
                Some(Entry::Run(reader)) => Some(reader),
                None => {
                    *front = None;
                    return None;
                }
            }
        }
    }
}

/// Whether a message of these bytes is too large to share a run.
#[inline]
fn is_large(bytes: &[u8]) -> bool {
    bytes.len() > LARGEST / LEAST_RECORDS - 8
}

/// Whether other queues have the bytes, too, and they are too long for every one to copy them into a run.
fn stays_shared(bytes: &Bytes) -> bool {
    bytes.is_shared() && bytes.len() > MOST_COPIED
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::Message;
    use super::*;

    #[test]
    fn a_run_needs_no_more_room_in_the_fifo_than_a_message() {
        assert_eq!(size_of::<Entry<Message>>(), size_of::<Message>());
        assert_eq!(size_of::<Message>(), 24);
    }
}
