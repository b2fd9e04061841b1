//! Writing what is no object: constants, numbers, BigInts, strings, and keys.

use std::mem::MaybeUninit;

use super::Writer;
use crate::wire::tag;

impl Writer {
    /// Writes `undefined`.
    #[inline]
    pub fn undefined(&mut self) {
        self.word(tag::UNDEFINED);
    }

    /// Writes `null`.
    #[inline]
    pub fn null(&mut self) {
        self.word(tag::NULL);
    }

    /// Writes `true` or `false`.
    #[inline]
    pub fn boolean(&mut self, value: bool) {
        self.word(if value { tag::TRUE } else { tag::FALSE });
    }

    /// Writes a number in its shortest form.
    #[inline]
    pub fn number(&mut self, value: f64) {
        let int = value as i32;
        // Bits, not values: -0 is not the integer 0.
        if f64::from(int).to_bits() == value.to_bits() {
            self.int(int);
        } else {
            self.word(tag::DOUBLE);
            self.double(value);
        }
    }

    /// Writes a number that is an integer of 32 bits, in its shortest form.
    #[inline]
    pub fn int(&mut self, value: i32) {
        if value << 8 >> 8 == value {
            self.head(tag::INT, value as u32 & 0x00ff_ffff);
        } else {
            self.word(tag::INT32);
            self.word(value as u32);
        }
    }

    /// Writes a BigInt; `digits` least significant first, leading zeros are dropped.
    pub fn bigint(&mut self, negative: bool, digits: &[u64]) {
        let digits = &digits[..digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1)];
        self.head(tag::BIGINT, u32::from(negative && !digits.is_empty()) * tag::BIGINT_NEGATIVE);
        let count = self.count(digits.len());
        self.word(count);
        self.align();
        for digit in digits {
            self.append(&digit.to_le_bytes());
        }
    }

    /// Writes a string of code units up to 0xFF, a byte each.
    pub fn latin1(&mut self, units: &[u8]) {
        let count = self.count(units.len());
        self.counted(tag::LATIN1, count);
        self.payload(units);
    }

    /// Writes a string of `length` code units up to 0xFF, which `fill` puts in place. `fill` gets one byte more than
    /// that, disregarded afterwards, for those who end strings with a zero. Returns what `fill` returns; `None`, without
    /// calling it, if there is no memory: the message cannot be finished then.
    ///
    /// # Safety
    /// `fill` initialises the first `length` bytes of the memory it is given, if it returns.
    pub unsafe fn latin1_with<R>(&mut self, length: u32, fill: impl FnOnce(&mut [MaybeUninit<u8>]) -> R) -> Option<R> {
        self.counted(tag::LATIN1, length);
        let length = length as usize;
        if !self.has_room(length + 1) {
            return None;
        }
        let result = fill(&mut self.bytes.spare_capacity_mut()[..length + 1]);
        // SAFETY: so much was reserved, and has been initialised by `fill`, as the caller promises.
        unsafe { self.bytes.set_len(self.bytes.len() + length) };
        self.pad();
        Some(result)
    }

    /// Writes a string of `length` code units, two bytes each, which `fill` puts in place; as
    /// [`latin1_with`](Writer::latin1_with) for the rest.
    ///
    /// # Safety
    /// `fill` initialises the first `length` units of the memory it is given, if it returns.
    pub unsafe fn utf16_with<R>(&mut self, length: u32, fill: impl FnOnce(&mut [MaybeUninit<u16>]) -> R) -> Option<R> {
        self.counted(tag::UTF16, length);
        let length = length as usize;
        // Two more to reach an even address, if the vector's is odd.
        if !self.has_room(2 * length + 4) {
            return None;
        }
        // SAFETY: a pair of bytes that need not be initialised is a unit that need not be.
        let (before, units, _) = unsafe { self.bytes.spare_capacity_mut().align_to_mut::<MaybeUninit<u16>>() };
        let moved = before.len();
        let result = fill(&mut units[..length + 1]);
        if moved > 0 {
            self.bytes.spare_capacity_mut().copy_within(moved..moved + 2 * length, 0);
        }
        // SAFETY: so much was reserved, and has been initialised by `fill`, as the caller promises.
        unsafe { self.bytes.set_len(self.bytes.len() + 2 * length) };
        self.pad();
        Some(result)
    }

    /// Writes a string; as bytes if every unit is below 0x100, else as UTF-16, lone surrogates and all.
    pub fn utf16(&mut self, units: &[u16]) {
        let count = self.count(units.len());
        // One pass without an early exit is what the compiler can vectorise.
        if units.iter().fold(0, |all, unit| all | unit) <= 0xff {
            self.counted(tag::LATIN1, count);
            if self.has_room(units.len()) {
                self.bytes.extend(units.iter().map(|&unit| unit as u8));
            }
        } else {
            self.counted(tag::UTF16, count);
            if self.has_room(units.len() * 2) {
                for unit in units {
                    self.bytes.extend_from_slice(&unit.to_le_bytes());
                }
            }
        }
        self.pad();
    }

    /// Writes a string, in its shortest form.
    pub fn str(&mut self, text: &str) {
        if text.is_ascii() {
            self.latin1(text.as_bytes());
        } else if text.chars().all(|c| c <= '\u{ff}') {
            let count = self.count(text.chars().count());
            self.counted(tag::LATIN1, count);
            self.bytes.extend(text.chars().map(|c| c as u8));
            self.pad();
        } else {
            let count = self.count(text.encode_utf16().count());
            self.counted(tag::UTF16, count);
            for unit in text.encode_utf16() {
                self.bytes.extend_from_slice(&unit.to_le_bytes());
            }
            self.pad();
        }
    }

    /// Writes strings that are values which follow one another, at least one; as bytes if every unit of all is below 0x100.
    pub fn run(&mut self, strings: &[&[u16]]) {
        let count = self.count(strings.len());
        let is_wide = strings.iter().any(|units| units.iter().any(|&unit| unit > 0xff));
        self.counted(if is_wide { tag::UTF16_RUN } else { tag::LATIN1_RUN }, count);
        for units in strings {
            let length = self.count(units.len());
            self.word(length);
        }
        for unit in strings.iter().copied().flatten() {
            self.append(&unit.to_le_bytes()[..if is_wide { 2 } else { 1 }]);
        }
        self.pad();
    }

    /// Writes a property key that is an array index, 0 to 2^32 - 2.
    #[inline]
    pub fn index(&mut self, index: u32) {
        self.number(f64::from(index));
    }
}
