//! A bounded run of the fuzz target's body: messages of all kinds, whole, cut and changed, and those that are made to cost much. Nothing of
//! that panics, or takes much more memory than the message has.

#[path = "../../../fuzz/typed_body.rs"]
mod typed_body;

#[path = "../../../tests/wire_support/random.rs"]
mod random;

use addon::channel::{Message, channel};
use addon::memory::Bytes;
use addon::wire::{Buffer, ErrorKind, ErrorParts, View, ViewKind, Writer};
use random::{Random, damage, insert, seed};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use typed_body::Ends;

/// So much memory may a message take that has less than a megabyte, however it is read.
const MOST_TAKEN: usize = 1 << 29;

/// How many changed messages are read: `FUZZ_MUTATIONS`, or this.
const MUTATIONS: usize = 100_000;

/// Counts what each thread has.
struct Counting;

thread_local! {
    static TAKEN: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

fn count(less: usize, more: usize) {
    // A thread that ends frees what it has kept.
    let _ = TAKEN.try_with(|taken| {
        let (now, most) = taken.get();
        let now = now.saturating_sub(less) + more;
        taken.set((now, most.max(now)));
    });
}

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(0, layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(layout.size(), 0);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(layout.size(), size);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Reads a message in every way, and says how much memory that has taken at most.
fn read(ends: &Ends, bytes: &[u8]) {
    let before = TAKEN.with(|taken| {
        let (now, _) = taken.get();
        taken.set((now, now));
        now
    });
    ends.read_anything(bytes);
    let most = TAKEN.with(|taken| taken.get().1) - before;
    let start = &bytes[..bytes.len().min(100)];
    assert!(most < MOST_TAKEN, "{most} bytes for a message of {}: {start:x?}", bytes.len());
}

const KEYS: &[&str] = &["a", "b", "x", "y", "points", "port", "list", "A", "B", "C", "ümläut", "7"];
const KINDS: &[ViewKind] = &[
    ViewKind::Uint8,
    ViewKind::Int16,
    ViewKind::Int32,
    ViewKind::Float16,
    ViewKind::Float64,
    ViewKind::BigUint64,
    ViewKind::DataView,
];

/// Writes messages that the types of the fuzz target's body nearly fit.
struct Sender<'a> {
    random: &'a mut Random,
    writer: Writer,
    /// The key counts of the shapes so far.
    shapes: Vec<u32>,
}

impl Sender<'_> {
    fn key(&mut self) {
        let key = KEYS[self.random.below(KEYS.len())];
        match key.parse() {
            Ok(index) => self.writer.index(index),
            Err(_) => self.writer.str(key),
        }
    }

    fn values(&mut self, count: u32, depth: u32) {
        for _ in 0..count {
            self.value(depth + 1);
        }
    }

    fn value(&mut self, depth: u32) {
        let count = self.random.below(4) as u32;
        let number = self.random.next() as i32 >> self.random.below(32);
        let kinds = if depth > 5 { 20 } else { 34 };
        match self.random.below(kinds) {
            0 => self.writer.undefined(),
            1 => self.writer.null(),
            2 => self.writer.boolean(number > 0),
            3..6 => self.writer.number(number.into()),
            6 => self.writer.number(f64::from_bits(self.random.next())),
            7 => self.writer.bigint(number < 0, &[self.random.next(), 1, 2][..count.min(3) as usize]),
            8 | 9 => self.writer.str(KEYS[self.random.below(KEYS.len())]),
            10 => self.writer.date(number.into()),
            11 => self.writer.number_object(number.into()),
            12 => {
                self.writer.begin_regexp();
                self.writer.str("a+");
                self.writer.str("g");
            }
            13 => self.writer.packed_ints(&[number, 1, 2][..count.min(3) as usize]),
            14 => self.writer.packed_doubles(&[f64::from(number), 0.5]),
            15 => self.writer.whole_view(KINDS[self.random.below(2)], &[1, 2, 3, 4]),
            16 => match self.random.below(3) {
                0 => self.writer.port(count),
                1 => self.writer.signal(count),
                _ => self.writer.sidecar(count),
            },
            17..20 => match self.writer.next_object() {
                0 => self.writer.array_buffer(Buffer { bytes: &[1; 8], max_byte_length: None }),
                objects => {
                    let object = self.random.below(objects as usize) as u32;
                    self.writer.reference(object);
                }
            },
            20 => {
                let kind = KINDS[self.random.below(KINDS.len())];
                self.writer.begin_view(View { kind, byte_offset: 8, byte_length: Some(8) });
                self.writer.array_buffer(Buffer { bytes: &[1; 24], max_byte_length: None });
            }
            21..24 => {
                self.writer.begin_array(count);
                self.values(count, depth);
            }
            24 => {
                self.writer.begin_set(count);
                self.values(count, depth);
            }
            25 => {
                self.writer.begin_map(count);
                self.values(2 * count, depth);
            }
            26 => {
                let parts = ErrorParts { message: count & 1 != 0, stack: false, cause: count & 2 != 0 };
                self.writer.begin_error(ErrorKind::Type, parts);
                if parts.message {
                    self.writer.str("no");
                }
                self.values(parts.cause.into(), depth);
            }
            27 => {
                let open = self.writer.open_sparse_array(100, count);
                for _ in 0..count {
                    self.key();
                    self.value(depth + 1);
                }
                self.writer.close(open, count);
            }
            28 | 29 => {
                self.writer.begin_object(count);
                for _ in 0..count {
                    self.key();
                    self.value(depth + 1);
                }
            }
            30 | 31 => {
                self.writer.begin_shape(count);
                self.shapes.push(count);
                for _ in 0..count {
                    let key = KEYS[self.random.below(KEYS.len() - 1)];
                    self.writer.str(key);
                }
                self.values(count, depth);
            }
            32 if !self.shapes.is_empty() => {
                let shape = self.random.below(self.shapes.len());
                self.writer.begin_shaped(shape as u32);
                self.values(self.shapes[shape], depth);
            }
            _ => {
                // Of the shapes that the process knows, nobody knows which are which: as often as not it does not fit.
                self.writer.begin_local_shaped(self.random.below(8) as u32);
                self.values(count, depth);
            }
        }
    }
}

fn message(random: &mut Random) -> Vec<u8> {
    let mut sender = Sender { random, writer: Writer::new(), shapes: Vec::new() };
    sender.value(0);
    sender.writer.into_bytes().unwrap()
}

#[test]
fn random_messages_are_read_or_refused_whole_and_cut() {
    let mut random = Random::new(seed());
    let ends = Ends::new();
    for _ in 0..2000 {
        let bytes = message(&mut random);
        read(&ends, &bytes);
        let end = random.below(bytes.len() + 1);
        read(&ends, &bytes[..end]);
    }
}

#[test]
fn changed_messages_are_read_or_refused() {
    let mut random = Random::new(seed());
    let ends = Ends::new();
    let mutations = std::env::var("FUZZ_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(MUTATIONS);
    let mut bytes = Vec::new();
    for mutation in 0..mutations {
        // Changes add up, until there is a new message.
        if mutation % 4 == 0 {
            bytes = message(&mut random);
        }
        if random.below(8) == 0 {
            let more = message(&mut random);
            insert(&mut bytes, &more, &mut random);
        }
        let count = 1 + random.below(3);
        damage(&mut bytes, &mut random, count);
        // Most are to get beyond the header.
        bytes[..3].copy_from_slice(b"FP\x01");
        bytes[3] &= 3;
        read(&ends, &bytes);
    }
}

fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.into_bytes().unwrap()
}

#[test]
fn shapes_are_known_behind_references_and_after_them() {
    let bytes = written(|w| {
        w.begin_array(4);
        for key in ["a", "b"] {
            w.begin_shape(1);
            w.str(key);
            w.number(1.0);
        }
        w.reference(1);
        w.begin_shaped(1);
        w.number(2.0);
    });
    let (theirs, ours) = channel();
    theirs.send(Message::new(Bytes::from(&bytes[..]))).unwrap();
    let handover = addon::native::hand_over(ours);
    // SAFETY: it has just been made; nobody uses it afterwards.
    let port = unsafe {
        let port = ferroport::Port::<Vec<std::collections::BTreeMap<String, u8>>, ()>::from_handover(handover.cast());
        addon::native::take_back(handover);
        port.unwrap()
    };
    let seen: Vec<_> = port.recv().unwrap().into_iter().flatten().collect();
    let expected = [("a", 1), ("b", 1), ("a", 1), ("b", 2)].map(|(key, value)| (key.to_owned(), value));
    assert_eq!(seen, expected);
}

#[test]
fn what_costs_much_more_than_its_bytes_is_refused() {
    let ends = Ends::new();
    let megabyte = vec![1; 1 << 19];
    // A large buffer, a large text, that stand there very often.
    let often = |first: &dyn Fn(&mut Writer)| {
        written(|w| {
            w.begin_array(50_000);
            first(w);
            for _ in 1..50_000 {
                w.reference(1);
            }
        })
    };
    read(&ends, &often(&|w| w.array_buffer(Buffer { bytes: &megabyte, max_byte_length: None })));
    read(&ends, &often(&|w| w.whole_view(ViewKind::Uint8, &megabyte)));
    read(
        &ends,
        &often(&|w| {
            w.begin_object(1);
            w.str("a");
            w.latin1(&megabyte);
        }),
    );
    read(
        &ends,
        &often(&|w| {
            w.begin_object(1);
            w.latin1(&megabyte);
            w.null();
        }),
    );
    read(&ends, &often(&|w| w.packed_ints(&[1; 100_000])));
    // Views over one buffer.
    read(
        &ends,
        &written(|w| {
            w.begin_array(20_000);
            w.array_buffer(Buffer { bytes: &megabyte, max_byte_length: None });
            for _ in 1..20_000 {
                w.begin_view(View { kind: ViewKind::Uint8, byte_offset: 0, byte_length: Some(megabyte.len() as u64) });
                w.reference(1);
            }
        }),
    );
    // A long key, of a shape.
    read(
        &ends,
        &written(|w| {
            w.begin_array(50_000);
            let shape = w.begin_shape(1);
            w.latin1(&megabyte);
            w.null();
            for _ in 1..50_000 {
                w.begin_shaped(shape);
                w.null();
            }
        }),
    );
    // Arrays of holes.
    read(
        &ends,
        &written(|w| {
            w.begin_array(50_000);
            for _ in 0..50_000 {
                let open = w.open_sparse_array(64, 0);
                w.close(open, 0);
            }
        }),
    );
    // Long arrays that contain themselves, and trees that double with each level.
    read(
        &ends,
        &written(|w| {
            w.begin_array(100_000);
            for _ in 0..100_000 {
                w.reference(0);
            }
        }),
    );
    read(
        &ends,
        &written(|w| {
            w.begin_array(60);
            w.begin_array(0);
            for level in 1..60 {
                w.begin_array(2);
                w.reference(level);
                w.reference(level);
            }
        }),
    );
    // Many shapes, and many objects after them, of which some are referred to.
    read(
        &ends,
        &written(|w| {
            w.begin_array(40_001);
            for _ in 0..40_000 {
                w.begin_shape(1);
                w.str("a");
                w.null();
            }
            w.reference(1);
        }),
    );
}
