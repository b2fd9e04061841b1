//! Primitives: what type a value is of, numbers, strings and BigInts into Rust and out of it.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::ptr;

use napi::sys;

use super::{Env, Failure, Result, Type, Value};

impl<'s> Env<'s> {
    /// `typeof value`, with `null` apart.
    #[inline]
    pub fn type_of(self, value: Value) -> Result<Type> {
        get!(self, napi_typeof(value.0), 0)
    }

    /// A boolean's value.
    pub fn boolean(self, value: Value) -> Result<bool> {
        get!(self, napi_get_value_bool(value.0), false)
    }

    /// A number's value.
    #[inline]
    pub fn number(self, value: Value) -> Result<f64> {
        get!(self, napi_get_value_double(value.0), 0.0)
    }

    /// A number's value, converted as ToInt32 does.
    #[inline]
    pub fn int(self, value: Value) -> Result<i32> {
        get!(self, napi_get_value_int32(value.0), 0)
    }

    /// A string's code units, appended to `units`.
    pub fn string(self, value: Value, units: &mut Vec<u16>) -> Result<()> {
        let length = get!(self, napi_get_value_string_utf16(value.0, ptr::null_mut(), 0), 0)?;
        let start = units.len();
        units.try_reserve(length + 1).map_err(|_| Failure::out_of_memory())?;
        units.resize(start + length + 1, 0);
        let written = get!(self, napi_get_value_string_utf16(value.0, units[start..].as_mut_ptr(), length + 1), 0)?;
        units.truncate(start + written);
        Ok(())
    }

    /// How many code units a string has.
    pub fn string_length(self, value: Value) -> Result<usize> {
        get!(self, napi_get_value_string_utf16(value.0, ptr::null_mut(), 0), 0)
    }

    /// A string's code units, their low bytes, and a zero, put into `place`; as many as fit. Gives how many, the zero not
    /// counted: so many bytes are initialised.
    #[inline]
    pub fn latin1_into(self, value: Value, place: &mut [MaybeUninit<u8>]) -> Result<usize> {
        get!(self, napi_get_value_string_latin1(value.0, place.as_mut_ptr().cast::<c_char>(), place.len()), 0)
    }

    /// A string's code units, two bytes each, and a zero, put into `place`; as `latin1_into`.
    #[inline]
    pub fn utf16_into(self, value: Value, place: &mut [MaybeUninit<u16>]) -> Result<usize> {
        get!(self, napi_get_value_string_utf16(value.0, place.as_mut_ptr().cast::<u16>(), place.len()), 0)
    }

    /// A string as Rust has them; what is not Unicode is replaced.
    pub fn text(self, value: Value) -> Result<String> {
        let mut units = Vec::new();
        self.string(value, &mut units)?;
        Ok(String::from_utf16_lossy(&units))
    }

    /// A BigInt's sign and its digits of 64 bits, least significant first, put into `digits`.
    pub fn bigint(self, value: Value, digits: &mut Vec<u64>) -> Result<bool> {
        let mut count = 0;
        run!(self, napi_get_value_bigint_words(value.0, ptr::null_mut(), &mut count, ptr::null_mut()))?;
        digits.clear();
        digits.resize(count, 0);
        let mut sign = 0;
        // With a null digit pointer Node-API wants none of the sign either, so zero is left as it is.
        if count > 0 {
            run!(self, napi_get_value_bigint_words(value.0, &mut sign, &mut count, digits.as_mut_ptr()))?;
        }
        Ok(sign != 0)
    }

    /// As [`bigint`](Env::bigint), put into `digits`; `None` if it has more than there is room for.
    pub fn digits_of<'d>(self, value: Value, digits: &'d mut [u64]) -> Result<Option<(bool, &'d [u64])>> {
        let (mut count, mut sign) = (digits.len(), 0);
        run!(self, napi_get_value_bigint_words(value.0, &mut sign, &mut count, digits.as_mut_ptr()))?;
        Ok(digits.get(..count).map(|digits| (sign != 0, digits)))
    }

    /// `undefined`.
    pub fn undefined(self) -> Result<Value<'s>> {
        get!(self, napi_get_undefined(), ptr::null_mut()).map(Value::of)
    }

    /// `null`.
    pub fn null(self) -> Result<Value<'s>> {
        get!(self, napi_get_null(), ptr::null_mut()).map(Value::of)
    }

    /// `true` or `false`.
    pub fn make_boolean(self, value: bool) -> Result<Value<'s>> {
        get!(self, napi_get_boolean(value), ptr::null_mut()).map(Value::of)
    }

    /// A number.
    #[inline]
    pub fn make_number(self, value: f64) -> Result<Value<'s>> {
        get!(self, napi_create_double(value), ptr::null_mut()).map(Value::of)
    }

    /// A number that is a 32-bit integer.
    #[inline]
    pub fn make_int(self, value: i32) -> Result<Value<'s>> {
        get!(self, napi_create_int32(value), ptr::null_mut()).map(Value::of)
    }

    /// A string of code units up to 0xFF.
    pub fn make_latin1(self, units: &[u8]) -> Result<Value<'s>> {
        let length = units.len() as isize;
        get!(self, napi_create_string_latin1(units.as_ptr().cast::<c_char>(), length), ptr::null_mut()).map(Value::of)
    }

    /// A string.
    pub fn make_utf16(self, units: &[u16]) -> Result<Value<'s>> {
        get!(self, napi_create_string_utf16(units.as_ptr(), units.len() as isize), ptr::null_mut()).map(Value::of)
    }

    /// A string from Rust's.
    pub fn make_text(self, text: &str) -> Result<Value<'s>> {
        let length = text.len() as isize;
        get!(self, napi_create_string_utf8(text.as_ptr().cast::<c_char>(), length), ptr::null_mut()).map(Value::of)
    }

    /// A BigInt from its sign and digits of 64 bits, least significant first.
    pub fn make_bigint(self, negative: bool, digits: &[u64]) -> Result<Value<'s>> {
        get!(self, napi_create_bigint_words(i32::from(negative), digits.len(), digits.as_ptr()), ptr::null_mut())
            .map(Value::of)
    }
}
