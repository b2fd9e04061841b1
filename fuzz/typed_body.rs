//! What must hold for any bytes at all when the crate for addons reads them as types of serde's; the fuzz target and `cargo test` both
//! run it.

use addon::channel::{Endpoint, Message, channel};
use addon::memory::Bytes;
use ferroport::{AnyPort, BigInt, Date, Port, Received, Value};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_bytes::ByteBuf;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[derive(Deserialize, Debug)]
#[allow(dead_code)]
struct Fields<'a> {
    a: Option<u32>,
    #[serde(borrow)]
    b: Option<Cow<'a, str>>,
    #[serde(default)]
    points: Vec<Point>,
    #[serde(default)]
    list: (u8, i64),
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Point {
    x: f64,
    y: Option<i32>,
}

#[derive(Deserialize, Debug)]
#[allow(dead_code)]
enum External {
    Unit,
    A(u32),
    B(u8, String),
    C { x: f64, y: Option<Box<External>> },
}

#[derive(Deserialize, Debug)]
#[serde(tag = "a")]
#[allow(dead_code)]
enum Internal {
    B { b: i128 },
    C(Point),
    D,
}

#[derive(Deserialize, Debug)]
#[serde(tag = "a", content = "b")]
#[allow(dead_code)]
enum Adjacent {
    B(Vec<Internal>),
    C { x: u64 },
    D,
}

#[derive(Deserialize, Debug)]
#[serde(untagged)]
#[allow(dead_code)]
enum Untagged {
    Number(f64),
    Text(String),
    Date(Date),
    List(Vec<Untagged>),
    Port(WithPort),
    Map(BTreeMap<String, Untagged>),
    Other(Value),
}

#[derive(Deserialize, Debug)]
#[allow(dead_code)]
struct WithPort {
    port: AnyPort,
}

#[derive(Deserialize, Debug)]
#[allow(dead_code)]
struct Tree {
    a: Option<Box<Tree>>,
    #[serde(default)]
    b: Vec<Tree>,
}

/// A port for an endpoint of the addon's.
fn port<In, Out: ?Sized>(endpoint: Endpoint) -> Port<In, Out> {
    let handover = addon::native::hand_over(endpoint);
    // SAFETY: it has just been made; nobody uses it afterwards.
    unsafe {
        let port = Port::from_handover(handover.cast()).unwrap();
        addon::native::take_back(handover);
        port
    }
}

/// Two ends, over which all that is read goes.
pub struct Ends {
    theirs: Endpoint,
    ours: Port<(), ()>,
    /// For what has been read, and is written and read again.
    there: Port<(), Value>,
    back: Port<Value, ()>,
}

impl Default for Ends {
    fn default() -> Self {
        Ends::new()
    }
}

impl Ends {
    /// Two ends, in a process that knows a few shapes by number.
    pub fn new() -> Ends {
        let (theirs, ours) = channel();
        let (there, back) = channel();
        let there = port::<(), Value>(there);
        // Twice, and often enough to be given numbers.
        let object = |keys: &[&str]| Value::Object(keys.iter().map(|&key| (key.into(), Value::Null)).collect());
        let back = port::<Value, ()>(back);
        for keys in [&["a"][..], &["x", "y"], &["a", "b", "points"], &["port"], &["op"]] {
            for _ in 0..300 {
                there.send(&object(keys)).unwrap();
                back.recv().unwrap();
            }
        }
        Ends { theirs, ours: port(ours), there, back }
    }

    /// Reads `bytes` as each of several types.
    ///
    /// # Panics
    /// If what was read as a [`Value`] cannot be written, or is another one then.
    pub fn read_anything(&self, bytes: &[u8]) {
        self.theirs.send(Message::new(Bytes::from(bytes))).unwrap();
        let mut message = self.ours.recv_message().unwrap();
        let value: Result<Value, _> = message.read();
        as_each(&mut message);
        drop(message);
        let Ok(value) = value else { return };
        self.there.send(&value).expect("what was read can be written");
        let again = self.back.recv().expect("and read again");
        assert_eq!(format!("{again:?}"), format!("{value:?}"), "it is the same");
    }
}

fn as_each(message: &mut Received) {
    fn seen<'a, T: Deserialize<'a>>(message: &'a mut Received) -> bool {
        match message.read::<T>() {
            Ok(_) => true,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                false
            }
        }
    }
    seen::<IgnoredAny>(message);
    seen::<Fields<'_>>(message);
    seen::<External>(message);
    seen::<Internal>(message);
    seen::<Adjacent>(message);
    seen::<Untagged>(message);
    seen::<Tree>(message);
    seen::<WithPort>(message);
    seen::<HashMap<String, Vec<Value>>>(message);
    seen::<BTreeMap<i64, Option<u64>>>(message);
    seen::<BTreeSet<i64>>(message);
    seen::<Vec<f64>>(message);
    seen::<Vec<(Value, BigInt)>>(message);
    seen::<ByteBuf>(message);
    seen::<&[u8]>(message);
    seen::<&str>(message);
    seen::<u128>(message);
    seen::<serde_json::Value>(message);
}
