'use strict';

// Turns any value into plain data that two runs can compare: class, prototype, own keys, slots and shared references.

const { types, inspect } = require('node:util');

/** Names of the own keys that say what `describe` already says through the object's slots. */
const slotKeys = (value) => {
  if (types.isTypedArray(value)) return (key) => typeof key === 'string' && /^\d+$/.test(key);
  if (types.isStringObject(value)) return (key) => key === 'length' || (typeof key === 'string' && /^\d+$/.test(key));
  if (Array.isArray(value)) return (key) => key === 'length';
  if (types.isRegExp(value)) return (key) => key === 'lastIndex';
  if (types.isNativeError(value)) return (key) => key === 'stack';
  return () => false;
};

/** The name of the prototype, marked when a global of that name exists and is not the one meant. */
function prototypeOf(value) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null) return null;
  const name = Object.prototype.hasOwnProperty.call(prototype, 'constructor')
    ? prototype.constructor.name
    : '(derived)';
  const known = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
  return known !== undefined && known.prototype !== prototype ? `${name} of another realm` : name;
}

const isPort = (value) => value instanceof EventTarget && typeof value.postMessage === 'function';

const hex = (buffer) => Buffer.from(buffer).toString('hex');

function slots(value, child) {
  if (types.isDate(value)) return { class: 'Date', time: inspect(value.getTime()) };
  if (types.isRegExp(value)) {
    return { class: 'RegExp', source: value.source, flags: value.flags, lastIndex: value.lastIndex };
  }
  if (types.isBooleanObject(value)) return { class: 'Boolean', is: Boolean.prototype.valueOf.call(value) };
  if (types.isNumberObject(value)) return { class: 'Number', is: inspect(Number.prototype.valueOf.call(value)) };
  if (types.isStringObject(value)) return { class: 'String', is: inspect(String.prototype.valueOf.call(value)) };
  if (types.isBigIntObject(value)) return { class: 'BigInt', is: inspect(BigInt.prototype.valueOf.call(value)) };
  if (types.isMap(value)) {
    return { class: 'Map', entries: [...Map.prototype.entries.call(value)].map((entry) => entry.map(child)) };
  }
  if (types.isSet(value)) return { class: 'Set', values: [...Set.prototype.values.call(value)].map(child) };
  if (types.isNativeError(value)) return { class: 'Error', stack: String(value.stack).split('\n    at ')[0] };
  if (types.isArrayBuffer(value)) {
    return {
      class: 'ArrayBuffer',
      bytes: hex(value),
      ...(value.resizable ? { maxByteLength: value.maxByteLength } : {}),
    };
  }
  if (types.isSharedArrayBuffer(value)) return { class: 'SharedArrayBuffer', byteLength: value.byteLength };
  if (ArrayBuffer.isView(value)) {
    const { byteOffset, byteLength, buffer } = value;
    return {
      class: types.isDataView(value) ? 'DataView' : value[Symbol.toStringTag],
      byteOffset,
      byteLength,
      tracking: isLengthTracking(value),
      buffer: child(buffer),
    };
  }
  if (Array.isArray(value)) return { class: 'Array', length: value.length };
  return { class: Object.prototype.toString.call(value) };
}

/** Primitives that JSON holds stand for themselves; the others are shown as `util.inspect` does, in parentheses. */
function primitive(value) {
  const held = typeof value === 'number' ? Number.isFinite(value) && !Object.is(value, -0) : typeof value !== 'bigint';
  return held && value !== undefined && typeof value !== 'symbol' ? value : `(${inspect(value)})`;
}

/** An array without holes and extra keys, of this realm: it is described as an array. */
function isOrdinaryList(value, own) {
  if (!Array.isArray(value) || Object.getPrototypeOf(value) !== Array.prototype) return false;
  return own.length === value.length && own.every((key, index) => key === String(index));
}

/** A view whose length follows its resizable buffer; found out by growing the buffer by one element and back. */
function isLengthTracking(view) {
  const { buffer, byteLength } = view;
  const grown = buffer.byteLength + 8;
  if (!buffer.resizable || grown > buffer.maxByteLength) return false;
  const before = buffer.byteLength;
  buffer.resize(grown);
  const tracking = view.byteLength !== byteLength;
  buffer.resize(before);
  return tracking;
}

function property(object, key, child) {
  const { value, get, set, enumerable, configurable, writable } = Object.getOwnPropertyDescriptor(object, key);
  if (get || set) return [String(key), 'accessor'];
  const flags = [!enumerable && 'hidden', !configurable && 'fixed', !writable && 'readonly'].filter(Boolean);
  return [typeof key === 'symbol' ? key.toString() : key, child(value), ...flags];
}

/**
 * Plain data for `value`; an object met again is `{ again: n }`, n being its number in the order of first meetings.
 */
function describe(value) {
  const numbers = new Map();
  const child = (inner) => {
    if (typeof inner === 'function') return `function ${inner.name}`;
    if (typeof inner !== 'object' || inner === null) return primitive(inner);
    if (numbers.has(inner)) return { again: numbers.get(inner) };
    numbers.set(inner, numbers.size);
    if (isPort(inner)) return { class: 'MessagePort' };
    if (inner instanceof Event) return { class: inner.constructor.name, type: inner.type };
    if (inner instanceof DOMException) return thrown(inner);
    const skip = slotKeys(inner);
    const own = Reflect.ownKeys(inner).filter((key) => !skip(key));
    if (isOrdinaryList(inner, own)) return inner.map(child);
    return {
      ...slots(inner, child),
      prototype: prototypeOf(inner),
      own: own.map((key) => property(inner, key, child)),
    };
  };
  return child(value);
}

/** What a user can tell an error by: its class, name, code and message. */
function thrown(error) {
  if (typeof error !== 'object' || error === null) return { threw: describe(error) };
  const { name, code, message } = error;
  return { threw: error.constructor?.name, name, code, message };
}

module.exports = { describe, thrown };
