//! Random values for property tests: any graph of any objects, cycles and shared references included.

use ferroport::wire::{ErrorKind, Integer, Object, PropertyKey, Slot, Text, Value, ViewKind};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// A value of up to `objects` objects.
pub fn value(objects: usize) -> impl Strategy<Value = Value> {
    // Most slots hold no object, so few objects would be reached from a random one: an array picks some more.
    let picks = vec(any::<usize>().prop_map(|place| Some(Slot::Object(place))), 0..objects * 2);
    (slot(), vec(object(), 0..objects), picks).prop_map(|(root, objects, picks)| {
        let mut value = Value { root, objects };
        if picks.len() > 1 {
            value.root = value.add(Object::Array(picks));
        }
        possible(value)
    })
}

/// Numbers at the borders of every form, and any others.
pub fn number() -> impl Strategy<Value = f64> {
    let borders = [0.0, -0.0, 1.0, -1.0, 0.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE];
    let powers = [8_388_607.0, 8_388_608.0, -8_388_608.0, -8_388_609.0, 2_147_483_647.0, 2_147_483_648.0];
    let more = [-2_147_483_648.0, -2_147_483_649.0, 4_294_967_294.0, 4_294_967_295.0, 9_007_199_254_740_992.0];
    let known: Vec<f64> = [&borders[..], &powers, &more].concat();
    prop_oneof![select(known), any::<f64>(), any::<i32>().prop_map(f64::from), any::<u64>().prop_map(f64::from_bits)]
}

/// Strings of both forms and all paddings, lone surrogates included.
pub fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        "[a-z]{0,9}".prop_map(|text| Text::from(text.as_str())),
        vec(0_u16..0x100, 0..9).prop_map(|units| Text::from_units(&units)),
        vec(any::<u16>(), 0..9).prop_map(|units| Text::from_units(&units)),
        vec(0xd700_u16..0xe000, 1..3).prop_map(|units| Text::from_units(&units)),
    ]
}

fn integer() -> impl Strategy<Value = Integer> {
    (any::<bool>(), vec(prop_oneof![Just(0), any::<u64>()], 0..4))
        .prop_map(|(negative, digits)| Integer::new(negative, digits))
}

fn slot() -> impl Strategy<Value = Slot> {
    prop_oneof![
        1 => Just(Slot::Undefined),
        1 => Just(Slot::Null),
        1 => any::<bool>().prop_map(Slot::Boolean),
        1 => number().prop_map(Slot::Number),
        1 => integer().prop_map(Slot::BigInt),
        1 => text().prop_map(Slot::String),
        6 => any::<usize>().prop_map(Slot::Object),
    ]
}

fn key() -> impl Strategy<Value = PropertyKey> {
    prop_oneof![
        any::<u32>().prop_map(|index| PropertyKey::Index(index.min(u32::MAX - 1))),
        (0_u32..9).prop_map(PropertyKey::Index),
        text().prop_map(PropertyKey::from),
        select(vec!["length", "__proto__", "4294967295", "01"]).prop_map(PropertyKey::from),
    ]
}

fn object() -> impl Strategy<Value = Object> {
    let properties = || vec((key(), slot()), 0..5);
    // Half of them hold whole elements of any kind, so that a view can cover them.
    let bytes = || prop_oneof![vec(any::<u8>(), 0..40), vec(any::<[u8; 8]>(), 0..5).prop_map(|words| words.concat())];
    let kind = || select(ViewKind::ALL.to_vec());
    prop_oneof![
        1 => any::<bool>().prop_map(Object::Boolean),
        1 => number().prop_map(Object::Number),
        1 => text().prop_map(Object::String),
        1 => integer().prop_map(Object::BigInt),
        1 => number().prop_map(Object::Date),
        1 => (text(), text()).prop_map(|(source, flags)| Object::RegExp { source, flags }),
        1 => (select(ErrorKind::ALL.to_vec()), option::of(text()), option::of(text()), option::of(slot()))
            .prop_map(|(kind, message, stack, cause)| Object::Error { kind, message, stack, cause }),
        3 => properties().prop_map(Object::Plain),
        3 => vec(option::weighted(0.8, slot()), 0..5).prop_map(Object::Array),
        1 => (any::<u32>(), properties()).prop_map(|(length, properties)| Object::SparseArray { length, properties }),
        2 => vec((slot(), slot()), 0..4).prop_map(Object::Map),
        2 => vec(slot(), 0..4).prop_map(Object::Set),
        2 => (bytes(), option::weighted(0.3, any::<u64>()))
            .prop_map(|(bytes, max_byte_length)| Object::ArrayBuffer { bytes, max_byte_length }),
        3 => (kind(), any::<u64>(), option::of(any::<u64>()), any::<usize>()).prop_map(
            |(kind, byte_offset, byte_length, buffer)| Object::View { kind, byte_offset, byte_length, buffer }
        ),
    ]
}

/// Bends a random graph into one that JavaScript could have.
fn possible(mut value: Value) -> Value {
    let count = value.objects.len();
    let buffers: Vec<(usize, u64, bool)> = value.objects.iter().enumerate().filter_map(buffer).collect();
    let fit = |slot: &mut Slot| match slot {
        Slot::Object(_) if count == 0 => *slot = Slot::Null,
        Slot::Object(place) => *place %= count,
        _ => {}
    };
    fit(&mut value.root);
    for object in &mut value.objects {
        match object {
            Object::Plain(properties) => properties.iter_mut().for_each(|(_, slot)| fit(slot)),
            Object::SparseArray { length, properties } => {
                properties.retain(|(key, _)| match key {
                    PropertyKey::Index(index) => index < length,
                    PropertyKey::Name(name) => *name != Text::from("length"),
                });
                properties.iter_mut().for_each(|(_, slot)| fit(slot));
            }
            Object::Array(elements) => elements.iter_mut().flatten().for_each(fit),
            Object::Map(entries) => entries.iter_mut().for_each(|(key, value)| {
                fit(key);
                fit(value);
            }),
            Object::Set(values) => values.iter_mut().for_each(fit),
            Object::Error { cause, .. } => cause.iter_mut().for_each(fit),
            Object::ArrayBuffer { bytes, max_byte_length: Some(max) } => *max = (*max).max(bytes.len() as u64),
            Object::View { .. } if buffers.is_empty() => *object = Object::Date(f64::NAN),
            Object::View { kind, byte_offset, byte_length, buffer } => {
                let whole = *buffer % 2 == 0;
                let (place, length, resizable) = buffers[*buffer / 2 % buffers.len()];
                let size = kind.element_size();
                *buffer = place;
                if whole {
                    (*byte_offset, *byte_length) = (0, Some(length / size * size));
                    continue;
                }
                *byte_offset = *byte_offset % (length / size + 1) * size;
                let room = (length - *byte_offset) / size;
                *byte_length = match *byte_length {
                    None if resizable => None,
                    random => Some(random.unwrap_or(u64::MAX) % (room + 1) * size),
                };
            }
            _ => {}
        }
    }
    value
}

fn buffer((place, object): (usize, &Object)) -> Option<(usize, u64, bool)> {
    match object {
        Object::ArrayBuffer { bytes, max_byte_length } => Some((place, bytes.len() as u64, max_byte_length.is_some())),
        _ => None,
    }
}
