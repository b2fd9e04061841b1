//! Reading ArrayBuffers and the views over them.

use super::Reader;
use crate::wire::item::{Buffer, Item, View};
use crate::wire::kinds::ViewKind;
use crate::wire::malformed::{Defect, Malformed};
use crate::wire::tag;

impl<'a> Reader<'a> {
    pub(super) fn buffer(&mut self, flags: u32) -> Result<Buffer<'a>, Malformed> {
        if flags & !tag::BUFFER_RESIZABLE != 0 {
            return Err(self.malformed(Defect::Argument(tag::ARRAY_BUFFER as u8)));
        }
        let length = self.length()?;
        let max_byte_length = if flags & tag::BUFFER_RESIZABLE != 0 { Some(self.length()?) } else { None };
        if max_byte_length.is_some_and(|max| max < length) {
            return Err(self.malformed(Defect::MaxByteLength));
        }
        Ok(Buffer { bytes: self.payload(length)?, max_byte_length })
    }

    pub(super) fn view(&mut self, argument: u32) -> Result<View, Malformed> {
        let Some(kind) = ViewKind::from_number(argument & !tag::VIEW_TRACKS_LENGTH) else {
            return Err(self.malformed(Defect::Argument(tag::VIEW as u8)));
        };
        let (byte_offset, byte_length) = (self.length()?, self.length()?);
        if byte_offset % kind.element_size() != 0 || byte_length % kind.element_size() != 0 {
            return Err(self.malformed(Defect::ViewAlignment));
        }
        let tracks = argument & tag::VIEW_TRACKS_LENGTH != 0;
        if tracks && byte_length != 0 {
            return Err(self.malformed(Defect::ViewTracking));
        }
        self.owe(1, 1)?;
        Ok(View { kind, byte_offset, byte_length: (!tracks).then_some(byte_length) })
    }

    pub(super) fn whole_view(&mut self, argument: u32) -> Result<Item<'a>, Malformed> {
        let Some(kind) = ViewKind::from_number(argument) else {
            return Err(self.malformed(Defect::Argument(tag::WHOLE_VIEW as u8)));
        };
        self.number_object(1)?;
        let length = self.length()?;
        if length % kind.element_size() != 0 {
            return Err(self.malformed(Defect::ViewAlignment));
        }
        Ok(Item::WholeView { kind, bytes: self.payload(length)? })
    }
}
