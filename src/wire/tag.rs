//! The numbers of the format, each stated here and nowhere else: header, tags, argument bits.
//!
//! `CONSTANTS` lists them by name, so that whatever else reads or writes messages (JavaScript, documentation, tools)
//! takes them from here instead of repeating them.

macro_rules! constants {
    ($($(#[$doc:meta])* $name:ident = $number:expr;)*) => {
        $($(#[$doc])* pub const $name: u32 = $number;)*

        /// Every number of the format under its name.
        pub const CONSTANTS: &[(&str, u32)] = &[$((stringify!($name), $name)),*];
    };
}

constants! {
    /// First two bytes of a message, `'F'` then `'P'`, as the low half of the header word.
    MAGIC = 0x5046;
    /// The version this crate writes and the only one it reads: third byte of the header.
    VERSION = 1;

    /// Header flag (fourth byte): the message contains `REF`, so a reader must remember objects by number.
    FLAG_REFS = 1;
    /// Header flag: in-process form; tags from `FIRST_LOCAL` on may appear. Never accepted from outside the process.
    FLAG_LOCAL = 2;
    /// Header flag: linked form; `PORT` may appear. Accepted from the other end of a link between processes, and from nobody else.
    FLAG_PORTS = 4;
    /// Header flag, together with `FLAG_PORTS`: the message is for ferroport itself at the other end of a link.
    FLAG_ORDER = 8;

    /// `undefined`.
    UNDEFINED = 0x01;
    /// `null`.
    NULL = 0x02;
    /// `false`.
    FALSE = 0x03;
    /// `true`.
    TRUE = 0x04;
    /// A number; the argument is its value as a signed 24-bit integer.
    INT = 0x05;
    /// A number; the next word is its value as a signed 32-bit integer.
    INT32 = 0x06;
    /// A number; an aligned float64 follows.
    DOUBLE = 0x07;
    /// A BigInt; argument bit 0 says negative. Next word: how many 64-bit digits; then, aligned, the digits.
    BIGINT = 0x08;
    /// A string, one byte for each code unit; count: its length.
    LATIN1 = 0x09;
    /// A string, two bytes for each code unit; count: its length in code units.
    UTF16 = 0x0a;
    /// An element that an array does not have.
    HOLE = 0x0b;
    /// The object with this number, again; count: the number.
    REF = 0x0c;
    /// So many strings, each a value; count: how many. Then their lengths, a word each; then the units of all, a byte each.
    LATIN1_RUN = 0x0d;
    /// As `LATIN1_RUN`, two bytes for each unit.
    UTF16_RUN = 0x0e;

    /// Tags from here on are objects: reading the head word gives the object its number.
    FIRST_OBJECT = 0x10;
    /// A Boolean object; argument 0 or 1.
    BOOLEAN_OBJECT = 0x10;
    /// A Number object; a number value follows.
    NUMBER_OBJECT = 0x11;
    /// A String object; a string value follows.
    STRING_OBJECT = 0x12;
    /// A BigInt object; a `BIGINT` follows.
    BIGINT_OBJECT = 0x13;
    /// A Date; an aligned float64 follows, milliseconds since 1970 or NaN.
    DATE = 0x14;
    /// A RegExp; two string values follow, source and flags.
    REGEXP = 0x15;
    /// An error; the argument says which and what follows (`ERROR_…`).
    ERROR = 0x16;

    /// A plain object; count: properties, each a key and a value.
    OBJECT = 0x20;
    /// A plain object that defines a shape; count: keys. The keys follow, strings, then the values in the same order.
    SHAPE = 0x21;
    /// A plain object; count: the number of a shape defined earlier in the message. The values follow.
    SHAPED = 0x22;
    /// An array; count: its length. That many values or `HOLE`s follow.
    ARRAY = 0x23;
    /// An array of numbers; count: its length. That many int32 words follow.
    PACKED_INTS = 0x24;
    /// An array of numbers; count: its length. That many float64s follow, aligned.
    PACKED_DOUBLES = 0x25;
    /// An array with extra properties, or mostly holes; count: own properties. Next word: its length; then each a key and a value.
    SPARSE_ARRAY = 0x26;
    /// A Map; count: entries, each a key value and a value.
    MAP = 0x27;
    /// A Set; count: values.
    SET = 0x28;

    /// An ArrayBuffer; argument bit 0 says resizable. byteLength (two words), maxByteLength (two words, if resizable), bytes.
    ARRAY_BUFFER = 0x30;
    /// A view; the argument is its kind and `VIEW_TRACKS_LENGTH`. byteOffset and byteLength (two words each), then its buffer.
    VIEW = 0x31;
    /// A view over the whole of a fixed-length buffer of its own; the argument is its kind. byteLength (two words), bytes.
    /// Takes two object numbers: the view's, then the buffer's.
    WHOLE_VIEW = 0x32;

    /// Tags from here on appear in the in-process form only.
    FIRST_LOCAL = 0x40;
    /// A plain object; count: the process-wide number of its shape. The values follow.
    LOCAL_SHAPED = 0x40;
    /// A port; count: its index among the endpoints that travel with the message.
    PORT = 0x42;
    /// Something that only the JavaScript engine can move; count: its index in the parcel that travels beside the message.
    SIDECAR = 0x43;
    /// A signal that several threads share; count: its index among the signals that travel with the message.
    SIGNAL = 0x44;

    /// An argument stands in its head word multiplied by this, above the tag.
    ARGUMENT_UNIT = 0x100;
    /// A count of this much or more stands in the word after the head, and this in the head.
    LONG_COUNT = 0x00ff_ffff;
    /// The upper half of the bits that every NaN is written with; the lower half is 0.
    NAN_HIGH = 0x7ff8_0000;
    /// `BIGINT` argument bit.
    BIGINT_NEGATIVE = 1;
    /// `ARRAY_BUFFER` argument bit: a maxByteLength follows the byteLength.
    BUFFER_RESIZABLE = 1;
    /// `VIEW` argument bit: no length of its own, it ends where its (resizable) buffer ends.
    VIEW_TRACKS_LENGTH = 0x100;
    /// `ERROR` argument bits that hold the kind.
    ERROR_KIND = 7;
    /// `ERROR` argument bit: a message follows, a string value.
    ERROR_HAS_MESSAGE = 8;
    /// `ERROR` argument bit: a stack follows, a string value.
    ERROR_HAS_STACK = 16;
    /// `ERROR` argument bit: a cause follows, any value.
    ERROR_HAS_CAUSE = 32;
}

/// The bits that every NaN is written with; the payload of a NaN means nothing to JavaScript and must not leak.
pub const CANONICAL_NAN: u64 = (NAN_HIGH as u64) << 32;

/// The head word of a value: its tag, and the argument above that.
#[inline]
pub const fn head(tag: u32, argument: u32) -> u32 {
    tag | (argument * ARGUMENT_UNIT)
}

/// The tag in a head word, and the argument.
#[inline]
pub const fn parts(head: u32) -> (u32, u32) {
    (head % ARGUMENT_UNIT, head / ARGUMENT_UNIT)
}

/// A message's header with these flags.
#[inline]
pub const fn header(flags: u32) -> u32 {
    MAGIC | VERSION << 16 | flags << 24
}

/// The name of tag `tag`, for messages to people; `None` if no value starts so.
pub fn name(tag: u32) -> Option<&'static str> {
    if !(UNDEFINED..=SIGNAL).contains(&tag) {
        return None;
    }
    let from = CONSTANTS.iter().position(|&(name, _)| name == "UNDEFINED")?;
    CONSTANTS[from..]
        .iter()
        .find(|&&(name, number)| number == tag && !name.starts_with("FIRST_"))
        .map(|&(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags() -> impl Iterator<Item = (&'static str, u32)> {
        let place = |wanted| CONSTANTS.iter().position(|&(name, _)| name == wanted).unwrap();
        let tags = &CONSTANTS[place("UNDEFINED")..=place("SIGNAL")];
        tags.iter().copied().filter(|(name, _)| !name.starts_with("FIRST_"))
    }

    #[test]
    fn no_two_tags_share_a_number_and_none_is_zero() {
        let mut seen = std::collections::HashSet::from([0]);
        for (name, number) in tags() {
            assert!(number <= 0xff && seen.insert(number), "{name}");
        }
    }

    #[test]
    fn every_tag_knows_its_name() {
        for (tag_name, number) in tags() {
            assert_eq!(name(number), Some(tag_name));
        }
        assert_eq!(name(0), None);
        assert_eq!(name(FIRST_OBJECT - 1), None);
        assert_eq!(name(LONG_COUNT), None);
    }
}
