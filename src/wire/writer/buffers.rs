//! Writing ArrayBuffers and the views over them.

use super::Writer;
use crate::wire::item::{Buffer, View};
use crate::wire::kinds::ViewKind;
use crate::wire::tag;

impl Writer {
    /// Writes an ArrayBuffer.
    pub fn array_buffer(&mut self, buffer: Buffer<'_>) {
        self.numbered(1);
        self.head(tag::ARRAY_BUFFER, u32::from(buffer.max_byte_length.is_some()) * tag::BUFFER_RESIZABLE);
        self.buffer(buffer);
    }

    /// Begins a view; then write its buffer: an ArrayBuffer, or a reference to one.
    pub fn begin_view(&mut self, view: View) {
        self.numbered(1);
        let tracks = u32::from(view.byte_length.is_none()) * tag::VIEW_TRACKS_LENGTH;
        self.head(tag::VIEW, view.kind.number() | tracks);
        self.length(view.byte_offset);
        self.length(view.byte_length.unwrap_or(0));
    }

    /// Writes a view over the whole of a fixed-length buffer that nothing else written so far shows. It takes two
    /// object numbers: [`next_object`](Writer::next_object) for the view and the one after for its buffer.
    pub fn whole_view(&mut self, kind: ViewKind, bytes: &[u8]) {
        self.numbered(2);
        self.head(tag::WHOLE_VIEW, kind.number());
        self.length(bytes.len() as u64);
        self.payload(bytes);
    }
}

impl Writer {
    fn buffer(&mut self, buffer: Buffer<'_>) {
        self.length(buffer.bytes.len() as u64);
        if let Some(max) = buffer.max_byte_length {
            self.length(max);
        }
        self.payload(buffer.bytes);
    }

    fn length(&mut self, length: u64) {
        self.append(&length.to_le_bytes());
    }
}
