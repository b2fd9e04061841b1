//! Memory taken for reading is in proportion to the message, whatever the message claims.

// With mimalloc the crate brings an allocator of its own, and a program has one.
#![cfg(not(feature = "mimalloc"))]

mod wire_support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use ferroport::wire::{Form, Reader, Value, Writer, check, tag};
use wire_support::examples::examples;
use wire_support::{Random, seed};

/// The system's allocator; it counts what each thread holds, and the most it held.
struct Counting;

thread_local! {
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

fn count(bytes: isize) {
    // A thread that is ending has no counter any more, and nothing to count.
    let _ = HELD.try_with(|cell| {
        let (held, most) = cell.get();
        cell.set((held + bytes, most.max(held + bytes)));
    });
}

// SAFETY: every call goes to the system's allocator as it came; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promise, passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promise, passed on.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes held at once while `work` runs.
fn most_held(work: impl FnOnce()) -> usize {
    let before = HELD.get().0;
    HELD.set((before, before));
    work();
    (HELD.get().1 - before) as usize
}

/// Bytes of memory that a byte of message may cost: an empty array is a word on the wire, an `Object` in memory, and
/// vectors double.
const VALUE_FACTOR: usize = 128;
const CHECK_FACTOR: usize = 48;
const SMALL: usize = 512;

#[track_caller]
fn modest(bytes: &[u8]) {
    let reading = most_held(|| _ = Value::from_bytes(bytes));
    assert!(reading <= SMALL + bytes.len() * VALUE_FACTOR, "{reading} for reading {} bytes", bytes.len());
    let checking = most_held(|| _ = check(bytes, Form::Portable));
    assert!(checking <= SMALL + bytes.len() * CHECK_FACTOR, "{checking} for checking {} bytes", bytes.len());
}

#[test]
fn reading_values_other_than_objects_with_shapes_allocates_nothing() {
    for (_, bytes) in examples() {
        let has_shapes = bytes.chunks(4).any(|word| u32::from(word[0]) == tag::SHAPE);
        let Ok(mut reader) = Reader::new(&bytes, Form::Portable) else { continue };
        let held = most_held(|| while reader.read().is_ok() {});
        assert!(held == 0 || has_shapes, "{held}");
    }
}

#[test]
fn claims_cost_nothing() {
    let claims = [tag::ARRAY, tag::SET, tag::OBJECT, tag::MAP, tag::SHAPE, tag::PACKED_DOUBLES, tag::LATIN1];
    for claim in claims {
        let mut bytes = vec![b'F', b'P', 1, 0];
        bytes.extend((claim | tag::LONG_COUNT << 8).to_le_bytes());
        bytes.extend(u32::MAX.to_le_bytes());
        bytes.extend([0; 16]);
        modest(&bytes);
    }
}

#[test]
fn nested_claims_do_not_add_up() {
    // Each array claims as much as it may; without a common account this would be quadratic.
    let mut writer = Writer::new();
    let depth = 2_000;
    for _ in 0..depth {
        writer.begin_array(2);
    }
    for _ in 0..=depth {
        writer.null();
    }
    modest(&writer.into_bytes().unwrap());
    let mut writer = Writer::new();
    for _ in 0..depth {
        writer.begin_array(1);
    }
    writer.null();
    modest(&writer.into_bytes().unwrap());
    let mut writer = Writer::new();
    for level in 0..depth {
        writer.begin_array(depth - level);
    }
    modest(&writer.into_bytes().unwrap());
}

#[test]
fn a_long_key_costs_once_however_many_objects_have_it() {
    let mut writer = Writer::new();
    writer.begin_array(10_000);
    let shape = writer.begin_shape(1);
    writer.str(&"k".repeat(100_000));
    writer.null();
    for _ in 1..10_000 {
        writer.begin_shaped(shape);
        writer.null();
    }
    let bytes = writer.into_bytes().unwrap();
    assert!(Value::from_bytes(&bytes).is_ok());
    modest(&bytes);
}

#[test]
fn a_sparse_arrays_length_costs_nothing() {
    let mut writer = Writer::new();
    let open = writer.open_sparse_array(u32::MAX, 0);
    writer.close(open, 0);
    modest(&writer.into_bytes().unwrap());
}

#[test]
fn a_maximum_byte_length_costs_nothing() {
    let mut bytes = vec![b'F', b'P', 1, 0];
    bytes.extend((tag::ARRAY_BUFFER | tag::BUFFER_RESIZABLE << 8).to_le_bytes());
    bytes.extend([0_u32, 0, u32::MAX, u32::MAX].iter().flat_map(|word| word.to_le_bytes()));
    assert!(Value::from_bytes(&bytes).is_ok());
    modest(&bytes);
}

#[test]
fn changed_and_joined_examples_cost_no_more_than_they_weigh() {
    let mut random = Random::new(seed());
    let examples = examples();
    for _ in 0..20_000 {
        let mut bytes = examples[random.below(examples.len())].1.clone();
        for _ in 0..random.below(20) {
            let more = &examples[random.below(examples.len())].1;
            let place = (1 + random.below(bytes.len() / 4)) * 4;
            bytes.splice(place..place, more[4..].iter().copied());
        }
        for _ in 0..random.below(5) {
            let place = random.below(bytes.len());
            bytes[place] = random.next() as u8;
        }
        modest(&bytes);
    }
}
