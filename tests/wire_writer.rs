//! The writer picks the shortest form, keeps the flags right, and lets counts be filled in later.

use ferroport::wire::{Form, Item, Object, Packed, Reader, Slot, Str, Value, ViewKind, Writer, check, tag};

fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.into_bytes().unwrap()
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect()
}

/// How many words the value takes.
fn size(write: impl FnOnce(&mut Writer)) -> usize {
    written(write).len() / 4 - 1
}

#[test]
fn numbers_take_the_shortest_form_that_keeps_them() {
    for (number, size_in_words) in [
        (0.0, 1),
        (8_388_607.0, 1),
        (-8_388_608.0, 1),
        (8_388_608.0, 2),
        (-8_388_609.0, 2),
        (2_147_483_647.0, 2),
        (-2_147_483_648.0, 2),
        (2_147_483_648.0, 3),
        (-0.0, 3),
        (0.5, 3),
        (f64::NAN, 3),
        (f64::INFINITY, 3),
    ] {
        assert_eq!(size(|w| w.number(number)), size_in_words, "{number}");
    }
}

#[test]
fn strings_are_written_as_bytes_whenever_they_fit() {
    let expected = written(|w| w.latin1(&[0x61, 0xff]));
    assert_eq!(written(|w| w.utf16(&[0x61, 0xff])), expected);
    assert_eq!(written(|w| w.str("aÿ")), expected);
    assert_eq!(written(|w| w.str("aĀ")), written(|w| w.utf16(&[0x61, 0x100])));
    assert_eq!(words(&written(|w| w.utf16(&[0xdc00])))[1] & 0xff, tag::UTF16);
}

#[test]
fn a_string_can_be_put_in_place_by_someone_who_ends_it_with_a_zero() {
    for text in ["", "a", "ab", "abc", "abcd", "abcde"] {
        let filled = written(|w| {
            // SAFETY: all of the room is filled.
            let length = unsafe {
                w.latin1_with(text.len() as u32, |room| {
                    room.iter_mut().zip(text.bytes().chain([0xff])).for_each(|(place, byte)| {
                        place.write(byte);
                    });
                    room.len()
                })
            };
            assert_eq!(length, Some(text.len() + 1));
        });
        assert_eq!(filled, written(|w| w.str(text)));
    }
}

#[test]
fn flags_follow_from_what_is_written_and_go_with_it() {
    let mut writer = Writer::new();
    let mut flags = |write: &dyn Fn(&mut Writer)| {
        writer.clear();
        write(&mut writer);
        u32::from(writer.finish().unwrap()[3])
    };
    assert_eq!(flags(&|w| w.reference(0)), tag::FLAG_REFS);
    assert_eq!(flags(&|w| w.null()), 0);
    assert_eq!(flags(&|w| w.port(0)), tag::FLAG_LOCAL);
    assert_eq!(flags(&|w| w.begin_local_shaped(0)), tag::FLAG_LOCAL);
    assert_eq!(flags(&|w| w.sidecar(0)), tag::FLAG_LOCAL);
}

#[test]
fn a_cleared_writer_starts_over_in_the_same_memory() {
    let mut writer = Writer::with_buffer(Vec::with_capacity(1000));
    let at = writer.finish().unwrap().as_ptr();
    writer.begin_array(1);
    assert_eq!(writer.begin_shape(0), 0);
    assert_eq!((writer.next_object(), writer.len(), writer.is_empty()), (2, 12, false));
    writer.clear();
    assert_eq!((writer.next_object(), writer.len(), writer.is_empty()), (0, 4, true));
    assert_eq!(writer.begin_shape(0), 0);
    assert_eq!(writer.finish().unwrap().as_ptr(), at);
}

#[test]
fn a_count_that_shrank_is_filled_in_later() {
    for at_most in [2, tag::LONG_COUNT - 1, tag::LONG_COUNT, u32::MAX] {
        let bytes = written(|w| {
            w.begin_array(2);
            let object = w.open_object(at_most);
            w.str("a");
            w.number(0.5);
            w.close(object, 1);
            let array = w.open_sparse_array(70, at_most);
            w.index(3);
            w.number(0.5);
            w.close(array, 1);
        });
        check(&bytes, Form::Portable).unwrap();
        let mut reader = Reader::new(&bytes, Form::Portable).unwrap();
        reader.read().unwrap();
        assert_eq!(reader.read(), Ok(Item::Object { count: 1 }));
        reader.read_key().unwrap();
        reader.read().unwrap();
        assert_eq!(reader.read(), Ok(Item::SparseArray { length: 70, count: 1 }));
    }
}

#[test]
fn a_count_larger_than_was_said_is_an_error_not_a_wrong_message() {
    let mut writer = Writer::new();
    let open = writer.open_object(1);
    writer.close(open, tag::LONG_COUNT);
    assert!(writer.finish().is_err());
    writer.clear();
    writer.null();
    assert!(writer.finish().is_ok());
}

#[test]
fn counts_that_do_not_fit_a_head_take_a_word() {
    for length in [tag::LONG_COUNT - 1, tag::LONG_COUNT, tag::LONG_COUNT + 1] {
        let long = usize::from(length >= tag::LONG_COUNT);
        let text = vec![b'x'; length as usize];
        let bytes = written(|w| w.latin1(&text));
        assert_eq!(bytes.len(), 8 + long * 4 + text.len().next_multiple_of(4));
        let mut reader = Reader::new(&bytes, Form::Portable).unwrap();
        assert_eq!(reader.read(), Ok(Item::String(Str::Latin1(&text))));
        reader.finish().unwrap();
    }
}

#[test]
fn a_whole_view_takes_a_number_for_its_buffer_too() {
    let bytes = written(|w| {
        w.begin_array(3);
        assert_eq!(w.next_object(), 1);
        w.whole_view(ViewKind::Uint8, &[5]);
        assert_eq!(w.next_object(), 3);
        w.date(0.0);
        w.reference(2);
    });
    let value = Value::from_bytes(&bytes).unwrap();
    let Some(Object::Array(elements)) = value.objects.first() else { panic!("expected an array") };
    assert!(matches!(elements[..], [Some(Slot::Object(1)), Some(Slot::Object(3)), Some(Slot::Object(2))]));
    assert!(matches!(&value.objects[2], Object::ArrayBuffer { bytes, .. } if bytes == &[5]));
}

#[test]
fn runs_of_numbers_are_read_at_any_address() {
    let bytes = written(|w| w.packed_doubles(&[1.5, -0.0, f64::NAN]));
    let check = |packed: Packed<'_, f64>| {
        assert_eq!((packed.len(), packed.is_empty(), packed.as_bytes().len()), (3, false, 24));
        assert_eq!(packed.get(0), Some(1.5));
        assert!(packed.get(1).is_some_and(|zero| zero == 0.0 && zero.is_sign_negative()));
        assert!(packed.get(2).is_some_and(f64::is_nan));
        assert_eq!((packed.get(3), packed.get(usize::MAX)), (None, None));
        assert_eq!(packed.iter().len(), 3);
    };
    // Among nine addresses in a row there is each remainder modulo 8.
    let mut aligned = 0;
    for shift in 0..8 {
        let mut shifted = vec![0; shift];
        shifted.extend_from_slice(&bytes);
        let Ok(Item::PackedDoubles(packed)) = Reader::new(&shifted[shift..], Form::Portable).unwrap().read() else {
            panic!("expected doubles");
        };
        check(packed);
        if let Some(values) = packed.aligned() {
            assert_eq!(values[0], 1.5);
            aligned += 1;
        }
    }
    assert!(aligned >= usize::from(cfg!(target_endian = "little")) && aligned < 8);
}
