//! The reader refuses what is not a message, and says why and at which byte.

use ferroport::wire::{Defect, Form, Item, Key, Malformed, NoShapes, Reader, Shapes, Str, check, tag};

/// A message of these words behind a header with these flags.
fn message(flags: u32, words: &[u32]) -> Vec<u8> {
    let header = tag::MAGIC | tag::VERSION << 16 | flags << 24;
    std::iter::once(&header).chain(words).flat_map(|word| word.to_le_bytes()).collect()
}

const fn head(tag: u32, argument: u32) -> u32 {
    tag | argument << 8
}

/// Checks that the words, which begin at byte 4, are refused for this defect at this byte.
#[track_caller]
fn refused(words: &[u32], offset: usize, defect: Defect) {
    refused_with(tag::FLAG_REFS, words, offset, defect);
}

#[track_caller]
fn refused_with(flags: u32, words: &[u32], offset: usize, defect: Defect) {
    let form = if flags & tag::FLAG_LOCAL == 0 { Form::Portable } else { Form::Local(&NoShapes) };
    assert_eq!(check(&message(flags, words), form), Err(Malformed { offset, defect }));
}

#[track_caller]
fn accepted(words: &[u32]) {
    if let Err(malformed) = check(&message(tag::FLAG_REFS, words), Form::Portable) {
        panic!("{malformed}");
    }
}

#[test]
fn the_header_is_checked_first() {
    let refused = |bytes: &[u8], offset, defect| {
        assert_eq!(check(bytes, Form::Portable), Err(Malformed { offset, defect }));
    };
    refused(b"", 0, Defect::Truncated);
    refused(b"FP\x01", 3, Defect::Truncated);
    refused(b"PF\x01\0", 0, Defect::NotAMessage);
    refused(b"FP\x02\0\x01\0\0\0", 2, Defect::Version(2));
    refused(b"FP\x01\x08\x01\0\0\0", 3, Defect::Flags(8));
    refused(b"FP\x01\x04\x01\0\0\0", 3, Defect::Flags(4));
    refused(b"FP\x01\x02\x01\0\0\0", 3, Defect::LocalForm);
    refused(b"FP\x01\0\x01\0\0\0\0", 8, Defect::PartialWord);
    refused(b"FP\x01\0", 4, Defect::Truncated);
}

#[test]
fn zeroed_memory_is_no_message() {
    refused(&[0], 4, Defect::Tag(0));
    refused(&[tag::HOLE + 100], 4, Defect::Tag(111));
    for unknown in [0x0f, 0x17, 0x1f, 0x29, 0x33, 0x3f, 0x45, 0xff] {
        refused(&[unknown], 4, Defect::Tag(unknown as u8));
    }
}

#[test]
fn there_is_exactly_one_value() {
    refused(&[tag::NULL, tag::NULL], 8, Defect::Trailing);
    refused(&[head(tag::ARRAY, 0), tag::NULL], 8, Defect::Trailing);
    refused(&[head(tag::LATIN1, 4)], 4, Defect::Length(4));
    refused(&[head(tag::INT32, 0)], 8, Defect::Truncated);
    refused(&[tag::DOUBLE, 0], 8, Defect::Truncated);
}

#[test]
fn unused_argument_bits_are_refused() {
    let without = [tag::UNDEFINED, tag::NULL, tag::FALSE, tag::TRUE, tag::INT32, tag::DOUBLE, tag::HOLE];
    let objects = [tag::NUMBER_OBJECT, tag::STRING_OBJECT, tag::BIGINT_OBJECT, tag::DATE, tag::REGEXP];
    for tag in without.into_iter().chain(objects) {
        refused(&[head(tag, 1), 0, 0], 4, Defect::Argument(tag as u8));
    }
    refused(&[head(tag::BIGINT, 2), 0, 0], 4, Defect::Argument(tag::BIGINT as u8));
    refused(&[head(tag::BOOLEAN_OBJECT, 2)], 4, Defect::Argument(tag::BOOLEAN_OBJECT as u8));
    refused(&[head(tag::ERROR, 7)], 4, Defect::Argument(tag::ERROR as u8));
    refused(&[head(tag::ERROR, 64)], 4, Defect::Argument(tag::ERROR as u8));
    refused(&[head(tag::ARRAY_BUFFER, 2), 0, 0], 4, Defect::Argument(tag::ARRAY_BUFFER as u8));
    refused(&[head(tag::VIEW, 13), 0, 0, 0, 0], 4, Defect::Argument(tag::VIEW as u8));
    refused(&[head(tag::VIEW, 0x200), 0, 0, 0, 0], 4, Defect::Argument(tag::VIEW as u8));
    refused(&[head(tag::WHOLE_VIEW, 0x100), 0, 0], 4, Defect::Argument(tag::WHOLE_VIEW as u8));
}

#[test]
fn padding_is_zero() {
    refused(&[head(tag::LATIN1, 1), 0x0100_0061], 9, Defect::Padding);
    refused(&[head(tag::ARRAY, 1), tag::DOUBLE, 1, 0, 0], 12, Defect::Padding);
    refused(&[head(tag::UTF16, 1), 0x0001_03c0], 10, Defect::Padding);
}

#[test]
fn a_big_int_has_one_form() {
    refused(&[tag::BIGINT, 1, 0, 0, 0], 4, Defect::BigIntDigits);
    refused(&[head(tag::BIGINT, 1), 0, 0], 4, Defect::BigIntDigits);
    refused(&[tag::BIGINT, u32::MAX, 0], 4, Defect::Length(u64::from(u32::MAX) * 8));
}

#[test]
fn numbers_and_strings_are_read_in_longer_forms_than_they_need() {
    accepted(&[tag::INT32, 5]);
    accepted(&[head(tag::UTF16, 1), 0x61]);
    accepted(&[head(tag::LATIN1, tag::LONG_COUNT), 1, 0x61]);
    accepted(&[head(tag::OBJECT, tag::LONG_COUNT), 1, tag::INT32, 5, tag::NULL]);
}

#[test]
fn a_run_is_as_many_values_as_it_has_strings() {
    let run = |count, lengths: &[u32], units: &[u32]| [&[head(tag::LATIN1_RUN, count)], lengths, units].concat();
    let array = |length, rest: &[&[u32]]| [&[head(tag::ARRAY, length)], &rest.concat()[..]].concat();
    accepted(&run(1, &[2], &[0x6261]));
    accepted(&array(3, &[&run(2, &[0, 5], &[0x6463_6261, 0x65]), &[tag::NULL]]));
    accepted(&array(2, &[&[head(tag::UTF16_RUN, tag::LONG_COUNT), 2], &[1, 1], &[0x0061_03c0]]));
    accepted(&array(2, &[&run(1, &[0], &[]), &run(1, &[1], &[0x61])]));
    let message = message(0, &array(3, &[&run(2, &[1, 2], &[0x0063_6261]), &[tag::NULL]]));
    let mut reader = Reader::new(&message, Form::Portable).unwrap();
    assert_eq!(reader.read(), Ok(Item::Array { length: 3 }));
    assert_eq!(reader.read(), Ok(Item::String(Str::Latin1(b"a"))));
    assert_eq!(reader.read(), Ok(Item::String(Str::Latin1(b"bc"))));
    assert_eq!(reader.read(), Ok(Item::Null));
    assert_eq!(reader.finish(), Ok(()));
}

#[test]
fn a_run_holds_what_it_says_and_stands_where_its_strings_may() {
    refused(&[tag::LATIN1_RUN], 4, Defect::Argument(tag::LATIN1_RUN as u8));
    refused(&[head(tag::LATIN1_RUN, 2), 0, 0], 4, Defect::Count(2));
    refused(&[head(tag::ARRAY, 2), head(tag::LATIN1_RUN, 3), 0, 0, 0], 8, Defect::Count(3));
    refused(&[head(tag::ARRAY, 2), head(tag::LATIN1_RUN, 2), 0], 8, Defect::Length(8));
    refused(&[head(tag::ARRAY, 2), head(tag::LATIN1_RUN, 2), 3, 2, 0x6463_6261], 8, Defect::Length(5));
    refused(&[head(tag::ARRAY, 2), head(tag::UTF16_RUN, 2), u32::MAX, u32::MAX], 8, Defect::Length(0x3_ffff_fffc));
    refused(&[head(tag::ARRAY, 1), head(tag::LATIN1_RUN, 1), 1, 0x0100_0061], 17, Defect::Padding);
    // A value, and then no key, no part of an object, no buffer.
    let object = |first: &[u32]| [&[head(tag::OBJECT, 1)], first, &[head(tag::LATIN1_RUN, 1), 0]].concat();
    accepted(&object(&[head(tag::INT, 1)]));
    refused(&[head(tag::OBJECT, 1), head(tag::LATIN1_RUN, 2), 0, 0], 8, Defect::Expected("a property key"));
    refused(&[head(tag::STRING_OBJECT, 0), head(tag::LATIN1_RUN, 1), 0], 8, Defect::Expected("a string"));
    let two = [head(tag::INT, 1), head(tag::LATIN1_RUN, 2), 0, 0, tag::NULL];
    refused(&[&[head(tag::OBJECT, 2)], &two[..]].concat(), 20, Defect::Expected("no string of a run"));
}

#[test]
fn counts_beyond_the_message_are_refused_before_anything_is_reserved() {
    for (tag, words) in [(tag::ARRAY, 1), (tag::SET, 1), (tag::OBJECT, 2), (tag::MAP, 2), (tag::SHAPE, 2)] {
        refused(&[head(tag, 2), tag::NULL], 4, Defect::Count(2));
        refused(&[head(tag, tag::LONG_COUNT), u32::MAX, 0], 4, Defect::Count(u32::MAX));
        let mut enough = vec![head(tag, 1)];
        enough.resize(1 + words, head(tag::LATIN1, 0));
        accepted(&enough);
    }
    refused(&[head(tag::SPARSE_ARRAY, 1), 9, tag::NULL], 4, Defect::Count(1));
    refused(&[head(tag::PACKED_INTS, 2), 0], 4, Defect::Length(8));
    refused(&[head(tag::PACKED_DOUBLES, tag::LONG_COUNT), u32::MAX, 0], 4, Defect::Length(u64::from(u32::MAX) * 8));
    refused(&[head(tag::LATIN1, tag::LONG_COUNT), u32::MAX], 4, Defect::Length(u64::from(u32::MAX)));
    refused(&[tag::ARRAY_BUFFER, u32::MAX, u32::MAX], 4, Defect::Length(u64::MAX));
    refused(&[tag::WHOLE_VIEW, 5, 0, 0], 4, Defect::Length(5));
}

#[test]
fn a_nested_count_may_not_claim_what_is_promised_to_the_outer_one() {
    // The inner array would fit into the rest if the outer one were not owed two more values of it.
    refused(&[head(tag::ARRAY, 3), head(tag::ARRAY, 1), tag::NULL, tag::NULL], 8, Defect::Count(1));
    accepted(&[head(tag::ARRAY, 3), head(tag::ARRAY, 1), tag::NULL, tag::NULL, tag::NULL]);
}

#[test]
fn references_name_objects_that_have_been_met() {
    refused(&[head(tag::REF, 0)], 4, Defect::Reference(0));
    refused(&[head(tag::ARRAY, 2), head(tag::REF, 1), head(tag::ARRAY, 0)], 8, Defect::Reference(1));
    accepted(&[head(tag::ARRAY, 2), head(tag::ARRAY, 0), head(tag::REF, 1)]);
    accepted(&[head(tag::ARRAY, 2), tag::WHOLE_VIEW, 0, 0, head(tag::REF, 2)]);
    refused_with(0, &[head(tag::ARRAY, 1), head(tag::REF, 0)], 8, Defect::UnannouncedReference);
}

#[test]
fn shapes_are_defined_before_they_are_used() {
    refused(&[head(tag::SHAPED, 0)], 4, Defect::Shape(0));
    accepted(&[head(tag::ARRAY, 2), head(tag::SHAPE, 0), head(tag::SHAPED, 0)]);
    refused(&[head(tag::ARRAY, 2), head(tag::SHAPE, 0), head(tag::SHAPED, 1)], 12, Defect::Shape(1));
    // Shape 0 has no keys, shape 1 has one.
    let two = [head(tag::ARRAY, 4), head(tag::SHAPE, 0), head(tag::SHAPE, 1), head(tag::LATIN1, 0), tag::NULL];
    accepted(&[&two[..], &[head(tag::SHAPED, 1), tag::TRUE, head(tag::SHAPED, 0)]].concat());
    refused(&[&two[..], &[head(tag::SHAPED, 0), tag::NULL, head(tag::SHAPED, 0)]].concat(), 32, Defect::Trailing);
    refused(&[head(tag::SHAPE, 1), tag::NULL, tag::NULL], 8, Defect::Expected("a string"));
    refused(&[head(tag::SHAPE, 1), head(tag::INT, 0), tag::NULL], 8, Defect::Expected("a string"));
}

#[test]
fn keys_are_strings_or_array_indices() {
    accepted(&[head(tag::OBJECT, 1), head(tag::INT, 0), tag::NULL]);
    accepted(&[head(tag::OBJECT, 1), head(tag::UTF16, 0), tag::NULL]);
    refused(&[head(tag::OBJECT, 1), tag::NULL, tag::NULL], 8, Defect::Expected("a property key"));
    refused(&[head(tag::OBJECT, 1), head(tag::ARRAY, 0), tag::NULL], 8, Defect::Expected("a property key"));
    refused(&[head(tag::OBJECT, 1), head(tag::INT, 0xff_ffff), tag::NULL], 8, Defect::Index);
    let double = |number: f64| {
        let bits = number.to_bits();
        [head(tag::ARRAY, 1), head(tag::OBJECT, 1), tag::DOUBLE, bits as u32, (bits >> 32) as u32, tag::NULL]
    };
    accepted(&double(4_294_967_294.0));
    for number in [4_294_967_295.0, 0.5, -0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
        refused(&double(number), 12, Defect::Index);
    }
}

#[test]
fn holes_stand_in_arrays_only() {
    accepted(&[head(tag::ARRAY, 1), tag::HOLE]);
    refused(&[tag::HOLE], 4, Defect::Hole);
    refused(&[head(tag::SET, 1), tag::HOLE], 8, Defect::Hole);
    refused(&[head(tag::SPARSE_ARRAY, 1), 9, head(tag::INT, 1), tag::HOLE], 16, Defect::Hole);
    refused(&[head(tag::OBJECT, 1), head(tag::LATIN1, 0), tag::HOLE], 12, Defect::Hole);
    refused(&[head(tag::ERROR, tag::ERROR_HAS_CAUSE), tag::HOLE], 8, Defect::Hole);
}

#[test]
fn what_belongs_to_an_object_is_of_the_right_type() {
    refused(&[tag::NUMBER_OBJECT, tag::NULL], 8, Defect::Expected("a number"));
    refused(&[tag::STRING_OBJECT, tag::NULL], 8, Defect::Expected("a string"));
    refused(&[tag::BIGINT_OBJECT, tag::NULL], 8, Defect::Expected("a BigInt"));
    refused(&[tag::REGEXP, head(tag::LATIN1, 0), tag::NULL], 12, Defect::Expected("a string"));
    refused(&[head(tag::ERROR, tag::ERROR_HAS_STACK), tag::NULL], 8, Defect::Expected("a string"));
}

#[test]
fn an_array_has_no_key_beyond_its_length_however_it_is_spelled() {
    let sparse = |key: &[u32]| [&[head(tag::SPARSE_ARRAY, 1), 9], key, &[tag::NULL]].concat();
    accepted(&sparse(&[head(tag::INT, 8)]));
    refused(&sparse(&[head(tag::INT, 9)]), 12, Defect::ArrayKey);
    accepted(&sparse(&[head(tag::LATIN1, 1), u32::from(b'8')]));
    refused(&sparse(&[head(tag::LATIN1, 1), u32::from(b'9')]), 12, Defect::ArrayKey);
    refused(&sparse(&[head(tag::UTF16, 1), u32::from(b'9')]), 12, Defect::ArrayKey);
    let length = [u32::from_le_bytes(*b"leng"), u32::from_le_bytes(*b"th\0\0")];
    refused(&sparse(&[&[head(tag::LATIN1, 6)], &length[..]].concat()), 12, Defect::ArrayKey);
    let wide = [0x0065_006c, 0x0067_006e, 0x0068_0074];
    refused(&sparse(&[&[head(tag::UTF16, 6)], &wide[..]].concat()), 12, Defect::ArrayKey);
}

#[test]
fn a_view_lies_within_a_buffer() {
    let buffer = [tag::ARRAY_BUFFER, 4, 0, 0];
    let view = |argument, offset, length, buffer: &[u32]| {
        [&[head(tag::VIEW, argument), offset, 0, length, 0], buffer].concat()
    };
    accepted(&view(1, 1, 3, &buffer));
    refused(&view(1, 1, 4, &buffer), 24, Defect::ViewRange);
    refused(&view(3, 1, 2, &buffer), 4, Defect::ViewAlignment);
    refused(&view(0x101, 0, 0, &buffer), 24, Defect::ViewTracking);
    refused(&view(0x101, 0, 1, &buffer), 4, Defect::ViewTracking);
    refused(&view(1, 0, 0, &[tag::NULL]), 24, Defect::Expected("an ArrayBuffer"));
    refused(&view(1, 0, 0, &[head(tag::REF, 0)]), 24, Defect::Expected("an ArrayBuffer"));
    let resizable = [head(tag::ARRAY_BUFFER, 1), 4, 0, 8, 0, 0];
    accepted(&view(0x101, 4, 0, &resizable));
    refused(&view(0x101, 5, 0, &resizable), 24, Defect::ViewRange);
    refused(&[head(tag::ARRAY_BUFFER, 1), 4, 0, 3, 0, 0], 4, Defect::MaxByteLength);
    accepted(&[head(tag::ARRAY_BUFFER, 1), 4, 0, 4, 0, 0]);
    refused(&[head(tag::WHOLE_VIEW, 3), 3, 0, 0], 4, Defect::ViewAlignment);
    let overflow = [head(tag::VIEW, 1), u32::MAX, u32::MAX, 1, 0];
    refused(&[&overflow[..], &buffer].concat(), 24, Defect::ViewRange);
    // A buffer of a whole view is a buffer like any other.
    let again =
        [head(tag::ARRAY, 2), head(tag::WHOLE_VIEW, 1), 1, 0, 7, head(tag::VIEW, 2), 0, 0, 1, 0, head(tag::REF, 2)];
    accepted(&again);
}

#[test]
fn local_tags_are_refused_in_the_portable_form() {
    for local in [tag::LOCAL_SHAPED, tag::PORT, tag::SIDECAR, tag::SIGNAL] {
        refused(&[local], 4, Defect::LocalTag(local as u8));
        // Accepting the in-process form does not mean that this message is in it.
        let found = check(&message(0, &[local]), Form::Local(&NoShapes));
        assert_eq!(found, Err(Malformed { offset: 4, defect: Defect::LocalTag(local as u8) }));
    }
}

struct One;

impl Shapes for One {
    fn key_count(&self, number: u32) -> Option<u32> {
        [Some(1), Some(u32::MAX)].get(number as usize).copied().flatten()
    }
}

#[test]
fn shapes_of_the_process_are_asked_for_their_keys() {
    let found = |words: &[u32]| check(&message(tag::FLAG_LOCAL, words), Form::Local(&One)).map_err(|m| m.defect);
    assert!(found(&[head(tag::LOCAL_SHAPED, 0), tag::NULL]).is_ok());
    assert_eq!(found(&[head(tag::LOCAL_SHAPED, 1), tag::NULL]), Err(Defect::Count(u32::MAX)));
    assert_eq!(found(&[head(tag::LOCAL_SHAPED, 2), tag::NULL]), Err(Defect::Shape(2)));
}

#[test]
fn what_comes_by_sidecar_may_be_a_views_buffer_of_any_length() {
    let view = |argument, buffer| [head(tag::VIEW, argument), 8, 0, 8 * u32::from(argument < 0x100), 0, buffer];
    let array = |first: &[u32], second: &[u32]| [&[head(tag::ARRAY, 2)], first, second].concat();
    let sidecar = head(tag::SIDECAR, 3);
    let form = Form::Local(&NoShapes);
    for words in [
        view(1, sidecar).to_vec(),
        view(0x101, sidecar).to_vec(),
        array(&[sidecar], &view(1, head(tag::REF, 1))),
        array(&view(1, sidecar), &view(1, head(tag::REF, 2))),
    ] {
        let summary = check(&message(tag::FLAG_LOCAL | tag::FLAG_REFS, &words), form);
        assert_eq!(summary.map(|summary| summary.sidecars), Ok(4));
    }
    refused_with(tag::FLAG_LOCAL, &view(1, head(tag::PORT, 0)), 24, Defect::Expected("an ArrayBuffer"));
}

#[test]
fn the_summary_counts_what_travels_beside_the_message() {
    let ports = [head(tag::PORT, 4), head(tag::PORT, 2)];
    let words = [&[head(tag::ARRAY, 4)], &ports[..], &[head(tag::SIDECAR, 0), head(tag::SIGNAL, 6)]].concat();
    let summary = check(&message(tag::FLAG_LOCAL, &words), Form::Local(&NoShapes)).unwrap();
    assert_eq!((summary.objects, summary.depth), (5, 1));
    assert_eq!((summary.ports, summary.sidecars, summary.signals), (5, 1, 7));
}

#[test]
fn a_reader_hands_out_what_lies_in_the_message() {
    let bytes = message(0, &[head(tag::OBJECT, 2), head(tag::LATIN1, 1), 0x61, tag::TRUE, tag::INT32, 7, tag::NULL]);
    let mut reader = Reader::new(&bytes, Form::Portable).unwrap();
    assert!(!reader.has_references());
    assert_eq!(reader.read(), Ok(Item::Object { count: 2 }));
    assert_eq!(reader.next_object(), 1);
    assert_eq!(reader.finish(), Err(Malformed { offset: 8, defect: Defect::Truncated }));
    assert_eq!(reader.read_key(), Ok(Key::Name(Str::Latin1(b"a"))));
    assert_eq!(reader.read(), Ok(Item::Boolean(true)));
    assert_eq!(reader.read_key(), Ok(Key::Index(7)));
    assert_eq!(reader.read(), Ok(Item::Null));
    assert_eq!(reader.unexpected("a port").to_string(), "malformed message at byte 28: expected a port");
    assert_eq!((reader.finish(), reader.offset()), (Ok(()), bytes.len()));
    assert_eq!(reader.read(), Err(Malformed { offset: 32, defect: Defect::PastEnd }));
}

#[test]
fn a_malformed_message_says_what_and_where() {
    let error = check(&message(0, &[head(tag::ARRAY, 1), head(tag::DATE, 1)]), Form::Portable).unwrap_err();
    assert_eq!(error.to_string(), "malformed message at byte 8: the argument of DATE is not valid");
    let error = check(&message(0, &[tag::PORT]), Form::Portable).unwrap_err();
    assert_eq!(error.to_string(), "malformed message at byte 4: PORT is not allowed in the portable form");
}
