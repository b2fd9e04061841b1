//! ArrayBuffers and the views over them.

use napi::sys::TypedarrayType;

use super::Build;
use crate::clone::hooks::Hooks;
use crate::js::{Env, Result, Value};
use crate::wire::{Buffer, Item, View, ViewKind, tag};

/// A buffer of so many bytes is made by the engine's constructor, which throws if there is no memory. Smaller ones are made in the quickest
/// way, for which some versions end the process if there is no memory; but then there is none for anything.
pub const LARGE: usize = 16 * 1024 * 1024;

/// A fixed-length ArrayBuffer with a copy of `bytes`.
///
/// # Errors
/// The engine's RangeError, if there is no memory for a large one.
pub fn make_buffer<'s>(env: Env<'s>, hooks: &Hooks, bytes: &[u8]) -> Result<Value<'s>> {
    if bytes.len() < LARGE && !hooks.is_of_other_realm {
        return env.make_buffer(bytes);
    }
    let made = make_by_constructor(env, hooks, bytes.len())?;
    env.fill_buffer(made, bytes)?;
    Ok(made)
}

/// A fixed-length ArrayBuffer of zeros, by the engine's constructor.
///
/// # Errors
/// The engine's RangeError, if there is no memory.
pub fn make_by_constructor<'s>(env: Env<'s>, hooks: &Hooks, length: usize) -> Result<Value<'s>> {
    hooks.revive(env, tag::ARRAY_BUFFER, &[env.make_number(length as f64)?])
}

impl<'s> Build<'_, 's> {
    pub(super) fn buffer(&mut self, buffer: Buffer<'_>) -> Result<Value<'s>> {
        let env = self.env;
        let Some(max) = buffer.max_byte_length else { return make_buffer(env, self.hooks, buffer.bytes) };
        let lengths = [env.make_number(buffer.bytes.len() as f64)?, env.make_number(max as f64)?];
        let made = self.hooks.revive(env, tag::ARRAY_BUFFER, &lengths)?;
        env.fill_buffer(made, buffer.bytes)?;
        Ok(made)
    }

    /// A view over the whole of a buffer, which gets the number after that of the view.
    pub(super) fn whole_view(&mut self, kind: ViewKind, bytes: &[u8], number: u32) -> Result<Value<'s>> {
        let buffer = make_buffer(self.env, self.hooks, bytes)?;
        self.remember(number + 1, buffer)?;
        self.view_over(buffer, View { kind, byte_offset: 0, byte_length: Some(bytes.len() as u64) })
    }

    /// A view whose buffer comes next.
    pub(super) fn view(&mut self, view: View) -> Result<Value<'s>> {
        let number = self.reader.next_object();
        match self.reader.read()? {
            item @ Item::ArrayBuffer(_) => {
                let buffer = self.make(item, number)?;
                self.view_over(buffer, view)
            }
            // It may be shared memory, over which Node-API makes no views.
            item @ (Item::Ref(_) | Item::Sidecar(_)) => {
                let buffer = self.make(item, number)?;
                self.revive_view(buffer, view)
            }
            _ => Err(self.reader.unexpected("a buffer").into()),
        }
    }

    /// A view over `buffer`. One that does not fit is refused by the engine.
    fn view_over(&mut self, buffer: Value<'s>, view: View) -> Result<Value<'s>> {
        let env = self.env;
        let length = view.byte_length.unwrap_or_default();
        let (Ok(offset), Ok(bytes)) = (usize::try_from(view.byte_offset), usize::try_from(length)) else {
            // More than the address space has: the engine says so.
            return self.revive_view(buffer, view);
        };
        match (view.byte_length, node_api_kind(view.kind)) {
            _ if self.hooks.is_of_other_realm => self.revive_view(buffer, view),
            (Some(_), Some(kind)) => {
                env.make_typed_array(kind, buffer, offset, bytes / view.kind.element_size() as usize)
            }
            (Some(_), None) if view.kind == ViewKind::DataView => env.make_data_view(buffer, offset, bytes),
            _ => self.revive_view(buffer, view),
        }
    }

    /// As `view_over`, for all buffers and views.
    fn revive_view(&mut self, buffer: Value<'s>, view: View) -> Result<Value<'s>> {
        let env = self.env;
        let length = match view.byte_length {
            Some(length) => env.make_number((length / view.kind.element_size()) as f64)?,
            None => env.undefined()?,
        };
        let kind = env.make_int(view.kind.number() as i32)?;
        self.hooks.revive(env, tag::VIEW, &[kind, buffer, env.make_number(view.byte_offset as f64)?, length])
    }
}

/// Node-API's number for a class of typed array, where every version has one.
fn node_api_kind(kind: ViewKind) -> Option<i32> {
    Some(match kind {
        ViewKind::Int8 => TypedarrayType::int8_array,
        ViewKind::Uint8 => TypedarrayType::uint8_array,
        ViewKind::Uint8Clamped => TypedarrayType::uint8_clamped_array,
        ViewKind::Int16 => TypedarrayType::int16_array,
        ViewKind::Uint16 => TypedarrayType::uint16_array,
        ViewKind::Int32 => TypedarrayType::int32_array,
        ViewKind::Uint32 => TypedarrayType::uint32_array,
        ViewKind::Float32 => TypedarrayType::float32_array,
        ViewKind::Float64 => TypedarrayType::float64_array,
        ViewKind::BigInt64 => TypedarrayType::bigint64_array,
        ViewKind::BigUint64 => TypedarrayType::biguint64_array,
        ViewKind::Float16 | ViewKind::DataView => return None,
    })
}
