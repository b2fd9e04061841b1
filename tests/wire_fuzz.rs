//! A bounded run of the fuzz target's body: the examples, whole, cut, changed, joined, and plain noise.

#[path = "../fuzz/reader_body.rs"]
mod reader_body;
mod wire_support;

use reader_body::read_anything;
use wire_support::examples::examples;
use wire_support::{Random, damage, insert, seed};

const ROUNDS: usize = 60_000;

#[test]
fn every_prefix_of_every_example_is_read_or_refused() {
    for (_, bytes) in examples() {
        for end in 0..=bytes.len() {
            read_anything(&bytes[..end]);
        }
    }
}

#[test]
fn every_example_with_any_byte_changed_to_anything_is_read_or_refused() {
    for (_, bytes) in examples() {
        let mut changed = bytes.clone();
        for place in 0..bytes.len() {
            for byte in 0..=u8::MAX {
                changed[place] = byte;
                read_anything(&changed);
            }
            changed[place] = bytes[place];
        }
    }
}

#[test]
fn random_changes_and_joins_of_examples_are_read_or_refused() {
    let mut random = Random::new(seed());
    let examples = examples();
    for _ in 0..ROUNDS {
        let mut bytes = examples[random.below(examples.len())].1.clone();
        for _ in 0..random.below(4) {
            let (_, more) = &examples[random.below(examples.len())];
            insert(&mut bytes, more, &mut random);
        }
        let count = random.below(5);
        damage(&mut bytes, &mut random, count);
        read_anything(&bytes);
    }
}

#[test]
fn noise_of_heads_is_read_or_refused() {
    let mut random = Random::new(seed());
    for _ in 0..ROUNDS {
        let flags = random.below(8) as u8;
        let mut bytes = vec![b'F', b'P', 1, flags];
        for _ in 0..random.below(40) {
            let tag = random.below(0x44) as u8;
            let argument = [random.below(4) as u8, 0, 0];
            bytes.push(if random.below(3) == 0 { 5 } else { tag });
            bytes.extend(argument);
        }
        read_anything(&bytes);
    }
}
