//! A JavaScript string outside JavaScript: code units, shared, lone surrogates and all.

use std::fmt;
use std::sync::Arc;

use crate::wire::item::{Str, spelled_index};

/// A JavaScript string. Cloning shares the code units.
///
/// Equal texts have equal code units, whichever form they were read from.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Text(Units);

/// Always the narrower form that fits, so that derived equality is equality of strings.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Units {
    Latin1(Arc<[u8]>),
    Utf16(Arc<[u16]>),
}

impl Text {
    /// The string of these code units.
    pub fn from_units(units: &[u16]) -> Self {
        if units.iter().all(|&unit| unit <= 0xff) {
            Text(Units::Latin1(units.iter().map(|&unit| unit as u8).collect()))
        } else {
            Text(Units::Utf16(units.into()))
        }
    }

    /// The string of these code units below 0x100.
    pub fn from_latin1(units: &[u8]) -> Self {
        Text(Units::Latin1(units.into()))
    }

    /// The code units in order.
    pub fn units(&self) -> impl Iterator<Item = u16> + '_ {
        let (narrow, wide): (&[u8], &[u16]) = match &self.0 {
            Units::Latin1(bytes) => (bytes, &[]),
            Units::Utf16(units) => (&[], units),
        };
        narrow.iter().map(|&byte| u16::from(byte)).chain(wide.iter().copied())
    }

    /// Length in code units.
    pub fn len(&self) -> usize {
        match &self.0 {
            Units::Latin1(bytes) => bytes.len(),
            Units::Utf16(units) => units.len(),
        }
    }

    /// Whether it is the empty string.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As UTF-8; `None` if it has a lone surrogate.
    pub fn to_utf8(&self) -> Option<String> {
        char::decode_utf16(self.units()).collect::<Result<_, _>>().ok()
    }

    /// The array index that it spells.
    pub(crate) fn array_index(&self) -> Option<u32> {
        match &self.0 {
            Units::Latin1(bytes) => spelled_index(bytes.iter().map(|&byte| u16::from(byte))),
            Units::Utf16(_) => None,
        }
    }

    pub(super) fn write(&self, writer: &mut crate::wire::Writer) {
        match &self.0 {
            Units::Latin1(bytes) => writer.latin1(bytes),
            Units::Utf16(units) => writer.utf16(units),
        }
    }
}

impl From<Str<'_>> for Text {
    fn from(string: Str<'_>) -> Self {
        match string {
            Str::Latin1(bytes) => Text::from_latin1(bytes),
            Str::Utf16(units) => match units.aligned() {
                Some(units) => Text::from_units(units),
                None => Text::from_units(&units.iter().collect::<Vec<_>>()),
            },
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        if text.is_ascii() {
            Text::from_latin1(text.as_bytes())
        } else {
            Text::from_units(&text.encode_utf16().collect::<Vec<_>>())
        }
    }
}

/// Lone surrogates show as U+FFFD.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        char::decode_utf16(self.units())
            .try_for_each(|unit| fmt::Write::write_char(f, unit.unwrap_or(char::REPLACEMENT_CHARACTER)))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}
