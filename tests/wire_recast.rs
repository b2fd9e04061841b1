//! Messages on their way from process to process: written in the in-process form, sent in the linked one, read in the in-process form.

#[path = "../fuzz/recast_body.rs"]
mod recast_body;
mod wire_support;

use ferroport::wire::{
    Buffer, Defect, ErrorKind, ErrorParts, Form, KnownShapes, Learned, NotPortable, OFTEN_ENOUGH, Recast, Value,
    ViewKind, Writer, check, tag,
};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use recast_body::recast_anything;
use wire_support::examples::examples;
use wire_support::values::value;
use wire_support::{Random, damage, insert, seed};

fn units(key: &str) -> Box<[u16]> {
    key.encode_utf16().collect()
}

fn shape(keys: &[&str]) -> u32 {
    KnownShapes.intern(keys.iter().map(|key| units(key)).collect(), OFTEN_ENOUGH).unwrap()
}

fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.into_bytes().unwrap()
}

fn for_link(message: &[u8]) -> Vec<u8> {
    Recast::for_link(message, false).unwrap().to_vec()
}

/// One value of any kind that has to do with padding, or with shapes; the same in both writers, but for how objects are written.
fn any_value(random: &mut Random, depth: usize, writers: [&mut Writer; 2], shapes: &[(u32, &[&str])]) {
    let [local, plain] = writers;
    let mut both = |write: &dyn Fn(&mut Writer)| {
        write(local);
        write(plain);
    };
    let number = random.below(1000) as f64 + 0.5;
    let digits = [random.next() | 1, random.next() | 1];
    match random.below(if depth == 0 { 11 } else { 15 }) {
        0 => both(&|w| w.number(number)),
        1 => both(&|w| w.date(number)),
        2 => both(&|w| w.bigint(true, &digits)),
        3 => both(&|w| w.bigint_object(false, &digits[..1])),
        4 => both(&|w| w.number_object(number)),
        5 => both(&|w| w.number_object(3.0)),
        6 => both(&|w| w.packed_doubles(&[number, 2.5, -number])),
        7 => both(&|w| w.packed_ints(&[1, 2, 3])),
        8 => both(&|w| w.str(if number < 500.0 { "word" } else { "wörd π" })),
        9 => both(&|w| w.whole_view(ViewKind::Float64, &[7; 16])),
        10 => both(&|w| w.array_buffer(Buffer { bytes: &[1, 2, 3], max_byte_length: None })),
        11 => {
            let length = random.below(4);
            both(&|w| w.begin_array(length as u32));
            (0..length).for_each(|_| any_value(random, depth - 1, [&mut *local, &mut *plain], shapes));
        }
        12 => {
            both(&|w| w.begin_object(1));
            both(&|w| w.index(3_000_000_000));
            any_value(random, depth - 1, [local, plain], shapes);
        }
        _ => {
            let (number, keys) = shapes[random.below(shapes.len())];
            local.begin_local_shaped(number);
            plain.begin_object(keys.len() as u32);
            for key in keys {
                plain.str(key);
                any_value(random, depth - 1, [&mut *local, &mut *plain], shapes);
            }
        }
    }
}

#[test]
fn whatever_is_sent_over_a_link_is_the_same_value_there() {
    let lists: [&[&str]; 5] =
        [&[], &["recast"], &["recast x", "y"], &["ü", "π recast", "z"], &["recast a", "b", "c", "d"]];
    let shapes: Vec<(u32, &[&str])> = lists.iter().map(|keys| (shape(keys), *keys)).collect();
    let mut random = Random::new(seed());
    let mut learned = Learned::default();
    let mut was_shaped = 0;
    for _ in 0..20_000 {
        let (mut local, mut plain) = (Writer::new(), Writer::new());
        any_value(&mut random, 4, [&mut local, &mut plain], &shapes);
        let (local, plain) = (local.into_bytes().unwrap(), plain.into_bytes().unwrap());
        let expected = Value::from_bytes(&plain).unwrap();

        let sent = for_link(&local);
        assert_eq!(Value::from_bytes(&sent).as_ref(), Ok(&expected), "the form for links is portable");
        let arrived = Recast::from_link(&sent, &mut learned).unwrap().to_vec();
        check(&arrived, Form::Local(&KnownShapes)).unwrap();
        was_shaped += usize::from(arrived[3] & tag::FLAG_LOCAL as u8 != 0);
        let again = for_link(&arrived);
        assert_eq!(Value::from_bytes(&again), Ok(expected), "and what has come is what was sent");
    }
    assert!(was_shaped > 1000, "shapes are learned");
}

#[test]
fn any_value_in_the_portable_form_goes_over_a_link_as_it_is() {
    let config =
        Config { cases: 300, rng_seed: RngSeed::Fixed(seed()), failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&value(12), |value| {
            let bytes = value.to_bytes().unwrap();
            assert_eq!(Recast::for_link(&bytes, false).unwrap().unchanged(), Some(&bytes[..]));
            let mut learned = Learned::default();
            assert_eq!(Recast::from_link(&bytes, &mut learned).unwrap().unchanged(), Some(&bytes[..]));
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_shape_is_written_once_with_its_keys() {
    let number = shape(&["once", "π"]);
    let local = written(|w| {
        w.begin_array(3);
        for _ in 0..3 {
            w.begin_local_shaped(number);
            w.number(1.0);
            w.number(0.5);
        }
    });
    let expected = written(|w| {
        w.begin_array(3);
        for place in 0..3 {
            if place == 0 {
                w.begin_shape(2);
                w.str("once");
                w.str("π");
            } else {
                w.begin_shaped(0);
            }
            w.number(1.0);
            w.number(0.5);
        }
    });
    assert_eq!(for_link(&local), expected);
}

#[test]
fn shapes_of_the_message_and_of_the_process_have_numbers_of_one_row() {
    let number = shape(&["row"]);
    let local = written(|w| {
        w.begin_array(4);
        w.begin_local_shaped(number);
        w.null();
        let own = w.begin_shape(1);
        w.str("own");
        w.null();
        w.begin_shaped(own);
        w.null();
        w.begin_local_shaped(number);
        w.null();
    });
    let expected = written(|w| {
        w.begin_array(4);
        for (keys, shape) in [(Some("row"), 0), (Some("own"), 1), (None, 1), (None, 0)] {
            match keys {
                Some(key) => {
                    assert_eq!(w.begin_shape(1), shape);
                    w.str(key);
                }
                None => w.begin_shaped(shape),
            }
            w.null();
        }
    });
    assert_eq!(for_link(&local), expected);
}

#[test]
fn ports_keep_their_places_and_are_said_in_the_header() {
    let local = written(|w| {
        w.begin_array(2);
        w.port(1);
        w.port(0);
    });
    let sent = for_link(&local);
    assert_eq!((sent[3], &sent[4..]), (tag::FLAG_PORTS as u8, &local[4..]));
    assert_eq!(
        check(&sent, Form::Portable).unwrap_err().defect,
        Defect::Flags(tag::FLAG_PORTS as u8),
        "deserialize refuses"
    );
    let arrived = Recast::from_link(&sent, &mut Learned::default()).unwrap();
    assert_eq!(arrived.summary().ports, 2);
    assert_eq!(arrived.to_vec(), local);
}

#[test]
fn an_order_is_one_at_the_other_end() {
    let order = written(|w| w.null());
    let sent = Recast::for_link(&order, true).unwrap().to_vec();
    assert_eq!(sent[3], (tag::FLAG_PORTS | tag::FLAG_ORDER) as u8);
    assert!(check(&sent, Form::Portable).is_err());
    let arrived = Recast::from_link(&sent, &mut Learned::default()).unwrap();
    assert!(arrived.is_order());
    assert_eq!(arrived.to_vec(), order);
    let with_port = [&sent[..4], &tag::PORT.to_le_bytes()].concat();
    assert!(Recast::from_link(&with_port, &mut Learned::default()).is_err());
    assert!(!Recast::from_link(&order, &mut Learned::default()).unwrap().is_order());
}

#[test]
fn what_only_this_process_has_does_not_leave() {
    for bound in [written(|w| w.sidecar(0)), written(|w| w.signal(0))] {
        assert_eq!(Recast::for_link(&bound, false).unwrap_err(), NotPortable::Bound);
    }
    let unknown = written(|w| w.begin_local_shaped(1 << 20));
    assert!(matches!(Recast::for_link(&unknown, false), Err(NotPortable::Malformed(_))));
}

#[test]
fn what_the_linked_form_does_not_have_is_refused() {
    let mut learned = Learned::default();
    let mut refused = |bytes: &[u8]| Recast::from_link(bytes, &mut learned).map(drop).unwrap_err().defect;
    let with_flags = |flags: u32, words: &[u32]| -> Vec<u8> {
        [tag::header(flags)].iter().chain(words).flat_map(|word| word.to_le_bytes()).collect()
    };
    assert_eq!(refused(&written(|w| w.port(0))), Defect::LocalForm);
    assert_eq!(refused(&with_flags(tag::FLAG_ORDER, &[tag::NULL])), Defect::Flags(tag::FLAG_ORDER as u8));
    assert_eq!(refused(&with_flags(0, &[tag::PORT])), Defect::LocalTag(tag::PORT as u8));
    for local in [tag::LOCAL_SHAPED, tag::SIDECAR, tag::SIGNAL] {
        assert_eq!(refused(&with_flags(tag::FLAG_PORTS, &[local])), Defect::LocalTag(local as u8));
    }
    let twice = with_flags(tag::FLAG_PORTS, &[tag::head(tag::ARRAY, 2), tag::PORT, tag::PORT]);
    assert_eq!(refused(&twice), Defect::Expected("another port"));
    assert_eq!(refused(&with_flags(16, &[tag::NULL])), Defect::Flags(16));
}

#[test]
fn keys_that_no_shape_can_have_get_no_number() {
    let strange: [&[&str]; 3] = [&["twice here", "twice here"], &["7"], &[&"long".repeat(40)]];
    for keys in strange {
        let sent = written(|w| {
            w.begin_shape(keys.len() as u32);
            keys.iter().for_each(|key| w.str(key));
            keys.iter().for_each(|_| w.null());
        });
        let mut learned = Learned::default();
        for _ in 0..1000 {
            assert_eq!(Recast::from_link(&sent, &mut learned).unwrap().unchanged(), Some(&sent[..]));
        }
    }
}

#[test]
fn changed_bytes_are_refused_or_come_over_whole() {
    let mut random = Random::new(seed());
    let number = shape(&["x in fuzz", "y"]);
    let mut seeds: Vec<Vec<u8>> = examples().into_iter().map(|(_, bytes)| bytes).collect();
    seeds.push(written(|w| {
        w.begin_array(3);
        w.begin_local_shaped(number);
        w.date(0.5);
        w.bigint(false, &[1, 2]);
        w.begin_error(ErrorKind::Type, ErrorParts { message: true, stack: false, cause: true });
        w.str("no");
        w.begin_local_shaped(number);
        w.packed_doubles(&[0.5]);
        w.number_object(0.25);
        w.port(0);
    }));
    let linked: Vec<Vec<u8>> =
        seeds.iter().filter_map(|bytes| Some(Recast::for_link(bytes, false).ok()?.to_vec())).collect();
    seeds.extend(linked);
    for _ in 0..100_000 {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        for _ in 0..random.below(3) {
            let more = random.below(seeds.len());
            insert(&mut bytes, &seeds[more], &mut random);
        }
        let count = random.below(4);
        damage(&mut bytes, &mut random, count);
        recast_anything(&bytes);
    }
}
