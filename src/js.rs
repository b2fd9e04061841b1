//! JavaScript values through Node-API: one checked call per method, errors as values.
//!
//! Raw Node-API rather than napi's typed layer, because these calls are made once per property of every message that
//! the complete codec handles.

use std::ffi::c_char;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr;

use napi::sys;

/// A JavaScript value: a handle in the current handle scope. Not to be kept beyond it.
#[derive(Clone, Copy)]
pub struct Value(sys::napi_value);

impl Value {
    /// Takes a handle that Node-API has given out.
    ///
    /// # Safety
    /// `raw` must be a live handle of the environment it will be used with.
    pub unsafe fn from_raw(raw: sys::napi_value) -> Self {
        Value(raw)
    }

    /// The handle.
    pub fn raw(self) -> sys::napi_value {
        self.0
    }
}

/// Why JavaScript could not be asked or has thrown.
#[derive(Debug)]
pub enum Failure {
    /// An exception is pending in the environment, or no JavaScript can run any more: return to JavaScript at once.
    Pending,
    /// To be thrown as a TypeError with this message.
    Type(String),
    /// To be thrown as a DataCloneError (a DOMException) with this message.
    DataClone(String),
    /// To be thrown as an Error with this message.
    Other(String),
}

/// What a call into JavaScript comes to.
pub type Result<T> = std::result::Result<T, Failure>;

/// The type of a value, as `typeof` says, `null` apart.
pub type Type = sys::napi_valuetype;

/// From so many bytes on, clearing memory takes longer than what it takes to do without.
const LEAST_UNCLEARED: usize = 4 * 1024;

/// V8's limit is 2^27 words for a block of elements, its header among them.
const MAX_LAID_OUT: u32 = (1 << 27) - 16;

/// A Node-API environment: one for each JavaScript thread (strictly: context) that has loaded the addon.
#[derive(Clone, Copy)]
pub struct Env(sys::napi_env);

/// A function or object of JavaScript, held until its environment ends.
pub struct Held(sys::napi_ref);

/// An open handle scope; to be closed in reverse order of opening.
#[must_use]
pub struct Scope(sys::napi_handle_scope);

/// Calls a Node-API function whose last argument is where the result goes.
macro_rules! get {
    ($env:expr, $function:ident($($argument:expr),*), $initial:expr) => {{
        let mut result = $initial;
        // SAFETY: the environment is live, every handle comes from it and the out pointer is a local.
        let status = unsafe { sys::$function($env.0, $($argument,)* &mut result) };
        $env.check(status, stringify!($function)).map(|()| result)
    }};
}

/// Calls a Node-API function that has no result.
macro_rules! run {
    ($env:expr, $function:ident($($argument:expr),*)) => {{
        // SAFETY: the environment is live and every handle comes from it.
        let status = unsafe { sys::$function($env.0, $($argument),*) };
        $env.check(status, stringify!($function))
    }};
}

impl Env {
    /// Takes an environment that Node-API has given out.
    ///
    /// # Safety
    /// Called on the environment's own thread, which must be running JavaScript of it, or a callback or hook from it.
    pub unsafe fn from_raw(raw: sys::napi_env) -> Self {
        Env(raw)
    }

    /// The environment as Node-API knows it.
    pub fn raw(self) -> sys::napi_env {
        self.0
    }

    #[inline]
    fn check(self, status: sys::napi_status, call: &'static str) -> Result<()> {
        if status == sys::Status::napi_ok { Ok(()) } else { Err(self.failure(status, call)) }
    }

    #[cold]
    fn failure(self, status: sys::napi_status, call: &'static str) -> Failure {
        match status {
            _ if self.has_exception() => Failure::Pending,
            // The thread is being terminated: there is nobody left to hear of it.
            sys::Status::napi_pending_exception | sys::Status::napi_cannot_run_js | sys::Status::napi_closing => {
                Failure::Pending
            }
            _ => Failure::Other(format!("{call} failed with status {status}")),
        }
    }

    // --- asking ---

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

    /// A Date's time value.
    pub fn date(self, value: Value) -> Result<f64> {
        get!(self, napi_get_date_value(value.0), 0.0)
    }

    /// Whether an ArrayBuffer is detached.
    pub fn is_detached(self, buffer: Value) -> Result<bool> {
        get!(self, napi_is_detached_arraybuffer(buffer.0), false)
    }

    /// Copies an ArrayBuffer's bytes out by way of `take`, which must not run JavaScript.
    pub fn with_bytes<R>(self, buffer: Value, take: impl FnOnce(&[u8]) -> R) -> Result<R> {
        let (data, length) = self.buffer_info(buffer)?;
        Ok(take(if length == 0 {
            &[]
        } else {
            // SAFETY: the engine says that so many bytes lie there; they stay while no JavaScript runs.
            unsafe { std::slice::from_raw_parts(data, length) }
        }))
    }

    /// Where an ArrayBuffer's bytes are, and how many.
    fn buffer_info(self, buffer: Value) -> Result<(*mut u8, usize)> {
        let (mut data, mut length) = (ptr::null_mut(), 0);
        run!(self, napi_get_arraybuffer_info(buffer.0, &mut data, &mut length))?;
        Ok((data.cast(), length))
    }

    /// The bytes that a Uint8Array shows, by way of `take`, which must not run JavaScript.
    pub fn with_uint8array<R>(self, view: Value, take: impl FnOnce(&[u8]) -> R) -> Result<R> {
        let (mut kind, mut length, mut data, mut buffer, mut offset) = (0, 0, ptr::null_mut(), ptr::null_mut(), 0);
        run!(self, napi_get_typedarray_info(view.0, &mut kind, &mut length, &mut data, &mut buffer, &mut offset))?;
        if kind != sys::TypedarrayType::uint8_array {
            return Err(Failure::Type("Expected a Uint8Array".into()));
        }
        Ok(take(if length == 0 {
            &[]
        } else {
            // SAFETY: as in `with_bytes`; the elements are bytes.
            unsafe { std::slice::from_raw_parts(data.cast::<u8>(), length) }
        }))
    }

    /// Own enumerable string keys in order, array indices as numbers.
    pub fn own_keys(self, object: Value) -> Result<Value> {
        get!(
            self,
            napi_get_all_property_names(
                object.0,
                sys::KeyCollectionMode::own_only,
                sys::KeyFilter::enumerable | sys::KeyFilter::skip_symbols,
                sys::KeyConversion::keep_numbers
            ),
            ptr::null_mut()
        )
        .map(Value)
    }

    /// An array's length.
    pub fn array_length(self, array: Value) -> Result<u32> {
        get!(self, napi_get_array_length(array.0), 0)
    }

    /// `array[index]`.
    #[inline]
    pub fn element(self, array: Value, index: u32) -> Result<Value> {
        get!(self, napi_get_element(array.0, index), ptr::null_mut()).map(Value)
    }

    /// Whether `object` has an element of its own at `index`.
    pub fn has_own_element(self, object: Value, index: u32) -> Result<bool> {
        self.has_own(object, self.make_text(itoa(index, &mut [0; 10]))?)
    }

    /// `object[key]`.
    #[inline]
    pub fn property(self, object: Value, key: Value) -> Result<Value> {
        get!(self, napi_get_property(object.0, key.0), ptr::null_mut()).map(Value)
    }

    /// Whether `object` has a property of its own under `key`, a string.
    #[inline]
    pub fn has_own(self, object: Value, key: Value) -> Result<bool> {
        get!(self, napi_has_own_property(object.0, key.0), false)
    }

    /// `object[name]`, for a name that is known here.
    pub fn named(self, object: Value, name: &std::ffi::CStr) -> Result<Value> {
        get!(self, napi_get_named_property(object.0, name.as_ptr()), ptr::null_mut()).map(Value)
    }

    // --- making ---

    /// What a function returns that returns nothing.
    #[inline]
    pub fn nothing(self) -> Value {
        Value(ptr::null_mut())
    }

    /// `undefined`.
    pub fn undefined(self) -> Result<Value> {
        get!(self, napi_get_undefined(), ptr::null_mut()).map(Value)
    }

    /// `null`.
    pub fn null(self) -> Result<Value> {
        get!(self, napi_get_null(), ptr::null_mut()).map(Value)
    }

    /// `true` or `false`.
    pub fn make_boolean(self, value: bool) -> Result<Value> {
        get!(self, napi_get_boolean(value), ptr::null_mut()).map(Value)
    }

    /// A number.
    #[inline]
    pub fn make_number(self, value: f64) -> Result<Value> {
        get!(self, napi_create_double(value), ptr::null_mut()).map(Value)
    }

    /// A number that is a 32-bit integer.
    #[inline]
    pub fn make_int(self, value: i32) -> Result<Value> {
        get!(self, napi_create_int32(value), ptr::null_mut()).map(Value)
    }

    /// A string of code units up to 0xFF.
    pub fn make_latin1(self, units: &[u8]) -> Result<Value> {
        let length = units.len() as isize;
        get!(self, napi_create_string_latin1(units.as_ptr().cast::<c_char>(), length), ptr::null_mut()).map(Value)
    }

    /// A string.
    pub fn make_utf16(self, units: &[u16]) -> Result<Value> {
        get!(self, napi_create_string_utf16(units.as_ptr(), units.len() as isize), ptr::null_mut()).map(Value)
    }

    /// A string from Rust's.
    pub fn make_text(self, text: &str) -> Result<Value> {
        let length = text.len() as isize;
        get!(self, napi_create_string_utf8(text.as_ptr().cast::<c_char>(), length), ptr::null_mut()).map(Value)
    }

    /// A BigInt from its sign and digits of 64 bits, least significant first.
    pub fn make_bigint(self, negative: bool, digits: &[u64]) -> Result<Value> {
        get!(self, napi_create_bigint_words(i32::from(negative), digits.len(), digits.as_ptr()), ptr::null_mut())
            .map(Value)
    }

    /// A Date.
    pub fn make_date(self, time: f64) -> Result<Value> {
        get!(self, napi_create_date(time), ptr::null_mut()).map(Value)
    }

    /// `{}`.
    #[inline]
    pub fn make_object(self) -> Result<Value> {
        get!(self, napi_create_object(), ptr::null_mut()).map(Value)
    }

    /// `[]`.
    pub fn make_array(self) -> Result<Value> {
        get!(self, napi_create_array(), ptr::null_mut()).map(Value)
    }

    /// `new Array(length)`; the memory is taken at once.
    ///
    /// # Errors
    /// [`Failure::Other`] for a length that V8 cannot lay out: asked for it, it would end the process.
    pub fn make_array_of(self, length: u32) -> Result<Value> {
        if length > MAX_LAID_OUT {
            return Err(Failure::Other(format!("an array of {length} elements is too long")));
        }
        get!(self, napi_create_array_with_length(length as usize), ptr::null_mut()).map(Value)
    }

    /// A fixed-length ArrayBuffer with a copy of `bytes`.
    pub fn make_buffer(self, bytes: &[u8]) -> Result<Value> {
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
    fn make_uncleared(self, bytes: &[u8]) -> Result<Option<Value>> {
        let mut copy = ptr::null_mut();
        let view = get!(self, napi_create_buffer_copy(bytes.len(), bytes.as_ptr().cast(), &mut copy), ptr::null_mut())?;
        let (mut kind, mut length, mut data, mut buffer, mut offset) = (0, 0, ptr::null_mut(), ptr::null_mut(), 0);
        run!(self, napi_get_typedarray_info(view, &mut kind, &mut length, &mut data, &mut buffer, &mut offset))?;
        let buffer = Value(buffer);
        let (_, whole) = self.buffer_info(buffer)?;
        Ok((offset == 0 && whole == bytes.len()).then_some(buffer))
    }

    /// A fixed-length ArrayBuffer of zeros, and where its bytes are: theirs as long as the buffer lives undetached.
    pub fn make_shared_block(self, length: usize) -> Result<(Value, *mut u8)> {
        let mut data = ptr::null_mut();
        let buffer = get!(self, napi_create_arraybuffer(length, &mut data), ptr::null_mut()).map(Value)?;
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
    pub fn make_typed_array(self, kind: i32, buffer: Value, offset: usize, length: usize) -> Result<Value> {
        get!(self, napi_create_typedarray(kind, length, buffer.0, offset), ptr::null_mut()).map(Value)
    }

    /// A DataView over `buffer`.
    pub fn make_data_view(self, buffer: Value, offset: usize, length: usize) -> Result<Value> {
        get!(self, napi_create_dataview(length, buffer.0, offset), ptr::null_mut()).map(Value)
    }

    // --- changing ---

    /// `array[index] = value`, for an array or object of our making. Assigns: finds setters and read-only elements that it
    /// inherits.
    #[inline]
    pub fn set_element(self, array: Value, index: u32, value: Value) -> Result<()> {
        run!(self, napi_set_element(array.0, index, value.0))
    }

    /// Defines an ordinary element, whatever the object inherits.
    pub fn define_element(self, object: Value, index: u32, value: Value) -> Result<()> {
        let name = self.make_text(itoa(index, &mut [0; 10]))?;
        self.define(object, &[property(name, value)])
    }

    /// `object[key] = value`, for an object of our making.
    pub fn set_property(self, object: Value, key: Value, value: Value) -> Result<()> {
        run!(self, napi_set_property(object.0, key.0, value.0))
    }

    /// Defines ordinary properties (CreateDataProperty: no setter of a prototype is asked).
    pub fn define(self, object: Value, properties: &[sys::napi_property_descriptor]) -> Result<()> {
        run!(self, napi_define_properties(object.0, properties.len(), properties.as_ptr()))
    }

    // --- calling, holding ---

    /// `function(...arguments)`, with undefined as `this`.
    pub fn call<const N: usize>(self, function: Value, arguments: [Value; N]) -> Result<Value> {
        let undefined = self.undefined()?;
        // `Value` is a handle and nothing else.
        let raw = arguments.map(Value::raw);
        get!(self, napi_call_function(undefined.0, function.0, N, raw.as_ptr()), ptr::null_mut()).map(Value)
    }

    /// Holds a value until the environment ends.
    pub fn hold(self, value: Value) -> Result<Held> {
        get!(self, napi_create_reference(value.0, 1), ptr::null_mut()).map(Held)
    }

    /// What is held.
    #[inline]
    pub fn held(self, held: &Held) -> Result<Value> {
        let value = get!(self, napi_get_reference_value(held.0), ptr::null_mut())?;
        if value.is_null() { Err(Failure::Pending) } else { Ok(Value(value)) }
    }

    /// Opens a handle scope.
    pub fn open_scope(self) -> Result<Scope> {
        get!(self, napi_open_handle_scope(), ptr::null_mut()).map(Scope)
    }

    /// Closes the handle scope opened last.
    pub fn close_scope(self, scope: Scope) {
        // SAFETY: scopes are closed by their only owners, in reverse order. It cannot fail for an open scope.
        unsafe { sys::napi_close_handle_scope(self.0, scope.0) };
    }

    /// Tells the engine that so many bytes more are held by what it can collect.
    pub fn adjust_external_memory(self, change: i64) -> Result<()> {
        get!(self, napi_adjust_external_memory(change), 0).map(|_| ())
    }

    /// Whether an exception is pending.
    pub fn has_exception(self) -> bool {
        let mut pending = false;
        // SAFETY: the environment is live; the out pointer is a local. It cannot fail.
        unsafe { sys::napi_is_exception_pending(self.0, &mut pending) };
        pending
    }

    /// Takes the pending exception away, if there is one.
    pub fn take_exception(self) -> Option<Value> {
        if !self.has_exception() {
            return None;
        }
        get!(self, napi_get_and_clear_last_exception(), ptr::null_mut()).ok().map(Value)
    }

    /// `throw value`.
    pub fn throw(self, value: Value) {
        // SAFETY: the environment is live and the handle comes from it. Fails only if JavaScript cannot run any more.
        unsafe { sys::napi_throw(self.0, value.0) };
    }

    /// Throws a new TypeError or Error.
    pub fn throw_new(self, is_type_error: bool, message: &str) {
        let message = message.replace('\0', "");
        let Ok(message) = std::ffi::CString::new(message) else { return };
        // SAFETY: the environment is live; the string ends with a zero byte.
        unsafe {
            if is_type_error {
                sys::napi_throw_type_error(self.0, ptr::null(), message.as_ptr())
            } else {
                sys::napi_throw_error(self.0, ptr::null(), message.as_ptr())
            }
        };
    }

    /// Raises `'uncaughtException'` with this value.
    pub fn uncaught_exception(self, value: Value) -> Result<()> {
        run!(self, napi_fatal_exception(value.0))
    }
}

/// An ordinary property, for [`Env::define`].
pub fn property(name: Value, value: Value) -> sys::napi_property_descriptor {
    sys::napi_property_descriptor {
        utf8name: ptr::null(),
        name: name.0,
        method: None,
        getter: None,
        setter: None,
        value: value.0,
        attributes: sys::PropertyAttributes::writable
            | sys::PropertyAttributes::enumerable
            | sys::PropertyAttributes::configurable,
        data: ptr::null_mut(),
    }
}

/// A number in decimal digits, written into `digits` from the end.
fn itoa(mut number: u32, digits: &mut [u8; 10]) -> &str {
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    str::from_utf8(&digits[start..]).unwrap_or_default()
}

/// The arguments of a call from JavaScript; missing ones are undefined.
pub struct Arguments<'a, const N: usize> {
    values: [sys::napi_value; N],
    scope: PhantomData<&'a ()>,
}

impl<const N: usize> Arguments<'_, N> {
    /// Reads the arguments, and the pointer that the function was made with.
    ///
    /// # Safety
    /// `info` must be what the callback was called with, and it must not have returned.
    pub unsafe fn read(env: Env, info: sys::napi_callback_info) -> Result<(Self, *mut std::ffi::c_void)> {
        let mut values = [ptr::null_mut(); N];
        let mut count = N;
        let data =
            get!(env, napi_get_cb_info(info, &mut count, values.as_mut_ptr(), ptr::null_mut()), ptr::null_mut())?;
        Ok((Arguments { values, scope: PhantomData }, data))
    }

    /// Argument `index`, from 0.
    #[inline]
    pub fn get(&self, index: usize) -> Value {
        Value(self.values[index])
    }
}
