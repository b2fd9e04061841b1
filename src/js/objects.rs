//! Objects, arrays and Dates: their keys, properties and elements.

use std::ffi::{CStr, c_char, c_void};
use std::marker::PhantomData;
use std::ptr;

use napi::sys;

use super::{Code, Env, Failure, Result, Value};

/// V8's limit is 2^27 words for a block of elements, its header among them.
const MAX_LAID_OUT: u32 = (1 << 27) - 16;

impl<'s> Env<'s> {
    /// An array's length.
    pub fn array_length(self, array: Value) -> Result<u32> {
        get!(self, napi_get_array_length(array.0), 0)
    }

    /// An object's prototype.
    pub fn prototype_of(self, object: Value) -> Result<Value<'s>> {
        get!(self, napi_get_prototype(object.0), ptr::null_mut()).map(Value::of)
    }

    /// `one === other`.
    pub fn is_same(self, one: Value, other: Value) -> Result<bool> {
        get!(self, napi_strict_equals(one.0, other.0), false)
    }

    /// `array[index]`.
    #[inline]
    pub fn element(self, array: Value, index: u32) -> Result<Value<'s>> {
        get!(self, napi_get_element(array.0, index), ptr::null_mut()).map(Value::of)
    }

    /// Whether `object` has an element of its own at `index`.
    pub fn has_own_element(self, object: Value, index: u32) -> Result<bool> {
        self.has_own(object, self.make_text(itoa(index, &mut [0; 10]))?)
    }

    /// `object[key]`.
    #[inline]
    pub fn property(self, object: Value, key: Value) -> Result<Value<'s>> {
        get!(self, napi_get_property(object.0, key.0), ptr::null_mut()).map(Value::of)
    }

    /// Whether `object` has a property of its own under `key`, a string.
    #[inline]
    pub fn has_own(self, object: Value, key: Value) -> Result<bool> {
        get!(self, napi_has_own_property(object.0, key.0), false)
    }

    /// `object[name]`, for a name that is known here.
    pub fn named(self, object: Value, name: &CStr) -> Result<Value<'s>> {
        get!(self, napi_get_named_property(object.0, name.as_ptr()), ptr::null_mut()).map(Value::of)
    }

    /// A Date's time value.
    pub fn date(self, value: Value) -> Result<f64> {
        get!(self, napi_get_date_value(value.0), 0.0)
    }

    /// `{}`.
    #[inline]
    pub fn make_object(self) -> Result<Value<'s>> {
        get!(self, napi_create_object(), ptr::null_mut()).map(Value::of)
    }

    /// `[]`.
    pub fn make_array(self) -> Result<Value<'s>> {
        get!(self, napi_create_array(), ptr::null_mut()).map(Value::of)
    }

    /// `new Array(length)`; the memory is taken at once.
    ///
    /// # Errors
    /// An Error for a length that V8 cannot lay out: asked for it, it would end the process.
    pub fn make_array_of(self, length: u32) -> Result<Value<'s>> {
        if length > MAX_LAID_OUT {
            return Err(Failure::error(Code::NodeApi, format!("an array of {length} elements is too long")));
        }
        get!(self, napi_create_array_with_length(length as usize), ptr::null_mut()).map(Value::of)
    }

    /// A Date.
    pub fn make_date(self, time: f64) -> Result<Value<'s>> {
        get!(self, napi_create_date(time), ptr::null_mut()).map(Value::of)
    }

    /// `array[index] = value`, for an array or object of our making. Assigns: finds setters and read-only elements that it
    /// inherits.
    #[inline]
    pub fn set_element(self, array: Value, index: u32, value: Value) -> Result<()> {
        run!(self, napi_set_element(array.0, index, value.0))
    }

    /// Defines an ordinary element, whatever the object inherits.
    pub fn define_element(self, object: Value, index: u32, value: Value) -> Result<()> {
        let name = self.make_text(itoa(index, &mut [0; 10]))?;
        self.define(object, &[Property::new(name, value)])
    }

    /// `object[key] = value`, for an object of our making.
    pub fn set_property(self, object: Value, key: Value, value: Value) -> Result<()> {
        run!(self, napi_set_property(object.0, key.0, value.0))
    }

    /// Defines ordinary properties (CreateDataProperty: no setter of a prototype is asked).
    pub fn define(self, object: Value, properties: &[Property<'_>]) -> Result<()> {
        // `Property` is a descriptor and nothing else.
        run!(self, napi_define_properties(object.0, properties.len(), properties.as_ptr().cast()))
    }
}

impl<'s> Env<'s> {
    /// Defines a property that nobody sees or changes.
    pub fn define_hidden(self, object: Value, name: &CStr, value: Value) -> Result<()> {
        self.define(object, &[Property::named(name, sys::PropertyAttributes::default, value)])
    }

    /// Defines a property as a plain assignment would have made it.
    pub fn define_visible(self, object: Value, name: &CStr, value: Value) -> Result<()> {
        self.define(object, &[Property::named(name, ORDINARY, value)])
    }

    /// Marks an object, which nobody but who knows the mark can see; one that has a mark already is refused.
    pub fn mark(self, object: Value, mark: &sys::napi_type_tag) -> Result<()> {
        run!(self, napi_type_tag_object(object.0, mark))
    }

    /// Gives an object a pointer, which others can take out, and which `finalize` gets when the object is gone.
    ///
    /// # Safety
    /// `finalize` is for that pointer, and may be called on this thread as long as that lives.
    pub unsafe fn wrap(self, object: Value, pointer: *mut c_void, finalize: sys::napi_finalize) -> Result<()> {
        run!(self, napi_wrap(object.0, pointer, finalize, ptr::null_mut(), ptr::null_mut()))
    }

    /// Whether the object has this mark.
    pub fn is_marked(self, object: Value, mark: &sys::napi_type_tag) -> Result<bool> {
        get!(self, napi_check_object_type_tag(object.0, mark), false)
    }
}

/// What plain assignments make.
const ORDINARY: sys::napi_property_attributes =
    sys::PropertyAttributes::writable | sys::PropertyAttributes::enumerable | sys::PropertyAttributes::configurable;

/// A property with its value, for [`Env::define`].
#[repr(transparent)]
pub struct Property<'s>(sys::napi_property_descriptor, PhantomData<&'s CStr>);

impl<'s> Property<'s> {
    /// An ordinary property.
    pub fn new(name: Value<'s>, value: Value<'s>) -> Self {
        Property(descriptor(ptr::null(), name.0, ORDINARY, value), PhantomData)
    }

    fn named(name: &'s CStr, attributes: sys::napi_property_attributes, value: Value<'s>) -> Self {
        Property(descriptor(name.as_ptr(), ptr::null_mut(), attributes, value), PhantomData)
    }

    /// Gives the property another value.
    pub fn set_value(&mut self, value: Value<'s>) {
        self.0.value = value.0;
    }
}

fn descriptor(
    utf8name: *const c_char,
    name: sys::napi_value,
    attributes: sys::napi_property_attributes,
    value: Value,
) -> sys::napi_property_descriptor {
    sys::napi_property_descriptor {
        utf8name,
        name,
        method: None,
        getter: None,
        setter: None,
        value: value.0,
        attributes,
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
