//! docs/wire-format.md says what the code does: every number, and every example byte by byte.

mod wire_support;

use std::collections::HashSet;
use std::fmt::Write;

use ferroport::wire::{ErrorKind, Form, ViewKind, check, tag};
use wire_support::examples::{ExampleShapes, examples};

const DOCUMENT: &str = include_str!("../docs/wire-format.md");

/// The dump blocks: what follows "dump " on the opening fence, and the lines inside.
fn dumps() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut dumps: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut inside = false;
    for line in DOCUMENT.lines() {
        if let Some(name) = line.strip_prefix("```dump ") {
            dumps.push((name, Vec::new()));
            inside = true;
        } else if line.starts_with("```") {
            inside = false;
        } else if let (true, Some((_, lines))) = (inside, dumps.last_mut()) {
            lines.push(line);
        }
    }
    dumps
}

/// A line of a dump: offset in decimal, two spaces, a word's four bytes in hexadecimal, and what they mean.
fn parse(line: &str) -> Option<(usize, Vec<u8>)> {
    let (offset, rest) = line.trim_start().split_once("  ")?;
    let bytes = rest.get(..11)?.split(' ').map(|byte| u8::from_str_radix(byte, 16));
    Some((offset.parse().ok()?, bytes.collect::<Result<_, _>>().ok()?))
}

fn dump(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (index, word) in bytes.chunks(4).enumerate() {
        let [a, b, c, d] = word else { panic!("a message is whole words") };
        let _ = writeln!(text, "{:4}  {a:02x} {b:02x} {c:02x} {d:02x}", index * 4);
    }
    text
}

#[test]
fn every_example_is_in_the_document_and_has_these_bytes() {
    let dumps = dumps();
    let mut wrong = String::new();
    for (name, bytes) in examples() {
        let shown: Vec<_> = dumps.iter().filter(|dump| dump.0 == name).collect();
        let words: Vec<_> = shown.iter().flat_map(|dump| &dump.1).map(|line| parse(line)).collect();
        let expected: Vec<_> =
            bytes.chunks(4).enumerate().map(|(index, word)| Some((index * 4, word.to_vec()))).collect();
        if shown.len() != 1 || words != expected {
            let _ = writeln!(wrong, "```dump {name}\n{}```\n", dump(&bytes));
        }
    }
    assert!(wrong.is_empty(), "the document should say:\n{wrong}");
    assert_eq!(dumps.len(), examples().len(), "the document has examples that nobody checks");
}

#[test]
fn every_example_is_a_valid_message() {
    for (name, bytes) in examples() {
        if let Err(malformed) = check(&bytes, Form::Local(&ExampleShapes)) {
            panic!("{name}: {malformed}");
        }
    }
}

#[test]
fn every_tag_is_in_an_example() {
    let mut missing: HashSet<_> = (1..=0xff).filter_map(tag::name).collect();
    for line in dumps().into_iter().flat_map(|dump| dump.1) {
        for word in line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            missing.remove(word);
        }
    }
    assert!(missing.is_empty(), "no example shows {missing:?}");
}

#[test]
fn every_number_in_the_document_is_the_codes_and_every_number_of_the_code_is_there() {
    let mut stated = HashSet::new();
    for line in DOCUMENT.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let number = match cells[2].strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16).unwrap(),
            None => cells[2].parse().unwrap(),
        };
        assert!(stated.insert((cells[1], number)), "{} is stated twice", cells[1]);
    }
    assert_eq!(stated, tag::CONSTANTS.iter().copied().collect());
}

#[test]
fn every_kind_in_the_document_has_the_codes_number() {
    let mut stated = Vec::new();
    for line in DOCUMENT.lines().filter(|line| line.starts_with("| *")) {
        let cells: Vec<_> = line.split('|').map(|cell| cell.trim().trim_matches('*')).collect();
        stated.push((cells[1], cells[2].parse().unwrap()));
    }
    let errors = ErrorKind::ALL.iter().map(|kind| (kind.class(), kind.number()));
    let views = ViewKind::ALL.iter().map(|kind| (kind.class(), kind.number()));
    assert_eq!(stated, errors.chain(views).collect::<Vec<_>>());
}
