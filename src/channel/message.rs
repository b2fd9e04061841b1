//! A message: bytes, and what travels with them.

use super::channel::{Cargo, PARCEL, SIGNALS};
use super::endpoint::Endpoint;
use super::queue::Content;
use super::signal::Signal;
use crate::memory::Bytes;
use std::any::Any;
use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes on their way from one endpoint to the other, with the endpoints that are transferred along, and the signals that are shared.
///
/// ```text
///   Message (24 bytes)                       a slot of the queue: 32 bytes
///  ┌──────────────────┬──────────────┐      ┌───────────────────────┬───────┐
///  │ bytes (16)       │ attachments ─┼──┐   │ Message               │ state │
///  └──────────────────┴──────────────┘  │   └───────────────────────┴───────┘
///                       null: none      └──►  endpoints, each taken out once; signals
/// ```
///
/// Dropping a message closes the endpoints still in it.
#[derive(Default)]
pub struct Message {
    /// The content, in whatever format the two ends agreed on.
    pub bytes: Bytes,
    attachments: Option<Box<Attachments>>,
}

/// What a message carries besides its bytes. Boxed, because most carry nothing.
#[derive(Default)]
struct Attachments {
    /// `None` where the endpoint has been taken out.
    endpoints: Vec<Option<Endpoint>>,
    /// What several threads share: others may have each of them, too.
    signals: Vec<Arc<Signal>>,
    parcel: Option<Parcel>,
    /// Whether the parcel only has companions of the endpoints, which are of no use where nothing goes over them.
    has_companions_only: bool,
    /// In a group: the youngest member that the message is for.
    youngest: Option<u64>,
    /// How many bytes the parcel moves.
    weight: usize,
    /// A string that a subscriber of the sender's has set, see [`Message::in_context`].
    context: Option<Box<[u16]>>,
    /// Whether the message is not for who uses the endpoint.
    is_order: bool,
}

/// The number of a parcel. A parcel is what the sender has given to another carrier, to go along with a message. The number is unique in
/// the process and larger than that of every parcel before, so that the receiver can tell which parcel belongs to which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Parcel(NonZeroU64);

impl Parcel {
    /// The next number. There are 2^53 of them, so that they stay exact as float64s.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Parcel(NonZeroU64::MIN.saturating_add(LAST.fetch_add(1, Ordering::Relaxed)))
    }

    /// The number that `u64::from` gave, if it can be one.
    pub fn from_number(number: u64) -> Option<Self> {
        NonZeroU64::new(number).map(Parcel)
    }
}

impl From<Parcel> for u64 {
    fn from(parcel: Parcel) -> u64 {
        parcel.0.get()
    }
}

impl Message {
    /// A message of bytes only.
    pub fn new(bytes: Bytes) -> Self {
        Message { bytes, attachments: None }
    }

    /// A message that moves `endpoints` to the receiver, each with its queue. They are numbered from 0, in this order.
    pub fn with_endpoints(bytes: Bytes, endpoints: Vec<Endpoint>) -> Self {
        if endpoints.is_empty() {
            return Message::new(bytes);
        }
        let endpoints = endpoints.into_iter().inspect(Endpoint::enter_message).map(Some).collect();
        Message { bytes, attachments: Some(Box::new(Attachments { endpoints, ..Attachments::default() })) }
    }

    /// The same message, with signals for the receiver to have. They are numbered from 0, in this order.
    pub fn with_signals(mut self, signals: Vec<Arc<Signal>>) -> Self {
        if !signals.is_empty() {
            self.attachments.get_or_insert_default().signals = signals;
        }
        self
    }

    /// The same message, going along with a parcel.
    pub fn with_parcel(mut self, parcel: Parcel) -> Self {
        self.attachments.get_or_insert_default().parcel = Some(parcel);
        self
    }

    /// The same message, in whose parcel are only companions of its endpoints. It can leave the process without the parcel.
    pub fn with_companions_only(mut self) -> Self {
        self.attachments.get_or_insert_default().has_companions_only = true;
        self
    }

    /// The same message, with so many bytes in its parcel. They count for what waits.
    pub fn weighing(mut self, bytes: usize) -> Self {
        if bytes > 0 {
            self.attachments.get_or_insert_default().weight = bytes;
        }
        self
    }

    /// The same message with a string, in UTF-16, that tells the receiver in what context it was sent. Its bytes count for what waits.
    pub fn in_context(mut self, context: Box<[u16]>) -> Self {
        self.attachments.get_or_insert_default().context = Some(context);
        self
    }

    /// The string that the sender has given to [`in_context`](Message::in_context).
    pub fn context(&self) -> Option<&[u16]> {
        self.attachments.as_ref().and_then(|attachments| attachments.context.as_deref())
    }

    /// The same message, as an order: it is not for who uses the endpoint, and comes in its turn.
    pub fn as_order(mut self) -> Self {
        self.attachments.get_or_insert_default().is_order = true;
        self
    }

    /// Whether the message is an order.
    pub fn is_order(&self) -> bool {
        self.attachments.as_ref().is_some_and(|attachments| attachments.is_order)
    }

    /// The same message, for members of a group up to this seat.
    pub(super) fn up_to(mut self, youngest: u64) -> Self {
        self.attachments.get_or_insert_default().youngest = Some(youngest);
        self
    }

    /// The seat of the youngest member that the message is for; `None` if the message is for all.
    pub(super) fn youngest(&self) -> Option<u64> {
        self.attachments.as_ref().and_then(|attachments| attachments.youngest)
    }

    /// Lets [`again`](Message::again) make messages that share the memory of this one.
    pub(super) fn share(&mut self) {
        if !self.bytes.is_shared() {
            self.bytes = std::sync::Arc::new(std::mem::take(&mut self.bytes)).into();
        }
    }

    /// The same message once more, for another receiver, with the same signals. It has no endpoints, because an endpoint has one owner.
    pub(super) fn again(&self) -> Message {
        let bytes = self.bytes.again().unwrap_or_else(|| Bytes::from(&self.bytes[..]));
        let again = |it: &Attachments| {
            let (signals, context) = (it.signals.clone(), it.context.clone());
            Attachments { endpoints: Vec::new(), signals, context, ..*it }
        };
        let attachments = self.attachments.as_ref().map(|it| Box::new(again(it)));
        Message { bytes, attachments }
    }

    /// The parcel that goes along with the message.
    pub fn parcel(&self) -> Option<Parcel> {
        self.attachments.as_ref().and_then(|attachments| attachments.parcel)
    }

    /// Whether the message says nothing without its parcel.
    pub fn needs_parcel(&self) -> bool {
        self.attachments
            .as_ref()
            .is_some_and(|attachments| attachments.parcel.is_some() && !attachments.has_companions_only)
    }

    /// Whether anything travels with the bytes.
    pub fn has_attachments(&self) -> bool {
        self.attachments.is_some()
    }

    /// The endpoints that have not been taken out.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = &Endpoint> + Clone {
        self.attachments.iter().flat_map(|attachments| attachments.endpoints.iter().flatten())
    }

    /// How many endpoints the message was made with, taken out or not.
    pub fn endpoint_count(&self) -> usize {
        self.attachments.as_ref().map_or(0, |attachments| attachments.endpoints.len())
    }

    /// Takes endpoint number `index` out. `None` if there is no such endpoint or it has been taken out before.
    pub fn take_endpoint(&mut self, index: usize) -> Option<Endpoint> {
        let endpoint = self.attachments.as_mut()?.endpoints.get_mut(index)?.take()?;
        endpoint.hold();
        Some(endpoint)
    }

    /// Takes out the signals, in order.
    pub fn take_signals(&mut self) -> Vec<Arc<Signal>> {
        self.attachments.as_mut().map(|attachments| std::mem::take(&mut attachments.signals)).unwrap_or_default()
    }

    /// Takes out every endpoint that is still there, in order.
    pub fn take_endpoints(&mut self) -> Vec<Endpoint> {
        let attachments = self.attachments.as_mut().map(|it| std::mem::take(&mut it.endpoints));
        let endpoints: Vec<_> = attachments.into_iter().flatten().flatten().collect();
        endpoints.iter().for_each(Endpoint::hold);
        endpoints
    }
}

impl From<Bytes> for Message {
    fn from(bytes: Bytes) -> Self {
        Message::new(bytes)
    }
}

impl Content for Message {
    #[inline]
    fn only_bytes(&self) -> Option<&Bytes> {
        if self.attachments.is_none() { Some(&self.bytes) } else { None }
    }

    #[inline]
    fn length(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    fn load(&self) -> usize {
        self.attachments.as_ref().map_or(0, |attachments| {
            attachments.weight.saturating_add(attachments.context.as_deref().map_or(0, size_of_val))
        })
    }
}

impl Cargo for Message {
    #[inline]
    fn arrived(&self) {
        self.endpoints().for_each(Endpoint::enter_message);
    }

    #[inline]
    fn bond(&self) -> u64 {
        self.attachments.as_ref().map_or(0, |attachments| {
            let parcel = if attachments.parcel.is_some() && !attachments.has_companions_only { PARCEL } else { 0 };
            parcel + if attachments.signals.is_empty() { 0 } else { SIGNALS }
        })
    }

    fn into_estate(self) -> Option<Box<dyn Any>> {
        self.attachments.map(|attachments| attachments as Box<dyn Any>)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("bytes", &self.bytes).field("endpoints", &self.endpoint_count()).finish()
    }
}
