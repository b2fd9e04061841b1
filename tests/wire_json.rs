//! Values and JSON: every JSON value is a value; what JSON cannot hold is refused by name and place.

mod wire_support;

use ferroport::wire::{ErrorKind, Integer, JsonDefect, NotJson, Object, PropertyKey, Slot, Text, Value};
use serde_json::{Value as Json, json};
use wire_support::{Random, seed};

fn through(json: &Json) -> Json {
    let bytes = Value::from(json.clone()).to_bytes().unwrap();
    Value::from_bytes(&bytes).unwrap().try_into().unwrap()
}

fn random_json(random: &mut Random, depth: usize) -> Json {
    match random.below(if depth == 0 { 5 } else { 7 }) {
        0 => Json::Null,
        1 => json!(random.below(2) == 0),
        2 => json!(random.next() as i32),
        3 => json!(f64::from_bits(random.next() >> 2) + 0.5),
        4 => json!(["", "a", "é", "π", "😀", "12", "__proto__"][random.below(7)]),
        5 => (0..random.below(5)).map(|_| random_json(random, depth - 1)).collect(),
        _ => (0..random.below(5)).map(|n| (format!("k{n}"), random_json(random, depth - 1))).collect(),
    }
}

#[test]
fn any_json_survives_being_a_message() {
    let mut random = Random::new(seed());
    for _ in 0..3_000 {
        let json = random_json(&mut random, 5);
        assert_eq!(through(&json), json);
    }
}

#[test]
fn integers_stay_integers_and_zero_keeps_its_sign() {
    assert_eq!(through(&json!([1, -1, 1.5, 9_007_199_254_740_991_i64])).to_string(), "[1,-1,1.5,9007199254740991]");
    assert_eq!(through(&json!(-0.0)).to_string(), "-0.0");
    assert_eq!(through(&json!(1.0)).to_string(), "1");
}

#[test]
fn integers_beyond_a_float64_become_the_nearest_as_json_parse_does() {
    assert_eq!(through(&json!(u64::MAX)), json!(18_446_744_073_709_551_615.0_f64));
}

fn refusal(value: Value) -> (JsonDefect, String) {
    let NotJson { path, defect } = Json::try_from(value).unwrap_err();
    (defect, path)
}

#[test]
fn what_json_cannot_hold_is_refused_by_name() {
    let lone = || Text::from_units(&[0xd800]);
    let refused = [
        (Slot::Undefined, JsonDefect::Undefined),
        (Slot::Number(f64::NAN), JsonDefect::NotFinite),
        (Slot::Number(f64::INFINITY), JsonDefect::NotFinite),
        (Slot::BigInt(Integer::new(false, vec![1])), JsonDefect::BigInt),
        (Slot::String(lone()), JsonDefect::LoneSurrogate),
        (Slot::Object(9), JsonDefect::NoSuchObject),
    ];
    for (slot, defect) in refused {
        assert_eq!(refusal(slot.into()), (defect, String::new()));
    }
    let error = Object::Error { kind: ErrorKind::Type, message: None, stack: None, cause: None };
    let classes = [
        (Object::Boolean(true), JsonDefect::Class("Boolean")),
        (Object::Date(0.0), JsonDefect::Class("Date")),
        (Object::Map(vec![]), JsonDefect::Class("Map")),
        (error, JsonDefect::Class("TypeError")),
        (Object::ArrayBuffer { bytes: vec![], max_byte_length: None }, JsonDefect::Class("ArrayBuffer")),
        (Object::Array(vec![None]), JsonDefect::Hole),
        (Object::SparseArray { length: 1, properties: vec![] }, JsonDefect::SparseArray),
        (Object::Plain(vec![(PropertyKey::Name(lone()), Slot::Null)]), JsonDefect::LoneSurrogate),
    ];
    for (object, defect) in classes {
        assert_eq!(refusal(Value { root: Slot::Object(0), objects: vec![object] }).0, defect);
    }
}

#[test]
fn a_refusal_says_where() {
    let mut value = Value::default();
    let when = value.add(Object::Date(0.0));
    let job = value.add(Object::Plain(vec![("when".into(), when)]));
    let odd = value.add(Object::Plain(vec![("a b".into(), job)]));
    let jobs = value.add(Object::Array(vec![Some(Slot::Null), Some(odd)]));
    value.root = value.add(Object::Plain(vec![("jobs".into(), jobs)]));
    let refusal = Json::try_from(&value).unwrap_err();
    assert_eq!(refusal.path, ".jobs[1][\"a b\"].when");
    assert_eq!(refusal.to_string(), "JSON cannot hold an object of class Date (.jobs[1][\"a b\"].when)");
}

#[test]
fn sharing_and_cycles_are_refused() {
    let twice = Object::Array(vec![Some(Slot::Object(1)), Some(Slot::Object(1))]);
    let value = Value { root: Slot::Object(0), objects: vec![twice, Object::Plain(vec![])] };
    assert_eq!(refusal(value), (JsonDefect::Shared, "[1]".into()));
    let cycle = Value { root: Slot::Object(0), objects: vec![Object::Array(vec![Some(Slot::Object(0))])] };
    assert_eq!(refusal(cycle), (JsonDefect::Shared, "[0]".into()));
}

#[test]
fn nesting_is_refused_where_serde_json_would_refuse_it() {
    let nested = |depth: usize| Value {
        root: Slot::Object(0),
        objects: (1..=depth)
            .map(|next| Object::Array(if next < depth { vec![Some(Slot::Object(next))] } else { vec![] }))
            .collect(),
    };
    let deepest = Json::try_from(nested(127)).unwrap();
    assert!(serde_json::from_str::<Json>(&deepest.to_string()).is_ok());
    assert_eq!(refusal(nested(128)).0, JsonDefect::TooDeep);
    assert!(serde_json::from_str::<Json>(&format!("{}{}", "[".repeat(128), "]".repeat(128))).is_err());
}

#[test]
fn json_nested_deeper_than_the_stack_becomes_a_value() {
    let mut json = Json::Null;
    for _ in 0..1_000_000 {
        json = Json::Array(vec![json]);
    }
    let value = Value::from(json);
    assert_eq!(value.objects.len(), 1_000_000);
}
