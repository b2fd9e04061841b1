//! The words under the items: bounds, padding, alignment, and the count of what must still come.

use super::Reader;
use crate::wire::malformed::{Defect, Malformed};
use crate::wire::packed::Unit;
use crate::wire::tag;

impl<'a> Reader<'a> {
    /// The head word of something promised.
    #[inline]
    pub(super) fn head(&mut self) -> Result<(u32, u32, u32), Malformed> {
        self.promised()?;
        if self.run.left > 0 {
            return Err(self.unexpected("no string of a run"));
        }
        let head = self.word()?;
        let (tag, argument) = tag::parts(head);
        Ok((tag, argument, head))
    }

    /// Comes to something promised.
    #[inline]
    pub(super) fn promised(&mut self) -> Result<(), Malformed> {
        if self.owed == 0 {
            return Err(Malformed { offset: self.at, defect: Defect::PastEnd });
        }
        self.owed -= 1;
        self.start = self.at;
        Ok(())
    }

    #[inline]
    pub(super) fn word(&mut self) -> Result<u32, Malformed> {
        match self.bytes.get(self.at..).and_then(|rest| rest.first_chunk()) {
            Some(&word) => {
                self.at += 4;
                Ok(u32::from_le_bytes(word))
            }
            None => Err(self.truncated()),
        }
    }

    #[cold]
    pub(super) fn truncated(&self) -> Malformed {
        Malformed { offset: self.at, defect: Defect::Truncated }
    }

    /// A count argument, resolved.
    #[inline]
    pub(super) fn long(&mut self, argument: u32) -> Result<u32, Malformed> {
        if argument == tag::LONG_COUNT { self.word() } else { Ok(argument) }
    }

    /// A count of things that take `words` words each at the least, which the rest can hold.
    #[inline]
    pub(super) fn count(&mut self, argument: u32, words: u64) -> Result<u32, Malformed> {
        let count = self.long(argument)?;
        self.owe(count, words)?;
        Ok(count)
    }

    /// Notes that `count` times `words` more words must come, if the rest can hold them and all that was noted before.
    #[inline]
    pub(super) fn owe(&mut self, count: u32, words: u64) -> Result<(), Malformed> {
        let owed = self.owed + u64::from(count) * words;
        if owed > ((self.bytes.len() - self.at) / 4) as u64 {
            return Err(self.malformed(Defect::Count(count)));
        }
        self.owed = owed;
        Ok(())
    }

    #[inline]
    pub(super) fn number_object(&mut self, numbers: u32) -> Result<(), Malformed> {
        match self.objects.checked_add(numbers) {
            Some(objects) => {
                self.objects = objects;
                Ok(())
            }
            None => Err(self.malformed(Defect::TooManyObjects)),
        }
    }

    /// The next `length` bytes.
    #[inline]
    pub(super) fn take(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        let rest = &self.bytes[self.at..];
        match usize::try_from(length).ok().and_then(|length| rest.get(..length)) {
            Some(bytes) => {
                self.at += bytes.len();
                Ok(bytes)
            }
            None => Err(self.malformed(Defect::Length(length))),
        }
    }

    /// The next `length` bytes and the zeros that fill their last word.
    #[inline]
    pub(super) fn payload(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        let bytes = self.take(length)?;
        let used = bytes.len() % 4;
        if used != 0 {
            // The word is there: message and table begin and end at multiples of 4.
            let padding = self.take(4 - used as u64)?;
            if padding.iter().any(|&byte| byte != 0) {
                return Err(Malformed { offset: self.at - padding.len(), defect: Defect::Padding });
            }
        }
        Ok(bytes)
    }

    #[inline]
    pub(super) fn align(&mut self) -> Result<(), Malformed> {
        if !self.at.is_multiple_of(8) && self.word()? != 0 {
            return Err(Malformed { offset: self.at - 4, defect: Defect::Padding });
        }
        Ok(())
    }

    #[inline]
    pub(super) fn double(&mut self) -> Result<f64, Malformed> {
        self.align()?;
        match self.bytes[self.at..].first_chunk::<8>() {
            Some(bytes) => {
                self.at += 8;
                Ok(f64::from_le(bytes))
            }
            None => Err(self.truncated()),
        }
    }

    pub(super) fn length(&mut self) -> Result<u64, Malformed> {
        Ok(u64::from(self.word()?) | u64::from(self.word()?) << 32)
    }
}
