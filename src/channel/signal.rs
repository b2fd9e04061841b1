//! Signals: each is aborted once, for good, and all threads that have it know at once.

use super::sync::{AtomicBool, Mutex, Ordering};
use crate::memory::Bytes;
use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering as StdOrdering};
// Loom's has no `Weak`. Of a signal, loom looks at the lock and at the flag.
use std::sync::{Arc, Weak};

/// What several threads share to stop work: not aborted at first, then aborted, for one reason.
///
/// ```text
///   who may abort it                       Signal                                 who is told
///  ┌──────────────────────┐   abort   ┌───────────────────────┐  1 ──► a flag in the memory of each thread that has it
///  │ Aborter (controller) │──────────►│ aborted, reason       │  2 ──► listeners: the event comes like a message
///  │ a deadline           │           │ holders, by owner     │  3 ──► watches: a thread that sleeps is woken
///  │ its sources          │◄── Arc ───│ dependents: Weak ─────┼──────► the signals that follow it, in the same way
///  └──────────────────────┘           └───────────────────────┘
/// ```
///
/// All of it happens under the signal's lock, except that listeners and watches are told after it. So a flag is not written any more
/// once [`forget`](Signal::forget) has returned. A signal holds its sources, and they know it weakly: what nobody has is dropped.
///
/// When the last who may abort a signal is gone, it never will be: its listeners hear that, and nobody need keep it for their sake.
pub struct Signal {
    /// Of the signals of this process, larger for those that were made later.
    number: u64,
    aborted: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    reason: Option<Arc<Reason>>,
    /// How many may still abort it: aborters, sources, a deadline.
    aborters: usize,
    holders: Vec<Holder>,
    watches: BTreeMap<u64, Waker>,
    last_watch: u64,
    /// Those that are aborted with this one, in the order of their making.
    dependents: BTreeMap<u64, Weak<Signal>>,
    /// Those with which this one is aborted.
    sources: Vec<Arc<Signal>>,
    /// What is dropped when it is aborted, or with it.
    deadline: Option<Box<dyn Any + Send>>,
}

/// Why a signal was aborted.
pub enum Reason {
    /// Its time was over. Each thread makes the error itself.
    Timeout,
    /// A value, in whatever format the threads have agreed on, in two parts.
    Value(Bytes, Bytes),
}

/// Who wants to hear of signals in the event loop's turn: a thread.
pub trait Listener: Send + Sync {
    /// The signal that is listened to under this number was aborted. Called from any thread. It must not block, nor call into a signal.
    fn aborted(&self, number: u32);
    /// Nobody can abort that signal any more. Called in the same way.
    fn settled(&self, number: u32);
}

/// Wakes somebody; called from any thread, once.
type Waker = Arc<dyn Fn() + Send + Sync>;

/// A thread that has a signal.
struct Holder {
    owner: u64,
    /// What the owner calls the signal.
    name: u32,
    flag: Flag,
    listening: Option<(Arc<dyn Listener>, u32)>,
}

struct Flag(*const AtomicI32);

// SAFETY: the flag is an atomic, and who has given it promises that it stays where it is, see `Signal::hold`.
unsafe impl Send for Flag {}

impl Flag {
    fn raise(&self) {
        // SAFETY: the promise of who has given the flag. The holder is there, under the signal's lock.
        unsafe { &*self.0 }.store(1, StdOrdering::SeqCst);
    }
}

/// What an owner has of signals that were aborted: its name of each, and the number under which it listens.
pub type Named = (u32, Option<u32>);

/// What follows for others from the aborting of one signal.
struct Consequences {
    listeners: Vec<(u64, Arc<dyn Listener>, u32)>,
    own: Vec<Named>,
    watches: BTreeMap<u64, Waker>,
    dependents: BTreeMap<u64, Weak<Signal>>,
    /// Only to be dropped.
    _kept: (Vec<Arc<Signal>>, Option<Box<dyn Any + Send>>),
}

impl Signal {
    /// A signal that nobody can abort yet.
    pub fn new() -> Arc<Signal> {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Arc::new(Signal {
            number: LAST.fetch_add(1, StdOrdering::Relaxed) + 1,
            aborted: AtomicBool::new(false),
            state: Mutex::new(State::default()),
        })
    }

    /// A number of the signal, the same in all threads, and of no other.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether it is aborted.
    pub fn is_aborted(&self) -> bool {
        self.aborted.load(Ordering::Acquire)
    }

    /// Why it was aborted; `None` if it was not.
    pub fn reason(&self) -> Option<Arc<Reason>> {
        self.state.lock().reason.clone()
    }

    /// Whether nobody can abort it any more, or it is aborted.
    pub fn is_settled(&self) -> bool {
        let state = self.state.lock();
        state.reason.is_some() || state.aborters == 0
    }

    /// Aborts it, and what follows it, unless it is aborted. Whoever has one of these signals sees that when this returns. Listeners of the
    /// owner `by` are not told: what it has is returned, in the order in which the signals were aborted.
    pub fn abort(self: &Arc<Self>, reason: impl Into<Arc<Reason>>, by: Option<u64>) -> Vec<Named> {
        let reason = reason.into();
        let mut waiting = VecDeque::from([self.clone()]);
        let (mut told, mut own) = (Vec::new(), Vec::new());
        // All of them are aborted before anybody hears of one.
        while let Some(signal) = waiting.pop_front() {
            let Some(mut consequences) = signal.mark(&reason, by) else { continue };
            waiting.extend(std::mem::take(&mut consequences.dependents).into_values().filter_map(|it| it.upgrade()));
            own.append(&mut consequences.own);
            told.push(consequences);
        }
        for consequences in told {
            for (_, listener, number) in &consequences.listeners {
                listener.aborted(*number);
            }
            consequences.watches.values().for_each(|wake| wake());
        }
        own
    }

    /// Makes this signal an aborted one. `None` if it is one.
    fn mark(&self, reason: &Arc<Reason>, by: Option<u64>) -> Option<Consequences> {
        let mut state = self.state.lock();
        if state.reason.is_some() {
            return None;
        }
        state.reason = Some(reason.clone());
        self.aborted.store(true, Ordering::Release);
        let (mut listeners, mut own) = (Vec::new(), Vec::new());
        for holder in &mut state.holders {
            holder.flag.raise();
            let listening = holder.listening.take();
            if by == Some(holder.owner) {
                own.push((holder.name, listening.map(|(_, number)| number)));
            } else if let Some((listener, number)) = listening {
                listeners.push((holder.owner, listener, number));
            }
        }
        let state = &mut *state;
        Some(Consequences {
            listeners,
            own,
            watches: std::mem::take(&mut state.watches),
            dependents: std::mem::take(&mut state.dependents),
            _kept: (std::mem::take(&mut state.sources), state.deadline.take()),
        })
    }

    /// One more who may abort it.
    fn gain(&self) {
        self.state.lock().aborters += 1;
    }

    /// One less who may abort it. If it was the last, listeners hear that, and what follows this signal has one less, too.
    fn lose(self: &Arc<Self>) {
        let mut waiting = VecDeque::from([self.clone()]);
        while let Some(signal) = waiting.pop_front() {
            let (listeners, dependents, sources) = {
                let mut state = signal.state.lock();
                state.aborters = state.aborters.saturating_sub(1);
                if state.aborters > 0 || state.reason.is_some() {
                    continue;
                }
                let listeners: Vec<_> = state.holders.iter_mut().filter_map(|holder| holder.listening.take()).collect();
                (listeners, std::mem::take(&mut state.dependents), std::mem::take(&mut state.sources))
            };
            for (listener, number) in listeners {
                listener.settled(number);
            }
            waiting.extend(dependents.into_values().filter_map(|it| it.upgrade()));
            drop(sources);
        }
    }

    /// From now on this signal is aborted when `source` is, for the same reason. To be called while nobody else has this signal. The reason,
    /// if `source` is aborted already; nothing has changed then.
    ///
    /// # Errors
    /// That reason.
    pub fn follow(self: &Arc<Self>, source: &Arc<Signal>) -> Result<(), Arc<Reason>> {
        // Before the source knows of it, because the source may lose its last aborter at once.
        self.gain();
        let is_new = {
            let mut state = source.state.lock();
            if let Some(reason) = &state.reason {
                let reason = reason.clone();
                drop(state);
                self.lose();
                return Err(reason);
            }
            state.aborters > 0 && state.dependents.insert(self.number, Arc::downgrade(self)).is_none()
        };
        if is_new {
            self.state.lock().sources.push(source.clone());
        } else {
            self.lose();
        }
        Ok(())
    }

    /// Notes that a deadline may abort it, and what is to be dropped when it is aborted, or with it.
    pub(super) fn expire_with(&self, deadline: Box<dyn Any + Send>) {
        let mut state = self.state.lock();
        state.aborters += 1;
        state.deadline = Some(deadline);
    }

    /// An owner has the signal, which it calls `name`. The flag is raised when the signal is aborted, or at once if it is.
    ///
    /// # Safety
    /// The flag stays where it is until [`forget`](Signal::forget) has returned for this owner. An owner has a signal once.
    pub unsafe fn hold(&self, owner: u64, name: u32, flag: *const AtomicI32) {
        let flag = Flag(flag);
        let mut state = self.state.lock();
        if state.reason.is_some() {
            flag.raise();
        }
        state.holders.push(Holder { owner, name, flag, listening: None });
    }

    /// The owner does not have the signal any more: its flag is not touched, nor is anybody told.
    pub fn forget(&self, owner: u64) {
        let forgotten = {
            let mut state = self.state.lock();
            let index = state.holders.iter().position(|holder| holder.owner == owner);
            index.map(|index| state.holders.remove(index))
        };
        drop(forgotten);
    }

    /// The owner's listener hears when the signal is aborted, or settled in another way. False if it is already: then nobody hears.
    pub fn listen(&self, owner: u64, listener: Arc<dyn Listener>, number: u32) -> bool {
        let mut state = self.state.lock();
        if state.reason.is_some() || state.aborters == 0 {
            return false;
        }
        let holder = state.holders.iter_mut().find(|holder| holder.owner == owner);
        holder.map(|holder| holder.listening = Some((listener, number))).is_some()
    }

    /// The owner's listener does not hear any more.
    pub fn stop_listening(&self, owner: u64) {
        let listening = {
            let mut state = self.state.lock();
            state.holders.iter_mut().find(|holder| holder.owner == owner).and_then(|holder| holder.listening.take())
        };
        drop(listening);
    }

    /// Calls `wake` once, from any thread, when the signal is aborted; at once, and before this returns, if it is. Not any more after the
    /// [`Watch`] has been dropped, except that a call which has begun may still be under way.
    pub fn watch(self: &Arc<Self>, wake: Arc<dyn Fn() + Send + Sync>) -> Watch {
        let number = {
            let mut state = self.state.lock();
            if state.reason.is_some() {
                None
            } else {
                state.last_watch += 1;
                let number = state.last_watch;
                state.watches.insert(number, wake.clone());
                Some(number)
            }
        };
        if number.is_none() {
            wake();
        }
        Watch { signal: self.clone(), number }
    }

    /// The signals with which this one is aborted, without this one among their dependents.
    fn leave_sources(&self) -> Vec<Arc<Signal>> {
        let sources = std::mem::take(&mut self.state.lock().sources);
        for source in &sources {
            let left = source.state.lock().dependents.remove(&self.number);
            drop(left);
        }
        sources
    }
}

impl Drop for Signal {
    /// A loop and not a recursion, however long the chain of sources is.
    fn drop(&mut self) {
        let mut waiting = self.leave_sources();
        while let Some(source) = waiting.pop() {
            if let Some(last) = Arc::into_inner(source) {
                waiting.append(&mut last.leave_sources());
            }
        }
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signal")
            .field("number", &self.number)
            .field("aborted", &self.is_aborted())
            .finish_non_exhaustive()
    }
}

/// The right to abort a signal. It may be used or not; when the last is dropped, nobody can abort the signal any more.
pub struct Aborter(Arc<Signal>);

impl Aborter {
    /// One for this signal.
    pub fn new(signal: &Arc<Signal>) -> Aborter {
        signal.gain();
        Aborter(signal.clone())
    }
}

impl Drop for Aborter {
    fn drop(&mut self) {
        self.0.lose();
    }
}

/// Somebody who is to be woken when a signal is aborted. Dropping it ends that.
pub struct Watch {
    signal: Arc<Signal>,
    /// `None` if the signal was aborted before.
    number: Option<u64>,
}

impl Watch {
    /// The signal that is watched.
    pub fn signal(&self) -> &Arc<Signal> {
        &self.signal
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let waker = self.signal.state.lock().watches.remove(&number);
            drop(waker);
        }
    }
}
