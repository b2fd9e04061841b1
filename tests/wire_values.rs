//! Values: there and back through messages, equality, and what cannot be written.

mod wire_support;

use ferroport::wire::{
    Defect, ErrorKind, Integer, Object, PropertyKey, Slot, Text, Unwritable, Value, ViewKind, Writer,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use wire_support::seed;
use wire_support::values::value;

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, rng_seed: RngSeed::Fixed(seed()), failure_persistence: None, ..Config::default() })
}

fn back(value: &Value) -> Value {
    Value::from_bytes(&value.to_bytes().unwrap()).unwrap()
}

#[test]
fn any_value_survives_its_message() {
    runner(1_000)
        .run(&value(12), |value| {
            let bytes = value.to_bytes();
            prop_assert!(bytes.is_ok(), "{bytes:?}");
            let bytes = bytes.unwrap();
            let arrived = Value::from_bytes(&bytes);
            prop_assert_eq!(arrived.as_ref(), Ok(&value));
            prop_assert_eq!(arrived.unwrap().to_bytes().unwrap(), bytes, "and its message is the same again");
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_prefix_and_any_changed_byte_of_any_message_is_an_error_or_a_value() {
    runner(100)
        .run(&(value(6), any::<u8>()), |(value, noise)| {
            let bytes = value.to_bytes().unwrap();
            for end in 0..bytes.len() {
                prop_assert!(Value::from_bytes(&bytes[..end]).is_err(), "a part of a message is no message");
            }
            let mut changed = bytes.clone();
            for place in 0..bytes.len() {
                for byte in [noise, bytes[place] ^ 1, bytes[place].wrapping_add(1), 0xff] {
                    changed[place] = byte;
                    if let Ok(value) = Value::from_bytes(&changed) {
                        prop_assert_eq!(&back(&value), &value);
                    }
                }
                changed[place] = bytes[place];
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_value_equals_itself_and_not_one_that_differs_in_a_slot() {
    runner(1_000)
        .run(&value(8), |value| {
            prop_assert_eq!(&value.clone(), &value);
            let other = Value { root: Slot::String("another root".into()), ..value.clone() };
            prop_assert_ne!(&other, &value);
            Ok(())
        })
        .unwrap();
}

#[test]
fn equality_disregards_the_order_of_objects_and_those_nobody_reaches() {
    let mut one = Value::default();
    let inner = one.add(Object::Set(vec![Slot::Number(f64::NAN)]));
    one.root = one.add(Object::Array(vec![Some(inner), None]));
    let mut other = Value::default();
    other.add(Object::Date(0.0));
    other.objects.push(Object::Array(vec![Some(Slot::Object(2)), None]));
    other.add(Object::Set(vec![Slot::Number(f64::NAN)]));
    other.root = Slot::Object(1);
    assert_eq!(one, other);
}

#[test]
fn equality_tells_a_shared_object_from_two_alike() {
    let shared = Value {
        root: Slot::Object(0),
        objects: vec![
            Object::Array(vec![Some(Slot::Object(1)), Some(Slot::Object(1))]),
            Object::Plain(vec![]),
            Object::Plain(vec![]),
        ],
    };
    let mut alike = shared.clone();
    alike.objects[0] = Object::Array(vec![Some(Slot::Object(1)), Some(Slot::Object(2))]);
    assert_ne!(shared, alike);
    assert_ne!(alike, shared);
    assert_eq!(back(&shared), shared);
    assert_eq!(back(&alike), alike);
}

#[test]
fn zero_is_not_minus_zero() {
    assert_ne!(Value::from(Slot::Number(0.0)), Value::from(Slot::Number(-0.0)));
    assert!(matches!(back(&Value::from(Slot::Number(-0.0))).root, Slot::Number(zero) if zero.is_sign_negative()));
}

#[test]
fn all_nans_are_equal() {
    let odd = Value::from(Slot::Number(f64::from_bits(0xfff8_0000_0000_0001)));
    assert_eq!(odd, Value::from(Slot::Number(f64::NAN)));
    assert_eq!(back(&odd), odd);
}

#[test]
fn every_nan_arrives_as_the_same_one() {
    let mut writer = Writer::new();
    writer.number(f64::from_bits(0xfff7_dead_beef_0001));
    let bytes = writer.into_bytes().unwrap();
    assert_eq!(bytes[8..], 0x7ff8_0000_0000_0000_u64.to_le_bytes());
    let mut odd = bytes;
    odd[8] = 1;
    assert!(matches!(Value::from_bytes(&odd).unwrap().root, Slot::Number(nan) if nan.to_bits() == f64::NAN.to_bits()));
}

#[test]
fn a_big_int_keeps_no_leading_zeros_and_zero_no_sign() {
    assert_eq!(Integer::new(true, vec![0, 0]), Integer::new(false, vec![]));
    assert_eq!(Integer::new(true, vec![5, 0]).digits(), [5]);
    assert!(Integer::new(true, vec![5, 0]).is_negative());
}

#[test]
fn shapes_and_packed_arrays_arrive_as_plain_objects_and_arrays() {
    let mut writer = Writer::new();
    writer.begin_array(4);
    let shape = writer.begin_shape(2);
    writer.str("x");
    writer.str("7");
    writer.number(1.0);
    // The shape's first object holds the second.
    writer.begin_shaped(shape);
    writer.number(2.0);
    writer.null();
    writer.packed_ints(&[i32::MIN, -1]);
    writer.packed_doubles(&[-0.0, f64::NAN]);
    let empty = writer.begin_shape(0);
    assert_eq!((shape, empty), (0, 1));
    let arrived = Value::from_bytes(&writer.into_bytes().unwrap()).unwrap();

    let plain = |x, seven| Object::Plain(vec![("x".into(), x), (PropertyKey::Index(7), seven)]);
    let numbers = |numbers: &[f64]| Object::Array(numbers.iter().map(|&n| Some(Slot::Number(n))).collect());
    let expected = Value {
        root: Slot::Object(0),
        objects: vec![
            Object::Array([1, 3, 4, 5].map(|place| Some(Slot::Object(place))).to_vec()),
            plain(Slot::Number(1.0), Slot::Object(2)),
            plain(Slot::Number(2.0), Slot::Null),
            numbers(&[-2_147_483_648.0, -1.0]),
            numbers(&[-0.0, f64::NAN]),
            Object::Plain(vec![]),
        ],
    };
    assert_eq!(arrived, expected);
}

#[test]
fn a_view_and_its_buffer_stay_one_whichever_comes_first() {
    let buffer = Object::ArrayBuffer { bytes: vec![1, 2, 3, 4], max_byte_length: None };
    let view =
        |byte_length| Object::View { kind: ViewKind::Uint8, byte_offset: 0, byte_length: Some(byte_length), buffer: 1 };
    for length in [4, 3] {
        for order in [[1, 2], [2, 1]] {
            let array = Object::Array(order.map(|place| Some(Slot::Object(place))).to_vec());
            let value = Value { root: Slot::Object(0), objects: vec![array, buffer.clone(), view(length)] };
            assert_eq!(back(&value), value);
        }
    }
}

#[test]
fn what_is_no_value_is_refused() {
    let view = |kind, byte_offset, byte_length, buffer| Value {
        root: Slot::Object(0),
        objects: vec![
            Object::View { kind, byte_offset, byte_length, buffer },
            Object::ArrayBuffer { bytes: vec![0; 8], max_byte_length: None },
            Object::Date(0.0),
        ],
    };
    let refused = |value: Value| value.to_bytes().unwrap_err();
    assert_eq!(refused(Slot::Object(3).into()), Unwritable::NoSuchObject(3));
    assert_eq!(refused(view(ViewKind::Int8, 0, Some(8), 9)), Unwritable::NoSuchObject(9));
    let invalid = |value, defect| assert_eq!(refused(value), Unwritable::Invalid(defect));
    invalid(view(ViewKind::Int8, 0, Some(8), 2), Defect::Expected("an ArrayBuffer"));
    invalid(view(ViewKind::Int8, 0, Some(8), 0), Defect::Expected("an ArrayBuffer"));
    invalid(view(ViewKind::Int8, 1, Some(8), 1), Defect::ViewRange);
    invalid(view(ViewKind::Int8, u64::MAX, Some(8), 1), Defect::ViewRange);
    invalid(view(ViewKind::Int16, 1, Some(2), 1), Defect::ViewAlignment);
    invalid(view(ViewKind::Int16, 0, Some(3), 1), Defect::ViewAlignment);
    invalid(view(ViewKind::Int16, 0, None, 1), Defect::ViewTracking);
    let one = |object| Value { root: Slot::Object(0), objects: vec![object] };
    invalid(one(Object::ArrayBuffer { bytes: vec![0; 8], max_byte_length: Some(7) }), Defect::MaxByteLength);
    let sparse =
        |length, key: &str| one(Object::SparseArray { length, properties: vec![(PropertyKey::from(key), Slot::Null)] });
    invalid(sparse(5, "5"), Defect::ArrayKey);
    invalid(sparse(5, "length"), Defect::ArrayKey);
    assert!(sparse(5, "4").to_bytes().is_ok());
    assert!(sparse(5, "4294967295").to_bytes().is_ok(), "no array index, so a name like any other");
    invalid(one(Object::Plain(vec![(PropertyKey::Index(u32::MAX), Slot::Null)])), Defect::Index);
}

#[test]
fn text_is_the_same_however_it_was_made() {
    assert_eq!(Text::from("añ"), Text::from_units(&[0x61, 0xf1]));
    assert_eq!(Text::from("añ"), Text::from_latin1(&[0x61, 0xf1]));
    assert_eq!(Text::from("😀").len(), 2);
    let lone = Text::from_units(&[0x61, 0xd800]);
    assert_eq!((lone.to_utf8(), lone.to_string()), (None, "a\u{fffd}".to_owned()));
    assert_eq!(Text::from("😀").to_utf8().as_deref(), Some("😀"));
    assert!(Text::from("").is_empty());
}

#[test]
fn only_canonical_spellings_are_indices() {
    for (name, index) in [("0", Some(0)), ("10", Some(10)), ("4294967294", Some(u32::MAX - 1))] {
        assert_eq!(PropertyKey::from(name), PropertyKey::Index(index.unwrap()));
    }
    for name in ["", "00", "01", "-1", "1.0", "+1", " 1", "4294967295", "4294967296", "99999999999", "1e3", "１"] {
        assert_eq!(PropertyKey::from(name), PropertyKey::Name(name.into()), "{name}");
    }
}

#[test]
fn an_error_keeps_its_parts_apart() {
    for (message, stack, cause) in
        [(true, false, false), (false, true, false), (false, false, true), (true, true, true)]
    {
        let error = Object::Error {
            kind: ErrorKind::Range,
            message: message.then(|| "m".into()),
            stack: stack.then(|| "s".into()),
            cause: cause.then_some(Slot::Undefined),
        };
        let value = Value { root: Slot::Object(0), objects: vec![error] };
        assert_eq!(back(&value), value);
    }
}
