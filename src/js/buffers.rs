//! ArrayBuffers and the views over them.

use std::mem::MaybeUninit;
use std::ptr;

use napi::sys;

use super::{Code, Env, Failure, Result, Value};

/// From so many bytes on, clearing memory takes longer than what it takes to do without.
const LEAST_UNCLEARED: usize = 4 * 1024;

impl<'s> Env<'s> {
    /// Whether an ArrayBuffer is detached.
    pub fn is_detached(self, buffer: Value) -> Result<bool> {
        get!(self, napi_is_detached_arraybuffer(buffer.0), false)
    }

    /// Looks at an ArrayBuffer's bytes.
    ///
    /// # Safety
    /// `take` runs no JavaScript, which may change or free the memory.
    pub unsafe fn with_bytes<R>(self, buffer: Value, take: impl FnOnce(&[u8]) -> R) -> Result<R> {
        let (data, length) = self.buffer_info(buffer)?;
        Ok(take(if length == 0 {
            &[]
        } else {
            // SAFETY: the engine says that so many bytes lie there; the caller's promise: they stay.
            unsafe { std::slice::from_raw_parts(data, length) }
        }))
    }

    /// Where an ArrayBuffer's bytes are, and how many.
    fn buffer_info(self, buffer: Value) -> Result<(*mut u8, usize)> {
        let (mut data, mut length) = (ptr::null_mut(), 0);
        run!(self, napi_get_arraybuffer_info(buffer.0, &mut data, &mut length))?;
        Ok((data.cast(), length))
    }

    /// Looks at the bytes that a Uint8Array shows. Where the memory is shared, other threads may change bytes meanwhile: then `take`
    /// sees some of before and some of after.
    ///
    /// # Safety
    /// `take` runs no JavaScript, which may change or free the memory.
    pub unsafe fn with_uint8array<R>(self, view: Value, take: impl FnOnce(&[u8]) -> R) -> Result<R> {
        let (data, length) = self.uint8array_info(view)?;
        Ok(take(if length == 0 {
            &[]
        } else {
            // SAFETY: as in `with_bytes`; the elements are bytes.
            unsafe { std::slice::from_raw_parts(data, length) }
        }))
    }

    /// Works with the memory that a Uint8Array shows.
    ///
    /// # Safety
    /// `work` runs no JavaScript, which may change or free the memory.
    pub unsafe fn with_uint8array_memory<R>(
        self,
        view: Value,
        work: impl FnOnce(&mut [MaybeUninit<u8>]) -> R,
    ) -> Result<R> {
        let (data, length) = self.uint8array_info(view)?;
        Ok(work(if length == 0 {
            &mut []
        } else {
            // SAFETY: as in `with_uint8array`; initialised bytes are bytes that need not be, and nobody else looks at them meanwhile.
            unsafe { std::slice::from_raw_parts_mut(data.cast(), length) }
        }))
    }

    /// Overwrites the start of what a Uint8Array shows with `bytes`, as many as fit.
    pub fn fill_uint8array(self, view: Value, bytes: &[u8]) -> Result<()> {
        let (data, length) = self.uint8array_info(view)?;
        let length = length.min(bytes.len());
        if length > 0 {
            // SAFETY: as in `fill_buffer`.
            unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), data, length) };
        }
        Ok(())
    }

    /// Where the bytes are that a Uint8Array shows, and how many.
    fn uint8array_info(self, view: Value) -> Result<(*mut u8, usize)> {
        let (mut kind, mut length, mut data) = (0, 0, ptr::null_mut());
        let (buffer, offset) = (ptr::null_mut(), ptr::null_mut());
        run!(self, napi_get_typedarray_info(view.0, &mut kind, &mut length, &mut data, buffer, offset))?;
        if kind != sys::TypedarrayType::uint8_array {
            return Err(Failure::of_type(Code::Internal, "Expected a Uint8Array"));
        }
        Ok((data.cast(), length))
    }

    /// A fixed-length ArrayBuffer of so many bytes, all of which `fill` writes.
    ///
    /// # Safety
    /// `fill` initialises all of the memory that it is given, if it returns, and runs no JavaScript.
    pub unsafe fn make_buffer_with(
        self,
        length: usize,
        fill: impl FnOnce(&mut [MaybeUninit<u8>]),
    ) -> Result<Value<'s>> {
        let mut data = ptr::null_mut();
        if length >= LEAST_UNCLEARED {
            let view = get!(self, napi_create_buffer(length, &mut data), ptr::null_mut())?;
            let (mut kind, mut size, mut at, mut buffer, mut offset) = (0, 0, ptr::null_mut(), ptr::null_mut(), 0);
            run!(self, napi_get_typedarray_info(view, &mut kind, &mut size, &mut at, &mut buffer, &mut offset))?;
            let buffer = Value::of(buffer);
            let (begin, whole) = self.buffer_info(buffer)?;
            if offset == 0 && whole == length {
                // SAFETY: the engine has just allocated so many bytes there, for nobody else yet.
                fill(unsafe { std::slice::from_raw_parts_mut(begin.cast(), length) });
                return Ok(buffer);
            }
        }
        let (buffer, data) = self.make_shared_block(length)?;
        if length > 0 {
            // SAFETY: as above.
            fill(unsafe { std::slice::from_raw_parts_mut(data.cast(), length) });
        } else {
            fill(&mut []);
        }
        Ok(buffer)
    }

    /// Works with the memory of an ArrayBuffer.
    ///
    /// # Safety
    /// `work` runs no JavaScript, which may change or free the memory.
    pub unsafe fn with_buffer_memory<R>(
        self,
        buffer: Value,
        work: impl FnOnce(&mut [MaybeUninit<u8>]) -> R,
    ) -> Result<R> {
        let (data, length) = self.buffer_info(buffer)?;
        Ok(work(if length == 0 {
            &mut []
        } else {
            // SAFETY: as in `with_bytes`.
            unsafe { std::slice::from_raw_parts_mut(data.cast(), length) }
        }))
    }

    /// A fixed-length ArrayBuffer with a copy of `bytes`.
    pub fn make_buffer(self, bytes: &[u8]) -> Result<Value<'s>> {
        if bytes.len() >= LEAST_UNCLEARED
            && let Some(buffer) = self.make_uncleared(bytes)?
        {
            return Ok(buffer);
        }
        let (buffer, data) = self.make_shared_block(bytes.len())?;
        if !bytes.is_empty() {
            // SAFETY: the engine has just allocated so many bytes there, for nobody else yet.
            unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len()) };
        }
        Ok(buffer)
    }

    /// The same, of memory that was not cleared before: a Node Buffer's. `None` if here a Buffer is not all that its
    /// ArrayBuffer holds.
    fn make_uncleared(self, bytes: &[u8]) -> Result<Option<Value<'s>>> {
        let mut copy = ptr::null_mut();
        let view = get!(self, napi_create_buffer_copy(bytes.len(), bytes.as_ptr().cast(), &mut copy), ptr::null_mut())?;
        let (mut kind, mut length, mut data, mut buffer, mut offset) = (0, 0, ptr::null_mut(), ptr::null_mut(), 0);
        run!(self, napi_get_typedarray_info(view, &mut kind, &mut length, &mut data, &mut buffer, &mut offset))?;
        let buffer = Value::of(buffer);
        let (_, whole) = self.buffer_info(buffer)?;
        Ok((offset == 0 && whole == bytes.len()).then_some(buffer))
    }

    /// A fixed-length ArrayBuffer of zeros, and where its bytes are: theirs as long as the buffer lives undetached.
    pub fn make_shared_block(self, length: usize) -> Result<(Value<'s>, *mut u8)> {
        let mut data = ptr::null_mut();
        let buffer = get!(self, napi_create_arraybuffer(length, &mut data), ptr::null_mut()).map(Value::of)?;
        Ok((buffer, data.cast()))
    }

    /// Overwrites the start of an ArrayBuffer with `bytes`, as many as fit.
    pub fn fill_buffer(self, buffer: Value, bytes: &[u8]) -> Result<()> {
        let (data, length) = self.buffer_info(buffer)?;
        let length = length.min(bytes.len());
        if length > 0 {
            // SAFETY: the engine says that at least so many bytes lie there, and no JavaScript runs meanwhile.
            unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), data, length) };
        }
        Ok(())
    }

    /// A typed array over `buffer`. `kind` is Node-API's number; offset in bytes, length in elements.
    pub fn make_typed_array(self, kind: i32, buffer: Value, offset: usize, length: usize) -> Result<Value<'s>> {
        get!(self, napi_create_typedarray(kind, length, buffer.0, offset), ptr::null_mut()).map(Value::of)
    }

    /// A DataView over `buffer`.
    pub fn make_data_view(self, buffer: Value, offset: usize, length: usize) -> Result<Value<'s>> {
        get!(self, napi_create_dataview(length, buffer.0, offset), ptr::null_mut()).map(Value::of)
    }

    /// Tells the engine that so many bytes more are held by what it can collect.
    pub fn adjust_external_memory(self, change: i64) -> Result<()> {
        get!(self, napi_adjust_external_memory(change), 0).map(|_| ())
    }
}
