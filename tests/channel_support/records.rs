//! Numbered contents of many lengths, and the records that batches of them are made of.
#![allow(dead_code, reason = "not every test does everything with them")]

use ferroport::channel::Key;
use std::iter;

/// The content that says it is number `number`: mostly short, now and then longer than what may share a run, or than
/// what a small block takes.
pub fn content(number: u64) -> Vec<u8> {
    let more = match number {
        _ if number.is_multiple_of(101) => 9_000,
        _ if number.is_multiple_of(37) => 1_500,
        _ => number * 7 % 50,
    };
    number.to_le_bytes().into_iter().chain((0..more).map(|index| (number + index) as u8)).collect()
}

/// The number that a content says it is; it must be whole.
pub fn number(bytes: &[u8]) -> u64 {
    let number = u64::from_le_bytes(bytes[..8].try_into().unwrap());
    assert!(bytes == content(number), "the content of {number} was damaged");
    number
}

/// The contents of the records in a block, which must be well-formed to the end.
pub fn records(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    marked(block).map(|(mark, content)| {
        assert_eq!(mark, 0);
        content
    })
}

/// The same, with the second words.
fn marked(mut block: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    iter::from_fn(move || {
        let (header, rest) = block.split_at_checked(8)?;
        let [length, mark] =
            [&header[..4], &header[4..]].map(|word| u32::from_ne_bytes(word.try_into().unwrap()) as usize);
        let (record, next) = rest.split_at(length.next_multiple_of(8));
        assert!(record[length..].iter().all(|byte| *byte == 0), "something was left in the padding");
        block = next;
        Some((mark, &record[..length]))
    })
}

/// The deliveries that come of records which members of a group share.
pub fn deliveries<'a>(block: &'a [u8], targets: &'a [Key]) -> impl Iterator<Item = (Key, &'a [u8])> {
    marked(block).flat_map(move |(sender, content)| {
        let receivers = targets.iter().enumerate().filter(move |(place, _)| place + 1 != sender);
        receivers.map(move |(_, key)| (*key, content))
    })
}
