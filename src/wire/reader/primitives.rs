//! Reading what is no object: constants, numbers, BigInts, strings, references.

use super::{Reader, Run};
use crate::wire::item::{BigInt, Item, Str};
use crate::wire::malformed::{Defect, Malformed};
use crate::wire::packed::{Packed, Unit};
use crate::wire::tag;

impl<'a> Reader<'a> {
    #[inline]
    pub(super) fn read_primitive(&mut self, tag: u32, argument: u32, head: u32) -> Result<Item<'a>, Malformed> {
        Ok(match tag {
            tag::INT => Item::Int(head as i32 >> 8),
            tag::LATIN1 => Item::String(Str::Latin1(self.latin1(argument)?)),
            tag::UTF16 => Item::String(self.string(tag, argument)?),
            tag::REF => Item::Ref(self.reference(argument)?),
            tag::BIGINT => Item::BigInt(self.bigint(argument)?),
            tag::LATIN1_RUN | tag::UTF16_RUN => Item::String(self.begin_run(tag, argument)?),
            _ if tag == 0 || tag > tag::REF => return Err(self.malformed(Defect::Tag(tag as u8))),
            _ if argument != 0 => return Err(self.malformed(Defect::Argument(tag as u8))),
            tag::UNDEFINED => Item::Undefined,
            tag::NULL => Item::Null,
            tag::FALSE => Item::Boolean(false),
            tag::TRUE => Item::Boolean(true),
            tag::INT32 => Item::Int(self.word()? as i32),
            tag::DOUBLE => Item::Double(self.double()?),
            _ => Item::Hole,
        })
    }

    #[inline]
    pub(super) fn latin1(&mut self, argument: u32) -> Result<&'a [u8], Malformed> {
        let length = self.long(argument)?;
        self.payload(u64::from(length))
    }

    #[inline]
    pub(super) fn number(&mut self, tag: u32, argument: u32, head: u32) -> Result<f64, Malformed> {
        match tag {
            tag::INT => Ok(f64::from(head as i32 >> 8)),
            tag::INT32 | tag::DOUBLE if argument != 0 => Err(self.malformed(Defect::Argument(tag as u8))),
            tag::INT32 => Ok(f64::from(self.word()? as i32)),
            tag::DOUBLE => self.double(),
            _ => Err(self.unexpected("a number")),
        }
    }

    #[inline]
    pub(super) fn string(&mut self, tag: u32, argument: u32) -> Result<Str<'a>, Malformed> {
        match tag {
            tag::LATIN1 => Ok(Str::Latin1(self.latin1(argument)?)),
            tag::UTF16 => Ok(Str::Utf16(self.packed(argument)?)),
            _ => Err(self.unexpected("a string")),
        }
    }

    /// Begins a run, all of which is there, and reads its first string.
    fn begin_run(&mut self, tag: u32, argument: u32) -> Result<Str<'a>, Malformed> {
        let count = self.long(argument)?;
        if count == 0 {
            return Err(self.malformed(Defect::Argument(tag as u8)));
        }
        // The head was the first string's.
        if u64::from(count) - 1 > self.owed {
            return Err(self.malformed(Defect::Count(count)));
        }
        let first = self.at;
        let lengths: Packed<'a, u32> = Packed::new(self.take(u64::from(count) * 4)?);
        let is_wide = tag == tag::UTF16_RUN;
        // Less than 2^64: there are fewer than 2^32 lengths.
        let total: u64 = lengths.iter().map(u64::from).sum();
        let units = self.payload(total << u32::from(is_wide))?;
        self.run = Run { left: count, units, is_wide, end: self.at };
        self.at = first;
        self.next_of_run()
    }

    /// The next string of the run that has been begun.
    pub(super) fn next_of_run(&mut self) -> Result<Str<'a>, Malformed> {
        let length = self.word()? as usize;
        let run = &mut self.run;
        let (units, rest) = run.units.split_at(length << u32::from(run.is_wide));
        (run.units, run.left) = (rest, run.left - 1);
        let string = if run.is_wide { Str::Utf16(Packed::new(units)) } else { Str::Latin1(units) };
        if run.left == 0 {
            self.at = run.end;
        }
        Ok(string)
    }

    pub(super) fn packed<T: Unit>(&mut self, argument: u32) -> Result<Packed<'a, T>, Malformed> {
        let count = self.long(argument)?;
        Ok(Packed::new(self.payload(u64::from(count) * size_of::<T>() as u64)?))
    }

    pub(super) fn packed_aligned<T: Unit>(&mut self, argument: u32) -> Result<Packed<'a, T>, Malformed> {
        let count = self.long(argument)?;
        self.align()?;
        Ok(Packed::new(self.payload(u64::from(count) * size_of::<T>() as u64)?))
    }

    pub(super) fn bigint(&mut self, argument: u32) -> Result<BigInt<'a>, Malformed> {
        if argument & !tag::BIGINT_NEGATIVE != 0 {
            return Err(self.malformed(Defect::Argument(tag::BIGINT as u8)));
        }
        let negative = argument & tag::BIGINT_NEGATIVE != 0;
        // The word after the head, whatever its value.
        let digits: Packed<'a, u64> = self.packed_aligned(tag::LONG_COUNT)?;
        match digits.iter().next_back() {
            Some(0) => Err(self.malformed(Defect::BigIntDigits)),
            None if negative => Err(self.malformed(Defect::BigIntDigits)),
            _ => Ok(BigInt { negative, digits }),
        }
    }

    #[inline]
    pub(super) fn reference(&mut self, argument: u32) -> Result<u32, Malformed> {
        let number = self.long(argument)?;
        if !self.has_references() {
            Err(self.malformed(Defect::UnannouncedReference))
        } else if number >= self.objects {
            Err(self.malformed(Defect::Reference(number)))
        } else {
            Ok(number)
        }
    }
}
