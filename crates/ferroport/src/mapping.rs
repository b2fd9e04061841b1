//! How values look in both languages, and functions for fields that are to look otherwise.
//!
//! | Rust writes | JavaScript gets |
//! |---|---|
//! | `bool`, `f32`, `f64`, integers up to 2^53 | a boolean, a number |
//! | `i64`, `u64`, `i128`, `u128` beyond 2^53; [`BigInt`](crate::BigInt) | a BigInt |
//! | `&str`, `String`, `char`, unit variants | a string |
//! | bytes of serde (`serde_bytes`) | a `Uint8Array` |
//! | `()`, `None`, unit structs | `undefined`; `null` with [`null`] |
//! | structs | a plain object, written as a shape from the second time on |
//! | sequences, tuples | an array; a `Set` with [`set`] |
//! | maps | a `Map`; a plain object with [`object`] |
//! | structs with flattened fields | a plain object |
//! | `Variant(value)`, `Variant { … }`, `Variant(one, two)` | `{ Variant: value }`, `{ Variant: { … } }`, `{ Variant: [one, two] }`, or what `#[serde(tag, content, untagged)]` says |
//! | [`Date`](crate::Date), [`AnyPort`](crate::AnyPort), [`AbortSignal`](crate::AbortSignal), [`Value`](crate::Value) | a `Date`, a `MessagePort`, a `SharedAbortSignal`, what it says |
//!
//! Rust reads all of these, and besides: a typed array as a sequence; a plain object as a map, whose keys may be numbers; a `Map` with
//! string keys as a struct; an array as a tuple struct or a struct; `undefined` and `null` as `None` or `()`; Boolean, Number and String
//! objects as what they hold; an error as a struct with `name`, `message`, `stack` and `cause`.
//!
//! In enums with `#[serde(tag = "…")]` or `#[serde(untagged)]`, serde reads in two steps. There a [`Value`](crate::Value) does not tell
//! Dates, Sets and Maps from numbers, arrays and objects, and integers of more than 64 bits are errors.

use serde::{Serialize, Serializer};

/// Writes a map as a plain object.
///
/// # Errors
/// If a key is neither a string nor an integer.
///
/// ```
/// # use std::collections::HashMap;
/// #[derive(serde::Serialize)]
/// struct Counts {
///     #[serde(serialize_with = "ferroport::mapping::object")]
///     by_word: HashMap<String, u32>,
/// }
/// ```
pub fn object<T: Serialize + ?Sized, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    crate::value::with::object(value, serializer)
}

/// Writes a sequence as a `Set`.
///
/// # Errors
/// Those of the elements.
///
/// ```
/// # use std::collections::HashSet;
/// #[derive(serde::Serialize)]
/// struct Words {
///     #[serde(serialize_with = "ferroport::mapping::set")]
///     all: HashSet<String>,
/// }
/// ```
pub fn set<T: Serialize + ?Sized, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    crate::value::with::set(value, serializer)
}

/// Writes `None` as `null`.
///
/// # Errors
/// Those of the value.
///
/// ```
/// #[derive(serde::Serialize)]
/// struct Row {
///     #[serde(serialize_with = "ferroport::mapping::null")]
///     parent: Option<u32>,
/// }
/// ```
pub fn null<T: Serialize, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    crate::value::with::null(value, serializer)
}
