//! What must hold for any bytes at all; the fuzz target and `cargo test` both run it.

use ferroport::wire::{Form, Item, Malformed, NotJson, Reader, Shapes, Summary, Value, check};

/// Process-wide shapes with as many keys as their number says, so that random bytes meet short ones and impossible ones.
struct ManyShapes;

impl Shapes for ManyShapes {
    fn key_count(&self, number: u32) -> Option<u32> {
        (!number.is_multiple_of(5)).then_some(number)
    }
}

/// Reads `bytes` in every way there is.
///
/// # Panics
/// If they are read differently in two ways, or promise more than they hold.
pub fn read_anything(bytes: &[u8]) {
    let local = Form::Local(&ManyShapes);
    agree(bytes, local, check(bytes, local));
    let checked = check(bytes, Form::Portable);
    agree(bytes, Form::Portable, checked);
    assert!(checked.is_err() || checked == check(bytes, local), "portable messages are valid in the process too");

    let read = Value::from_bytes(bytes);
    assert_eq!(read.as_ref().err(), checked.as_ref().err(), "reading and checking fail alike");
    let Ok(value) = read else { return };
    assert_eq!(value.objects.len(), checked.map_or(0, |summary| summary.objects as usize));
    let again = value.to_bytes().expect("what was read can be written");
    assert_eq!(Value::from_bytes(&again).as_ref(), Ok(&value), "written and read again it is the same");
    let json: Result<serde_json::Value, NotJson> = (&value).try_into();
    if let Ok(json) = json {
        let from_json = Value::from(json.clone());
        assert_eq!(serde_json::Value::try_from(&from_json).as_ref(), Ok(&json), "JSON survives");
    }
}

/// A walk without regard to structure gets to the end of what `check` calls valid, and never past it.
fn agree(bytes: &[u8], form: Form<'_>, checked: Result<Summary, Malformed>) {
    let walked = walk(bytes, form);
    assert!(checked.is_err() || walked == Ok(()), "{checked:?}, yet {walked:?}");
    for malformed in [checked.err(), walked.err()].into_iter().flatten() {
        assert!(malformed.offset <= bytes.len(), "{malformed} lies outside of {} bytes", bytes.len());
        assert!(malformed.to_string().starts_with("malformed message at byte "));
    }
}

fn walk(bytes: &[u8], form: Form<'_>) -> Result<(), Malformed> {
    let mut reader = Reader::new(bytes, form)?;
    let mut promised = 0;
    loop {
        // Keys are values too: `read` takes what `read_key` and `read_string` would.
        let before = reader.offset();
        let item = match reader.read() {
            Ok(item) => item,
            Err(malformed) => return reader.finish().map_err(|_| malformed),
        };
        assert!(reader.offset() >= before + 4, "every item takes at least its head");
        promised += promises(item);
        assert!(promised <= bytes.len() as u64 / 4, "more was promised than there are words");
    }
}

/// How many values the item says will follow.
fn promises(item: Item<'_>) -> u64 {
    match item {
        Item::Object { count } | Item::SparseArray { count, .. } | Item::Map { count } => u64::from(count) * 2,
        Item::Shape { keys, .. } => u64::from(keys) * 2,
        Item::Shaped { keys, .. } | Item::LocalShaped { keys, .. } => keys.into(),
        Item::Array { length } => length.into(),
        Item::Set { count } => count.into(),
        Item::Error(error) => error.cause.into(),
        Item::View(_) => 1,
        Item::Ref(number) => {
            assert!(number < u32::MAX);
            0
        }
        _ => 0,
    }
}
