//! Nesting costs memory, never stack: a million deep, and deep in every kind of container.

use ferroport::wire::{ErrorKind, ErrorParts, Form, Reader, Value, Writer, check};

const DEPTH: usize = 1_000_000;

/// Enough to overflow a stack of 128 KiB if every level took two bytes of it.
const DEEP: usize = 100_000;

/// Reads, checks, writes, compares and drops on a thread whose stack would not survive a recursion of that depth.
fn survives(depth: usize, write: impl Fn(&mut Writer)) {
    let mut writer = Writer::new();
    for _ in 0..depth {
        write(&mut writer);
    }
    writer.null();
    let bytes = writer.into_bytes().unwrap();
    let thread = std::thread::Builder::new().stack_size(128 * 1024).spawn(move || {
        let summary = check(&bytes, Form::Portable).unwrap();
        assert_eq!((summary.objects as usize, summary.depth), (depth, depth));

        let mut reader = Reader::new(&bytes, Form::Portable).unwrap();
        while reader.offset() < bytes.len() {
            reader.read().unwrap();
        }
        reader.finish().unwrap();

        let value = Value::from_bytes(&bytes).unwrap();
        let again = value.to_bytes().unwrap();
        assert_eq!(Value::from_bytes(&again).unwrap(), value);
        drop(value);
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn arrays_in_arrays() {
    survives(DEPTH, |writer| writer.begin_array(1));
}

#[test]
fn objects_in_objects() {
    survives(DEEP, |writer| {
        writer.begin_object(1);
        writer.str("next");
    });
}

#[test]
fn maps_in_maps_as_keys_and_values() {
    survives(DEEP, |writer| {
        writer.begin_map(1);
        writer.null();
    });
}

#[test]
fn sets_in_sets() {
    survives(DEEP, |writer| writer.begin_set(1));
}

#[test]
fn errors_caused_by_errors() {
    survives(DEEP, |writer| writer.begin_error(ErrorKind::Error, ErrorParts { cause: true, ..ErrorParts::default() }));
}

#[test]
fn sparse_arrays_in_sparse_arrays() {
    survives(DEEP, |writer| {
        let open = writer.open_sparse_array(u32::MAX, 1);
        writer.index(u32::MAX - 1);
        writer.close(open, 1);
    });
}

#[test]
fn a_million_open_promises_are_refused_at_the_first_that_cannot_be_kept() {
    let mut writer = Writer::new();
    for _ in 0..DEPTH {
        writer.begin_array(2);
    }
    let bytes = writer.into_bytes().unwrap();
    let malformed = Value::from_bytes(&bytes).unwrap_err();
    // Each takes one word and leaves one more owed: half way through, what is left cannot hold what is owed.
    assert_eq!(malformed.offset / 4, DEPTH / 2);
    assert!(malformed.to_string().ends_with("the rest cannot hold a count of 2"));
}
