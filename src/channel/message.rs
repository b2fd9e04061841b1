//! A message: bytes, and what travels with them.

use super::endpoint::Endpoint;
use crate::memory::Bytes;
use std::fmt;

/// Bytes on their way from one endpoint to the other, with the endpoints that are transferred along.
///
/// ```text
///   Message (24 bytes)                       a slot of the queue: 32 bytes
///  ┌──────────────────┬──────────────┐      ┌───────────────────────┬───────┐
///  │ bytes (16)       │ attachments ─┼──┐   │ Message               │ state │
///  └──────────────────┴──────────────┘  │   └───────────────────────┴───────┘
///                       null: none      └──►  endpoints, each taken out once
/// ```
///
/// Dropping a message closes the endpoints still in it.
#[derive(Default)]
pub struct Message {
    /// The content, in whatever format the two ends agreed on.
    pub bytes: Bytes,
    pub(super) attachments: Option<Box<Attachments>>,
}

/// What a message carries besides its bytes. Boxed, because most carry nothing.
pub(super) struct Attachments {
    /// `None` where the endpoint has been taken out.
    pub(super) endpoints: Vec<Option<Endpoint>>,
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
        Message { bytes, attachments: Some(Box::new(Attachments { endpoints })) }
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

    /// Takes out every endpoint that is still there, in order.
    pub fn take_endpoints(&mut self) -> Vec<Endpoint> {
        let attachments = self.attachments.take();
        let endpoints: Vec<_> = attachments.into_iter().flat_map(|it| it.endpoints).flatten().collect();
        endpoints.iter().for_each(Endpoint::hold);
        endpoints
    }
}

impl Attachments {
    /// The endpoints that have not been taken out.
    pub(super) fn remaining(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.iter().flatten()
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("bytes", &self.bytes).field("endpoints", &self.endpoint_count()).finish()
    }
}
