//! What is wrong with bytes that are not a message, and where.

use std::fmt;

use super::tag;

/// Bytes are not a message: the first rule they break and the byte that breaks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Offset, in bytes from the message's first, of what breaks the rule.
    pub offset: usize,
    /// The rule.
    pub defect: Defect,
}

/// The ways of being malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Defect {
    /// The length is no multiple of four.
    PartialWord,
    /// The first two bytes are not `FP`.
    NotAMessage,
    /// A version of the format that this crate does not read.
    Version(u8),
    /// Header flags that mean nothing, or not together.
    Flags(u8),
    /// The in-process form where only the portable one is accepted.
    LocalForm,
    /// The message ends where something is missing.
    Truncated,
    /// More bytes than the message has use for.
    Trailing,
    /// A read past the end of the value.
    PastEnd,
    /// No value starts with this tag.
    Tag(u8),
    /// A tag of the in-process form in a portable message.
    LocalTag(u8),
    /// A head word's argument has bits that mean nothing for its tag.
    Argument(u8),
    /// Padding that is not zero.
    Padding,
    /// A count that the rest of the message cannot hold.
    Count(u32),
    /// A byte length that the rest of the message cannot hold.
    Length(u64),
    /// A BigInt whose highest digit is zero, or a negative zero.
    BigIntDigits,
    /// A reference in a message whose header says that it has none.
    UnannouncedReference,
    /// A reference to an object that has not been met.
    Reference(u32),
    /// A shape that has not been defined.
    Shape(u32),
    /// A hole outside an array.
    Hole,
    /// A value that is not the kind of value that must stand here.
    Expected(&'static str),
    /// A number as property key that is no array index.
    Index,
    /// A property key that an array of this length cannot have.
    ArrayKey,
    /// A resizable buffer longer than its maximum.
    MaxByteLength,
    /// A view whose offset or length is no multiple of its element size.
    ViewAlignment,
    /// A view that does not fit into its buffer.
    ViewRange,
    /// A length-tracking view of a buffer that is not resizable, or with a length.
    ViewTracking,
    /// More values than a reader can number.
    TooManyObjects,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed message at byte {}: {}", self.offset, self.defect)
    }
}

impl std::error::Error for Malformed {}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tag_name = |number: u8| tag::name(u32::from(number)).unwrap_or("value");
        match *self {
            Defect::PartialWord => f.write_str("its length is not a multiple of 4"),
            Defect::NotAMessage => f.write_str("it does not begin with 'FP'"),
            Defect::Version(version) => write!(f, "version {version} is not known"),
            Defect::Flags(flags) => write!(f, "header flags {flags:#04x} are not valid"),
            Defect::LocalForm => f.write_str("the in-process form is not accepted here"),
            Defect::Truncated => f.write_str("it ends too early"),
            Defect::Trailing => f.write_str("bytes follow the end of the value"),
            Defect::PastEnd => f.write_str("nothing is left to read"),
            Defect::Tag(number) => write!(f, "{number:#04x} is not a tag"),
            Defect::LocalTag(number) => write!(f, "{} is not allowed in the portable form", tag_name(number)),
            Defect::Argument(number) => write!(f, "the argument of {} is not valid", tag_name(number)),
            Defect::Padding => f.write_str("padding is not zero"),
            Defect::Count(count) => write!(f, "the rest cannot hold a count of {count}"),
            Defect::Length(length) => write!(f, "the rest cannot hold {length} bytes"),
            Defect::BigIntDigits => f.write_str("a BigInt is not in its shortest form"),
            Defect::UnannouncedReference => f.write_str("the header announces no references"),
            Defect::Reference(number) => write!(f, "object {number} has not been met"),
            Defect::Shape(number) => write!(f, "shape {number} is not known"),
            Defect::Hole => f.write_str("a hole outside an array"),
            Defect::Expected(what) => write!(f, "expected {what}"),
            Defect::Index => f.write_str("a key that is a number must be an array index"),
            Defect::ArrayKey => f.write_str("an array cannot have this key"),
            Defect::MaxByteLength => f.write_str("a buffer is longer than its maximum"),
            Defect::ViewAlignment => f.write_str("a view is not aligned to its elements"),
            Defect::ViewRange => f.write_str("a view does not fit into its buffer"),
            Defect::ViewTracking => f.write_str("a view cannot track the length of this buffer"),
            Defect::TooManyObjects => f.write_str("more objects than can be numbered"),
        }
    }
}
