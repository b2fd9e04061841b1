//! What goes along with the message that a thread is reading or writing: ports and signals, which serde knows nothing of.

use crate::any_port::Cell;
use crate::raw::{RawMessage, RawPort};
use crate::signal::Shared;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// The names under which types of this crate are known to its own reader and writer.
pub(crate) mod names {
    pub(crate) const PORT: &str = "$ferroport::AnyPort";
    pub(crate) const SIGNAL: &str = "$ferroport::AbortSignal";
    pub(crate) const DATE: &str = "$ferroport::Date";
    pub(crate) const BIGINT: &str = "$ferroport::BigInt";
    pub(crate) const VALUE: &str = "$ferroport::Value";
    pub(crate) const SET: &str = "$ferroport::Set";
    pub(crate) const OBJECT: &str = "$ferroport::object";
    pub(crate) const NULL: &str = "$ferroport::null";
}

/// Reads a type that is known under one of these names: what stands there is an `Inner`, of which `make` makes the value.
pub(crate) fn read_named<'de, D: Deserializer<'de>, Inner: Deserialize<'de>, T>(
    deserializer: D,
    name: &'static str,
    expected: &'static str,
    make: impl FnOnce(Inner) -> Result<T, &'static str>,
) -> Result<T, D::Error> {
    struct Of<Make, Inner, T>(&'static str, Make, PhantomData<fn(Inner) -> T>);
    impl<'de, Inner: Deserialize<'de>, T, Make: FnOnce(Inner) -> Result<T, &'static str>> Visitor<'de>
        for Of<Make, Inner, T>
    {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
            self.1(Inner::deserialize(deserializer)?).map_err(D::Error::custom)
        }
    }
    deserializer.deserialize_newtype_struct(name, Of(expected, make, PhantomData))
}

/// What has come with a message.
struct Arrivals {
    ports: Vec<Option<RawPort>>,
    signals: Vec<Arc<Shared>>,
}

/// What is to go along with a message.
#[derive(Default)]
pub(crate) struct Departures {
    pub(crate) ports: Vec<Arc<Cell>>,
    pub(crate) signals: Vec<Arc<Shared>>,
}

thread_local! {
    static ARRIVED: RefCell<Vec<Arrivals>> = const { RefCell::new(Vec::new()) };
    static LEAVING: RefCell<Vec<Departures>> = const { RefCell::new(Vec::new()) };
}

/// While this lives, what has come with a message is at hand. Then what has not been taken closes.
pub(crate) struct Reading {
    /// Whether there is anything to be at hand, or to be hidden of a message around this one.
    has_place: bool,
}

impl Drop for Reading {
    fn drop(&mut self) {
        if self.has_place {
            let arrivals = ARRIVED.with_borrow_mut(Vec::pop);
            drop(arrivals);
        }
    }
}

/// Takes out of a message what has come with it.
pub(crate) fn reading(message: &mut RawMessage) -> Reading {
    if message.is_alone() && ARRIVED.with_borrow(Vec::is_empty) {
        return Reading { has_place: false };
    }
    let library = message.library();
    let signals = message.take_signals().into_iter().filter(|signal| !signal.is_null());
    let signals = signals.map(|signal| Arc::new(Shared::new(library, signal))).collect();
    let arrivals = Arrivals { ports: message.take_ports(), signals };
    ARRIVED.with_borrow_mut(|all| all.push(arrivals));
    Reading { has_place: true }
}

/// Writes; what is to go along.
pub(crate) fn writing<R>(write: impl FnOnce() -> R) -> (R, Departures) {
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            if std::thread::panicking() {
                LEAVING.with_borrow_mut(Vec::pop);
            }
        }
    }
    LEAVING.with_borrow_mut(|all| all.push(Departures::default()));
    let _end = End;
    let written = write();
    (written, LEAVING.with_borrow_mut(Vec::pop).unwrap_or_default())
}

/// Takes a port that has come with the message being read.
pub(crate) fn take_port(index: usize) -> Option<RawPort> {
    ARRIVED.with_borrow_mut(|all| all.last_mut()?.ports.get_mut(index)?.take())
}

/// A signal that has come with the message being read.
pub(crate) fn signal(index: usize) -> Option<Arc<Shared>> {
    ARRIVED.with_borrow(|all| all.last()?.signals.get(index).cloned())
}

/// Lets a port go along with the message being written. `None` if none is.
pub(crate) fn leave_with(port: Arc<Cell>) -> Option<()> {
    LEAVING.with_borrow_mut(|all| {
        all.last_mut()?.ports.push(port);
        Some(())
    })
}

/// Whether the port goes along already.
pub(crate) fn leaves_already(port: &Arc<Cell>) -> bool {
    LEAVING.with_borrow(|all| all.last().is_some_and(|it| it.ports.iter().any(|other| Arc::ptr_eq(other, port))))
}

/// Lets a signal go along.
pub(crate) fn share_with(signal: Arc<Shared>) -> Option<()> {
    LEAVING.with_borrow_mut(|all| {
        all.last_mut()?.signals.push(signal);
        Some(())
    })
}

/// How many ports and signals go along so far.
pub(crate) fn leaving() -> (u32, u32) {
    LEAVING.with_borrow(|all| all.last().map_or((0, 0), |it| (it.ports.len() as u32, it.signals.len() as u32)))
}
