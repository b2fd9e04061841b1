// Takes objects apart that Node-API cannot see into, by the intrinsics that read their internal slots.
'use strict';

const { tags, errorKinds } = require('../native');
const features = require('./features');
const getter = require('./getter');
const { viewParts, maxByteLengthOf } = require('./view');

const { forEach: mapForEach } = Map.prototype;
const { forEach: setForEach } = Set.prototype;
const numberValue = Number.prototype.valueOf;
const stringValue = String.prototype.valueOf;
const booleanValue = Boolean.prototype.valueOf;
const bigIntValue = BigInt.prototype.valueOf;

const sourceOf = getter(RegExp.prototype, 'source');
/** The flags in the order in which `RegExp.prototype.flags` has them. */
const flags = /** @type {const} */ ([
  ['d', 'hasIndices'],
  ['g', 'global'],
  ['i', 'ignoreCase'],
  ['m', 'multiline'],
  ['s', 'dotAll'],
  ['u', 'unicode'],
  ['v', 'unicodeSets'],
  ['y', 'sticky'],
]).map(([letter, name]) => ({ letter, isSet: getter(RegExp.prototype, name) }));

/**
 * @param {number} tag
 * @param {any} object of that tag
 * @returns {unknown[]} what the encoder of that tag (src/clone/serialize.rs) writes
 */
function parts(tag, object) {
  switch (tag) {
    case tags.MAP:
      return entriesOf(object);
    case tags.SET:
      return valuesOf(object);
    case tags.REGEXP:
      return [sourceOf(object), flags.map(({ letter, isSet }) => (isSet(object) ? letter : '')).join('')];
    case tags.ERROR:
      return errorParts(object);
    case tags.ARRAY_BUFFER:
      return [maxByteLengthOf(object)];
    case tags.VIEW:
      return viewParts(object);
    case tags.NUMBER_OBJECT:
      return [Reflect.apply(numberValue, object, [])];
    case tags.STRING_OBJECT:
      return [Reflect.apply(stringValue, object, [])];
    case tags.BOOLEAN_OBJECT:
      return [Reflect.apply(booleanValue, object, [])];
    default:
      return [Reflect.apply(bigIntValue, object, [])];
  }
}

/** @param {Map<unknown, unknown>} map */
function entriesOf(map) {
  /** @type {unknown[]} */
  const list = [];
  Reflect.apply(mapForEach, map, [
    (/** @type {unknown} */ value, /** @type {unknown} */ key) => {
      list.push(key, value);
    },
  ]);
  return list;
}

/** @param {Set<unknown>} set */
function valuesOf(set) {
  /** @type {unknown[]} */
  const list = [];
  Reflect.apply(setForEach, set, [
    (/** @type {unknown} */ value) => {
      list.push(value);
    },
  ]);
  return list;
}

/**
 * `name` chooses among the seven classes; `message` and `cause` count only as own data properties, `stack` in any way.
 * @param {any} error
 * @returns {unknown[]} class, message, stack; and, if it is sent by this Node, cause
 */
function errorParts(error) {
  const message = Object.getOwnPropertyDescriptor(error, 'message');
  const cause = Object.getOwnPropertyDescriptor(error, 'cause');
  const kind = errorKinds[String(error.name)] ?? errorKinds.Error;
  const text = message !== undefined && 'value' in message ? String(message.value) : undefined;
  const { stack } = error;
  const list = [kind, text, typeof stack === 'string' ? stack : undefined];
  if (cause !== undefined && 'value' in cause && features.errorCause()) list.push(cause.value);
  return list;
}

module.exports = { parts };
