//! Ports whose other end is the addon's own, without JavaScript.
#![allow(dead_code)]

use addon::channel::{Endpoint, Message, Poll, channel};
use addon::memory::Bytes;
use addon::wire::Writer;
use ferroport::Port;

/// A port for an endpoint of the addon.
pub fn port<In, Out: ?Sized>(endpoint: Endpoint) -> Port<In, Out> {
    let handover = addon::native::hand_over(endpoint);
    // SAFETY: it has just been made; nobody uses it afterwards.
    unsafe {
        let port = Port::from_handover(handover.cast()).unwrap();
        addon::native::take_back(handover);
        port
    }
}

pub fn ports<A, B>() -> (Port<A, B>, Port<B, A>) {
    let (one, other) = channel();
    (port(one), port(other))
}

/// Sends what `write` writes, as JavaScript would.
pub fn sent<In>(write: impl FnOnce(&mut Writer)) -> Port<In, ()> {
    let (theirs, ours) = channel();
    let mut writer = Writer::new();
    write(&mut writer);
    theirs.send(Message::new(Bytes::from(writer.into_bytes().unwrap()))).unwrap();
    port(ours)
}

/// What arrives at the other end, as JavaScript would read it.
pub fn arrived<T: serde::Serialize + ?Sized>(value: &T) -> addon::wire::Value {
    let bytes = bytes(value);
    addon::wire::Value::from_bytes(&bytes).unwrap()
}

pub fn bytes<T: serde::Serialize + ?Sized>(value: &T) -> Vec<u8> {
    let (theirs, ours) = channel();
    port::<(), T>(ours).send(value).unwrap();
    match theirs.poll() {
        Poll::Message(message) => message.bytes.to_vec(),
        other => panic!("{other:?}"),
    }
}
