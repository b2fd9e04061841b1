//! How serde's types look on the wire, and what does not fit.

mod support;

use addon::wire::{Buffer, ErrorKind, ErrorParts, View, ViewKind, Writer};
use ferroport::{BigInt, Date, Port, RecvError, SendError, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;
use support::{bytes, port, ports, sent};

fn there_and_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(values: impl IntoIterator<Item = T>) {
    let (one, other) = ports::<T, T>();
    for value in values {
        // The second and third time structs are shapes.
        for _ in 0..3 {
            one.send(&value).unwrap();
            assert_eq!(other.recv().unwrap(), value);
        }
    }
}

/// What a value is as another type.
fn seen_as<T: Serialize, U: DeserializeOwned>(value: &T) -> Result<U, ferroport::Error> {
    let (one, other) = ports::<(), ()>();
    let (one, other): (Port<(), T>, Port<U, ()>) = (one.into_typed(), other.into_typed());
    one.send(value).unwrap();
    match other.recv() {
        Ok(value) => Ok(value),
        Err(RecvError::Invalid(error)) => Err(error),
        Err(RecvError::Closed) => panic!(),
    }
}

fn read<T: DeserializeOwned>(write: impl FnOnce(&mut Writer)) -> Result<T, String> {
    match sent::<T>(write).recv() {
        Ok(value) => Ok(value),
        Err(error) => Err(error.to_string()),
    }
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct Point {
    x: f64,
    y: Option<i32>,
    name: String,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Nested {
    id: u32,
    points: Vec<Point>,
    pair: (u8, String),
    #[serde(skip_serializing_if = "Option::is_none", default)]
    note: Option<String>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Unit;
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Newtype(u32);
#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Tuple(u32, String);

fn point() -> Point {
    Point { x: 1.5, y: Some(-3), name: "päth π".into() }
}

#[test]
fn primitives_arrive_as_they_were_sent() {
    there_and_back([true, false]);
    there_and_back([0_i8, -128, 127]);
    there_and_back([0_u16, 65535]);
    there_and_back([0_i32, i32::MIN, i32::MAX, 1 << 23, -(1 << 23) - 1]);
    there_and_back([0_u32, u32::MAX]);
    there_and_back([0_i64, i64::MIN, i64::MAX, 1 << 53, (1 << 53) - 1, -(1 << 53)]);
    there_and_back([0_u64, u64::MAX, 1 << 53, (1 << 53) - 1]);
    there_and_back([0_i128, i128::MIN, i128::MAX, -1]);
    there_and_back([0_u128, u128::MAX]);
    there_and_back([0.0, 1.0, -2.5, f64::MAX, f64::INFINITY, 1e300]);
    there_and_back([0.5_f32, f32::MIN]);
    there_and_back(['a', 'ä', 'π', '🎉']);
    there_and_back(["", "ascii", "lätin", "π", "🎉"].map(String::from));
    there_and_back([()]);
    there_and_back([None, Some(1_u8)]);
    assert!(seen_as::<f64, f64>(&-0.0).unwrap().is_sign_negative());
    assert!(seen_as::<f64, f64>(&f64::NAN).unwrap().is_nan());
}

#[test]
fn compounds_arrive_as_they_were_sent() {
    there_and_back([point()]);
    there_and_back([
        Nested { id: 1, points: vec![point(), point()], pair: (7, "p".into()), note: None },
        Nested { id: 2, points: vec![], pair: (0, String::new()), note: Some("n".into()) },
        Nested { id: 3, points: vec![point()], pair: (0, String::new()), note: None },
    ]);
    there_and_back([Unit]);
    there_and_back([Newtype(3)]);
    there_and_back([Tuple(1, "t".into())]);
    there_and_back([vec![1.5, 2.0], vec![]]);
    there_and_back([[1_u8, 2, 3]]);
    there_and_back([BTreeMap::from([("a".to_owned(), 1), ("0".to_owned(), 2)])]);
    there_and_back([BTreeMap::from([(1_u32, "a".to_owned()), (9, "b".to_owned())])]);
    there_and_back([BTreeMap::from([((1_u8, true), vec![1])])]);
    there_and_back([HashMap::from([("x".to_owned(), point())])]);
    there_and_back([BTreeSet::from([1, 2, 3])]);
    there_and_back([ByteBuf::from(vec![1, 2, 3]), ByteBuf::new(), ByteBuf::from(vec![9; 100_000])]);
    there_and_back([Date(0.0), Date(-1.5)]);
    there_and_back([BigInt(0), BigInt(-5), BigInt(i128::MAX)]);
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
enum External {
    Nothing,
    One(u32),
    Two(u32, String),
    Fields {
        at: Point,
        #[serde(with = "serde_bytes")]
        data: Vec<u8>,
    },
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(tag = "op")]
enum Internal {
    Hash { id: u32, data: ByteBuf, large: u64 },
    Wrapped(Point),
    Stop,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Nothing,
    One(f64),
    Two(u32, String),
    Fields { at: Date },
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(untagged)]
enum Untagged {
    Number(f64),
    Text(String),
    Point(Point),
    List(Vec<u32>),
}

#[test]
fn enums_arrive_in_all_four_representations() {
    there_and_back([
        External::Nothing,
        External::One(1),
        External::Two(2, "two".into()),
        External::Fields { at: point(), data: vec![1, 2] },
    ]);
    there_and_back([
        Internal::Hash { id: 1, data: ByteBuf::from(vec![1]), large: u64::MAX },
        Internal::Hash { id: 1, data: ByteBuf::from(vec![1]), large: 5_000_000_000 },
        Internal::Wrapped(point()),
        Internal::Stop,
    ]);
    there_and_back([
        Adjacent::Nothing,
        Adjacent::One(1.5),
        Adjacent::Two(1, "x".into()),
        Adjacent::Fields { at: Date(5.0) },
    ]);
    there_and_back([
        Untagged::Number(0.5),
        Untagged::Text("t".into()),
        Untagged::Point(point()),
        Untagged::List(vec![1, 2]),
    ]);
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Flat {
    id: u32,
    #[serde(flatten)]
    rest: BTreeMap<String, f64>,
}

#[test]
fn a_struct_with_flattened_fields_is_an_object() {
    there_and_back([Flat { id: 1, rest: BTreeMap::from([("a".into(), 1.5), ("7".into(), 2.0)]) }]);
    let value: Value = seen_as(&Flat { id: 1, rest: BTreeMap::from([("a".into(), 1.5)]) }).unwrap();
    assert_eq!(value, Value::Object(vec![("id".into(), Value::Number(1.0)), ("a".into(), Value::Number(1.5))]));
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(serialize_with = "ferroport::mapping::object")]
    object: BTreeMap<u32, &'a str>,
    #[serde(serialize_with = "ferroport::mapping::set")]
    set: Vec<u8>,
    #[serde(serialize_with = "ferroport::mapping::null")]
    null: Option<u8>,
    map: BTreeMap<&'a str, u8>,
    none: Option<u8>,
    bytes: &'a serde_bytes::Bytes,
    variant: External,
    large: u64,
    small: i64,
    big: BigInt,
    date: Date,
}

#[test]
fn values_look_as_the_table_says() {
    let value: Value = seen_as(&Written {
        object: BTreeMap::from([(3, "three")]),
        set: vec![1, 2],
        null: None,
        map: BTreeMap::from([("k", 1)]),
        none: None,
        bytes: serde_bytes::Bytes::new(&[1]),
        variant: External::One(1),
        large: 1 << 53,
        small: -(1 << 53) + 1,
        big: BigInt(1),
        date: Date(8.0),
    })
    .unwrap();
    let number = Value::Number;
    let text = |text: &str| Value::String(text.into());
    assert_eq!(
        value,
        Value::Object(vec![
            ("object".into(), Value::Object(vec![("3".into(), text("three"))])),
            ("set".into(), Value::Set(vec![number(1.0), number(2.0)])),
            ("null".into(), Value::Null),
            ("map".into(), Value::Map(vec![(text("k"), number(1.0))])),
            ("none".into(), Value::Undefined),
            ("bytes".into(), Value::Bytes(vec![1])),
            ("variant".into(), Value::Object(vec![("One".into(), number(1.0))])),
            ("large".into(), Value::BigInt(1 << 53)),
            ("small".into(), number(-9007199254740991.0)),
            ("big".into(), Value::BigInt(1)),
            ("date".into(), Value::Date(8.0)),
        ])
    );
}

#[test]
fn a_value_arrives_as_it_was_sent() {
    there_and_back([
        Value::Undefined,
        Value::Null,
        Value::Bool(true),
        Value::Number(-1.5),
        Value::BigInt(7),
        Value::String("s".into()),
        Value::Date(1.0),
        Value::Bytes(vec![1, 2]),
        Value::Array(vec![Value::Null, Value::Array(vec![])]),
        Value::Object(vec![("a".into(), Value::Set(vec![Value::Number(1.0)])), ("1".into(), Value::Undefined)]),
        Value::Map(vec![(Value::Date(1.0), Value::Object(vec![])), (Value::Null, Value::Map(vec![]))]),
    ]);
    there_and_back([(1_u8, Some(Value::Set(vec![])), "x".to_owned())]);
}

#[test]
fn a_struct_is_a_shape_from_the_third_time_on_and_with_other_fields_an_object_again() {
    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Often {
        first: u32,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        one: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        other: Option<u32>,
    }
    let (theirs, ours) = addon::channel::channel();
    let ours = port::<(), Often>(ours);
    let tag = |value: &Often| {
        ours.send(value).unwrap();
        match theirs.poll() {
            addon::channel::Poll::Message(message) => message.bytes[4],
            _ => panic!(),
        }
    };
    let one = Often { first: 1, one: Some(1), other: None };
    let tags: Vec<u8> = (0..4).map(|_| tag(&one)).collect();
    assert_eq!((tags[0], tags[3]), (0x20, 0x40), "{tags:x?}");
    // As many fields, but others: what was begun as a shape is written once more.
    let other = Often { first: 1, one: None, other: Some(2) };
    assert_eq!(tag(&other), 0x20);
    assert_eq!(tag(&one), 0x20);
    there_and_back([one, other]);
}

#[test]
fn bytes_and_texts_are_borrowed_from_the_message() {
    #[derive(Deserialize)]
    struct Borrowed<'a> {
        text: &'a str,
        #[serde(with = "serde_bytes")]
        data: &'a [u8],
    }
    let ours = sent::<()>(|writer| {
        writer.begin_object(2);
        writer.str("text");
        writer.str("hello");
        writer.str("data");
        writer.whole_view(ViewKind::Uint8, &[1, 2, 3]);
    });
    let mut message = ours.recv_message().unwrap();
    let Borrowed { text, data } = message.read().unwrap();
    assert_eq!((text, data), ("hello", &[1_u8, 2, 3][..]));
}

#[test]
fn what_only_javascript_writes_is_read() {
    let array = |writer: &mut Writer| {
        writer.begin_array(3);
        writer.int(1);
        writer.hole();
        writer.null();
    };
    assert_eq!(read::<Vec<Option<u8>>>(array), Ok(vec![Some(1), None, None]));
    assert_eq!(read::<Vec<i32>>(|writer| writer.packed_ints(&[1, -2])), Ok(vec![1, -2]));
    assert_eq!(read::<Vec<f64>>(|writer| writer.packed_doubles(&[1.0, 0.5])), Ok(vec![1.0, 0.5]));
    assert_eq!(read::<Vec<u64>>(|writer| writer.packed_doubles(&[1.0, 2.0])), Ok(vec![1, 2]));
    let units: Vec<u16> = "ab".encode_utf16().collect();
    assert_eq!(
        read::<Vec<String>>(|writer| {
            writer.begin_array(2);
            writer.run(&[&units, &[]]);
        }),
        Ok(vec!["ab".into(), String::new()])
    );
    for kind in [ViewKind::Float64, ViewKind::BigInt64, ViewKind::Int8, ViewKind::Uint32] {
        let list = read::<Vec<f64>>(|writer| writer.whole_view(kind, &[0; 8])).unwrap();
        assert_eq!(list.len() as u64, 8 / kind.element_size(), "{kind:?}");
    }
    assert_eq!(read::<Vec<f32>>(|writer| writer.whole_view(ViewKind::Float32, &1.5_f32.to_le_bytes())), Ok(vec![1.5]));
    let buffer = |writer: &mut Writer| writer.array_buffer(Buffer { bytes: &[1, 2, 3, 4], max_byte_length: Some(8) });
    assert_eq!(read::<ByteBuf>(buffer), Ok(ByteBuf::from(vec![1, 2, 3, 4])));
    let view = |offset, length| {
        move |writer: &mut Writer| {
            writer.begin_view(View { kind: ViewKind::Uint8, byte_offset: offset, byte_length: length });
            buffer(writer);
        }
    };
    assert_eq!(read::<ByteBuf>(view(1, Some(2))), Ok(ByteBuf::from(vec![2, 3])));
    assert_eq!(read::<ByteBuf>(view(3, None)), Ok(ByteBuf::from(vec![4])));
    assert!(read::<ByteBuf>(view(3, Some(2))).unwrap_err().contains("does not fit into its buffer"));
    assert!(read::<ByteBuf>(view(5, None)).unwrap_err().contains("does not fit into its buffer"));
    assert_eq!(read::<bool>(|writer| writer.boolean_object(true)), Ok(true));
    assert_eq!(read::<u32>(|writer| writer.number_object(7.0)), Ok(7));
    assert_eq!(read::<u64>(|writer| writer.bigint_object(false, &[5])), Ok(5));
    assert_eq!(
        read::<String>(|writer| {
            writer.begin_string_object();
            writer.str("s");
        }),
        Ok("s".into())
    );
    let shape = |writer: &mut Writer| {
        writer.begin_array(2);
        let shape = writer.begin_shape(2);
        writer.str("a");
        writer.str("b");
        writer.int(1);
        writer.int(2);
        writer.begin_shaped(shape);
        writer.int(3);
        writer.int(4);
    };
    let objects = vec![
        BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]),
        BTreeMap::from([("a".to_owned(), 3), ("b".to_owned(), 4)]),
    ];
    assert_eq!(read::<Vec<BTreeMap<String, u8>>>(shape), Ok(objects));
    let sparse = |writer: &mut Writer| {
        let open = writer.open_sparse_array(3, 1);
        writer.index(1);
        writer.str("x");
        writer.close(open, 1);
    };
    assert_eq!(read::<Vec<Option<String>>>(sparse), Ok(vec![None, Some("x".into()), None]));
    #[derive(Deserialize, PartialEq, Debug)]
    struct Failure {
        name: String,
        message: String,
        cause: Option<u8>,
    }
    let error = |writer: &mut Writer| {
        writer.begin_error(ErrorKind::Type, ErrorParts { message: true, stack: false, cause: true });
        writer.str("no");
        writer.int(5);
    };
    assert_eq!(read::<Failure>(error), Ok(Failure { name: "TypeError".into(), message: "no".into(), cause: Some(5) }));
    #[derive(Deserialize, PartialEq, Debug)]
    struct Pattern {
        source: String,
        flags: String,
    }
    let regexp = |writer: &mut Writer| {
        writer.begin_regexp();
        writer.str("a+");
        writer.str("g");
    };
    assert_eq!(read::<Pattern>(regexp), Ok(Pattern { source: "a+".into(), flags: "g".into() }));
    let by_number = |writer: &mut Writer| {
        writer.begin_object(2);
        writer.index(1);
        writer.int(10);
        writer.str("-2");
        writer.int(20);
    };
    assert_eq!(read::<BTreeMap<i32, u8>>(by_number), Ok(BTreeMap::from([(1, 10), (-2, 20)])));
}

#[test]
fn an_object_that_stands_in_a_message_twice_is_read_twice() {
    let twice = |writer: &mut Writer| {
        writer.begin_array(3);
        writer.begin_object(1);
        writer.str("n");
        writer.begin_array(1);
        writer.int(1);
        writer.reference(1);
        writer.reference(2);
    };
    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(untagged)]
    enum Part {
        Object { n: Vec<u8> },
        List(Vec<u8>),
    }
    let expected = vec![Part::Object { n: vec![1] }, Part::Object { n: vec![1] }, Part::List(vec![1])];
    assert_eq!(read::<Vec<Part>>(twice), Ok(expected));
    let views = |writer: &mut Writer| {
        writer.begin_array(2);
        writer.whole_view(ViewKind::Uint8, &[1, 2, 3, 4]);
        writer.begin_view(View { kind: ViewKind::Uint8, byte_offset: 1, byte_length: Some(2) });
        writer.reference(2);
    };
    assert_eq!(read::<Vec<ByteBuf>>(views), Ok(vec![ByteBuf::from(vec![1, 2, 3, 4]), ByteBuf::from(vec![2, 3])]));
    let itself = |writer: &mut Writer| {
        writer.begin_array(1);
        writer.reference(0);
    };
    assert!(read::<Value>(itself).unwrap_err().contains("or contains itself"));
    // 2^60 values in a message of 1 KiB.
    let bomb = |writer: &mut Writer| {
        writer.begin_array(61);
        writer.begin_array(0);
        for level in 1..=60 {
            writer.begin_array(2);
            writer.reference(level);
            writer.reference(level);
        }
    };
    assert!(read::<Value>(bomb).unwrap_err().contains("more often than"));
    assert!(read::<serde::de::IgnoredAny>(bomb).is_ok());
}

#[test]
fn what_does_not_fit_names_the_place_and_what_was_expected() {
    fn of<T: DeserializeOwned + Debug>(value: &impl Serialize) -> String {
        seen_as::<_, T>(value).unwrap_err().to_string()
    }
    assert_eq!(of::<u32>(&"a"), "invalid type: string \"a\", expected u32");
    assert_eq!(of::<u8>(&256), "invalid value: integer `256`, expected u8");
    assert_eq!(of::<u32>(&1.5), "invalid type: floating point `1.5`, expected u32");
    assert_eq!(of::<u64>(&1e17), "invalid type: floating point `100000000000000000.0`, expected u64");
    assert_eq!(of::<String>(&1), "invalid type: integer `1`, expected a string");
    assert_eq!(of::<f64>(&true), "invalid type: boolean `true`, expected f64");
    assert_eq!(of::<Vec<u8>>(&vec![1, 2, 300]), "at [2]: invalid value: integer `300`, expected u8");
    assert_eq!(of::<(u8, u8)>(&vec![1]), "invalid length 1, expected a tuple of size 2");
    assert_eq!(of::<(u8, u8)>(&vec![1, 2, 3]), "1 elements more than expected");
    let nested =
        Nested { id: 1, points: vec![point(), Point { y: Some(5), ..point() }], pair: (1, "p".into()), note: None };
    #[derive(Deserialize, Debug)]
    #[allow(dead_code)]
    struct OtherPoint {
        y: i8,
        name: u32,
    }
    #[derive(Deserialize, Debug)]
    #[allow(dead_code)]
    struct OtherNested {
        points: Vec<OtherPoint>,
    }
    assert_eq!(of::<OtherNested>(&nested), "at .points[0].name: invalid type: string \"päth π\", expected u32");
    #[derive(Deserialize, Debug)]
    #[allow(dead_code)]
    struct Missing {
        id: u32,
        absent: u32,
    }
    assert_eq!(of::<Missing>(&nested), "missing field `absent`");
    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Strict {
        id: u32,
    }
    assert_eq!(of::<Strict>(&nested), "at .points: unknown field `points`, expected `id`");
    assert_eq!(
        of::<BTreeMap<String, u8>>(&BTreeMap::from([("a", 1), ("b", 999)])),
        "at .entries()[1][1]: invalid value: integer `999`, expected u8"
    );
    assert_eq!(
        of::<BTreeMap<u8, u8>>(&BTreeMap::from([("a", 1)])),
        "at .entries()[0][0]: invalid type: string \"a\", expected u8"
    );
    assert_eq!(
        of::<Flat>(&BTreeMap::from([("id", "x")])),
        "at .entries()[0][1]: invalid type: string \"x\", expected u32"
    );
    assert_eq!(of::<External>(&"Other"), "unknown variant `Other`, expected one of `Nothing`, `One`, `Two`, `Fields`");
    assert_eq!(of::<External>(&"One"), "invalid type: unit variant, expected newtype variant");
    assert_eq!(of::<External>(&7), "invalid type: integer `7`, expected enum External");
    #[derive(Serialize)]
    enum Wrong {
        One(&'static str),
        Fields { at: u8 },
        Two(u8),
        Unknown(u8),
    }
    assert_eq!(of::<External>(&Wrong::One("x")), "at .One: invalid type: string \"x\", expected u32");
    assert_eq!(
        of::<External>(&Wrong::Fields { at: 1 }),
        "at .Fields.at: invalid type: integer `1`, expected struct Point"
    );
    assert_eq!(
        of::<External>(&Wrong::Two(1)),
        "at .Two: invalid type: integer `1`, expected tuple variant External::Two"
    );
    assert_eq!(
        of::<External>(&Wrong::Unknown(1)),
        "at .Unknown: unknown variant `Unknown`, expected one of `Nothing`, `One`, `Two`, `Fields`"
    );
    assert_eq!(
        of::<External>(&point()),
        "an object with 3 properties, expected one whose only key is the name of a variant"
    );
    assert_eq!(of::<Internal>(&point()), "missing field `op`");
    assert_eq!(of::<Untagged>(&true), "data did not match any variant of untagged enum Untagged");
    assert_eq!(of::<Date>(&1), "invalid type: integer `1`, expected a Date");
    assert_eq!(of::<ferroport::AnyPort>(&1), "invalid type: integer `1`, expected a MessagePort");
    assert_eq!(of::<ferroport::AbortSignal>(&"x"), "invalid type: string \"x\", expected a SharedAbortSignal");
    assert_eq!(
        of::<BTreeSet<u8>>(&Written {
            object: BTreeMap::new(),
            set: vec![],
            null: None,
            map: BTreeMap::new(),
            none: None,
            bytes: serde_bytes::Bytes::new(&[]),
            variant: External::Nothing,
            large: 0,
            small: 0,
            big: BigInt(0),
            date: Date(0.0),
        }),
        "invalid type: map, expected a sequence"
    );
    assert_eq!(of::<i64>(&u64::MAX), format!("invalid value: integer `{}`, expected i64", u64::MAX));
    let lone = |writer: &mut Writer| {
        writer.begin_array(1);
        writer.utf16(&[0xd800]);
    };
    assert_eq!(
        read::<Vec<String>>(lone).unwrap_err(),
        "at [0]: a string with half of a surrogate pair, expected a well-formed one"
    );
    let huge = |writer: &mut Writer| writer.bigint(false, &[1, 2, 3]);
    assert_eq!(read::<u128>(huge).unwrap_err(), "a BigInt of more than 128 bits, expected a smaller one");
    assert_eq!(
        read::<Value>(|writer| writer.sidecar(0)).unwrap_err(),
        "an object that only JavaScript can read, expected data"
    );
    let set = |writer: &mut Writer| {
        writer.begin_set(2);
        writer.int(1);
        writer.str("x");
    };
    assert_eq!(read::<Vec<u8>>(set).unwrap_err(), "at .values()[1]: invalid type: string \"x\", expected u8");
    let wide = |writer: &mut Writer| {
        let open = writer.open_sparse_array(u32::MAX, 0);
        writer.close(open, 0);
    };
    assert!(read::<Value>(wide).unwrap_err().contains("expected a denser one"));
    let deep = |writer: &mut Writer| {
        for _ in 0..200 {
            writer.begin_array(1);
        }
        writer.int(1);
    };
    assert!(read::<Value>(deep).unwrap_err().starts_with("at [0][0]"));
    assert!(
        read::<serde::de::IgnoredAny>(|writer| {
            for _ in 0..1_000_000 {
                writer.begin_array(1);
            }
            writer.int(1);
        })
        .is_ok()
    );
}

#[test]
fn what_has_no_form_names_the_place() {
    fn of(value: &impl Serialize) -> String {
        let (one, _other) = ports::<(), ()>();
        let one: Port<(), _> = one.into_typed();
        match one.send(value) {
            Err(SendError::Invalid(error)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }
    struct Fails;
    impl Serialize for Fails {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("cannot"))
        }
    }
    #[derive(Serialize)]
    struct Holds {
        list: Vec<Option<(u8, Fails)>>,
    }
    assert_eq!(of(&Fails), "cannot");
    assert_eq!(of(&Holds { list: vec![None, Some((1, Fails))] }), "at .list[1][1]: cannot");
    assert_eq!(of(&BTreeMap::from([("k", Fails)])), "at .entries()[0][1]: cannot");
    #[derive(Serialize)]
    enum Variants {
        Field { inner: Fails },
        Tuple(u8, Fails),
        New(Fails),
    }
    assert_eq!(of(&Variants::Field { inner: Fails }), "at .Field.inner: cannot");
    assert_eq!(of(&Variants::Tuple(1, Fails)), "at .Tuple[1]: cannot");
    assert_eq!(of(&Variants::New(Fails)), "at .New: cannot");
    #[derive(Serialize)]
    struct Keys {
        #[serde(serialize_with = "ferroport::mapping::object")]
        map: BTreeMap<(u8, u8), u8>,
    }
    assert_eq!(
        of(&Keys { map: BTreeMap::from([((1, 2), 3)]) }),
        "at .map: a key of an object must be a string or a number"
    );
    let mut deep = Value::Null;
    for _ in 0..200 {
        deep = Value::Array(vec![deep]);
    }
    assert!(of(&deep).ends_with("the value is nested more than 128 levels deep"));
    // Nothing of the message was sent, and the next one goes.
    let (one, other) = ports::<Value, Value>();
    assert!(one.send(&deep).is_err());
    one.send(&Value::Null).unwrap();
    assert_eq!(other.recv().unwrap(), Value::Null);
}

#[test]
fn what_is_written_is_a_message() {
    let value = Nested { id: 1, points: vec![point()], pair: (1, "p".into()), note: Some("n".into()) };
    for _ in 0..5 {
        let bytes = bytes(&value);
        addon::wire::check(&bytes, addon::wire::Form::Local(&addon::wire::KnownShapes)).unwrap();
    }
}

#[test]
fn mutated_messages_are_errors_or_values_and_nothing_else() {
    let original = bytes(&(
        Nested { id: 1, points: vec![point(), point()], pair: (1, "p".into()), note: Some("n".into()) },
        [External::Nothing, External::Two(1, "x".into())],
        BTreeMap::from([(Date(1.0).0 as u32, Value::Set(vec![Value::BigInt(1)]))]),
        ByteBuf::from(vec![1, 2, 3]),
    ));
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for _ in 0..200_000 {
        let mut bytes = original.clone();
        for _ in 0..1 + random() % 4 {
            let place = random() as usize % bytes.len();
            bytes[place] = random() as u8;
        }
        if random() % 8 == 0 {
            bytes.truncate((random() as usize % bytes.len()) & !3);
        }
        let (theirs, ours) = addon::channel::channel();
        theirs.send_bytes(&bytes).unwrap();
        theirs.send_bytes(&bytes).unwrap();
        theirs.send_bytes(&bytes).unwrap();
        let ours = port::<Value, ()>(ours);
        let _ = ours.recv();
        let mut message = ours.recv_message().unwrap();
        let _ = message.read::<(Nested, [External; 2], BTreeMap<u32, Value>, ByteBuf)>();
        let _ = ours.recv_message().unwrap().read::<(Internal, Untagged)>();
    }
}
