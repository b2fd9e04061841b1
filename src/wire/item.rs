//! What a reader hands out: one value, or the head of one, borrowed from the message.

use super::kinds::{ErrorKind, ViewKind};
use super::packed::Packed;

/// One step of reading. What holds other values comes as a head; its insides are read by the next calls of
/// [`Reader::read`](super::Reader::read), in the order stated at each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item<'a> {
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number that is an integer of 32 bits (never -0).
    Int(i32),
    /// A number.
    Double(f64),
    /// A BigInt.
    BigInt(BigInt<'a>),
    /// A string.
    String(Str<'a>),
    /// An element that the array does not have.
    Hole,
    /// The object with this number, which has been handed out.
    Ref(u32),
    /// A Boolean object.
    BooleanObject(bool),
    /// A Number object.
    NumberObject(f64),
    /// A String object.
    StringObject(Str<'a>),
    /// A BigInt object.
    BigIntObject(BigInt<'a>),
    /// A Date: milliseconds since 1970, NaN for an invalid one.
    Date(f64),
    /// A RegExp.
    RegExp {
        /// The pattern.
        source: Str<'a>,
        /// The flags, in whatever order and possibly not valid.
        flags: Str<'a>,
    },
    /// An error; with `cause`, one value follows.
    Error(ErrorHead<'a>),
    /// A plain object; then `count` times [`read_key`](super::Reader::read_key) and a value.
    Object {
        /// Properties.
        count: u32,
    },
    /// A plain object that defines shape `shape`; then `keys` times [`read_string`](super::Reader::read_string), then
    /// `keys` values.
    Shape {
        /// The number the shape gets: 0, 1, 2, … in the order of the message.
        shape: u32,
        /// Keys, and values.
        keys: u32,
    },
    /// A plain object of a shape defined earlier in the message; then `keys` values.
    Shaped {
        /// The shape's number.
        shape: u32,
        /// Values.
        keys: u32,
    },
    /// A plain object of a shape known in this process; then `keys` values.
    LocalShaped {
        /// The shape's process-wide number.
        shape: u32,
        /// Values.
        keys: u32,
    },
    /// An array; then `length` values, or [`Hole`](Item::Hole)s.
    Array {
        /// The array's length.
        length: u32,
    },
    /// An array of 32-bit integers, whole.
    PackedInts(Packed<'a, i32>),
    /// An array of numbers, whole.
    PackedDoubles(Packed<'a, f64>),
    /// An array of which only some properties are given; then `count` times [`read_key`](super::Reader::read_key) and a
    /// value. `length` has nothing to do with the size of the message: reserve nothing for it.
    SparseArray {
        /// The array's length.
        length: u32,
        /// Own properties.
        count: u32,
    },
    /// A Map; then `count` times a key value and a value.
    Map {
        /// Entries.
        count: u32,
    },
    /// A Set; then `count` values.
    Set {
        /// Values.
        count: u32,
    },
    /// An ArrayBuffer, whole.
    ArrayBuffer(Buffer<'a>),
    /// A view; one value follows, its buffer: an [`ArrayBuffer`](Item::ArrayBuffer), a [`Sidecar`](Item::Sidecar) or a
    /// [`Ref`](Item::Ref) to one.
    View(View),
    /// A view over the whole of a buffer of its own, whole; the view takes one object number and its buffer the next.
    WholeView {
        /// The view's class.
        kind: ViewKind,
        /// The buffer's bytes: a multiple of the element size.
        bytes: &'a [u8],
    },
    /// A port, by its index among the endpoints that travel with the message.
    Port(u32),
    /// Something in the parcel that travels beside the message, by its index there.
    Sidecar(u32),
    /// A signal, by its index among those that travel with the message.
    Signal(u32),
}

/// A string in one of its two forms. Equal strings have equal code units, whichever their forms.
#[derive(Clone, Copy, Debug)]
pub enum Str<'a> {
    /// Code units up to 0xFF, a byte each.
    Latin1(&'a [u8]),
    /// Code units; lone surrogates are kept.
    Utf16(Packed<'a, u16>),
}

/// A property key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Key<'a> {
    /// An array index, 0 to 2^32 - 2.
    Index(u32),
    /// Any string.
    Name(Str<'a>),
}

/// A BigInt: sign and magnitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BigInt<'a> {
    /// Below zero.
    pub negative: bool,
    /// Digits of 64 bits, least significant first, the last one not zero; none for zero.
    pub digits: Packed<'a, u64>,
}

/// The head of an error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorHead<'a> {
    /// Its class.
    pub kind: ErrorKind,
    /// Own property `message`.
    pub message: Option<Str<'a>>,
    /// Own property `stack`.
    pub stack: Option<Str<'a>>,
    /// Whether it has a cause: one value, which follows.
    pub cause: bool,
}

/// The memory of an ArrayBuffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffer<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// maxByteLength, if resizable; not less than `bytes.len()` and otherwise unchecked: reserve nothing for it unasked.
    pub max_byte_length: Option<u64>,
}

/// A view, without its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Its class.
    pub kind: ViewKind,
    /// Where in the buffer it begins, in bytes: a multiple of the element size.
    pub byte_offset: u64,
    /// Its length in bytes, a multiple of the element size; `None` for a view that tracks its buffer's length.
    pub byte_length: Option<u64>,
}

impl Str<'_> {
    /// Length in code units.
    #[inline]
    pub fn len(self) -> usize {
        match self {
            Str::Latin1(bytes) => bytes.len(),
            Str::Utf16(units) => units.len(),
        }
    }

    /// Whether it is the empty string.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl PartialEq for Str<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Str::Latin1(left), Str::Latin1(right)) => left == right,
            (Str::Utf16(left), Str::Utf16(right)) => left == right,
            (Str::Latin1(bytes), Str::Utf16(units)) | (Str::Utf16(units), Str::Latin1(bytes)) => {
                units.iter().eq(bytes.iter().map(|&byte| u16::from(byte)))
            }
        }
    }
}

impl Str<'_> {
    /// The array index that this string spells, "0" to "4294967294" without leading zeros.
    pub fn array_index(self) -> Option<u32> {
        match self {
            Str::Latin1(bytes) => spelled_index(bytes.iter().map(|&byte| u16::from(byte))),
            Str::Utf16(units) => spelled_index(units.iter()),
        }
    }
}

/// The array index that these code units spell.
pub fn spelled_index(units: impl ExactSizeIterator<Item = u16>) -> Option<u32> {
    let length = units.len();
    let mut index: u32 = 0;
    for (place, unit) in units.enumerate() {
        let digit = u32::from(unit).checked_sub(u32::from(b'0')).filter(|&digit| digit <= 9)?;
        if place == 0 && digit == 0 && length > 1 {
            return None;
        }
        index = index.checked_mul(10)?.checked_add(digit)?;
    }
    (length > 0 && index != u32::MAX).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::spelled_index;

    #[test]
    fn a_key_is_an_index_if_an_array_could_have_it() {
        let of = |key: &str| spelled_index(key.encode_utf16().collect::<Vec<_>>().into_iter());
        assert_eq!([of("0"), of("7"), of("10"), of("4294967294")], [Some(0), Some(7), Some(10), Some(u32::MAX - 1)]);
        for key in
            ["", "00", "01", "-1", "1.5", "1e3", " 1", "4294967295", "9999999999", "12345678901", "a", "1\u{660}"]
        {
            assert_eq!(of(key), None, "{key}");
        }
    }
}
