// Where in a value stands what cannot be cloned: `.jobs[2].onDone`. Nothing that programs may have patched is called.
'use strict';

const { types } = require('node:util');
const { isDOMException, isRefusal } = require('../node/errors');
const { entriesOf, valuesOf } = require('./parts');
const { WeakMap, WeakSet, bareList, captureStackTrace, defineProperty } = require('../language/intrinsics');
const {
  getOwnPropertyDescriptor,
  globals,
  hasOwn,
  is,
  isArray,
  isView,
  keysOf,
  regExpExec,
  setAdd,
  setSize,
} = require('../language/intrinsics');
const { stringify, weakMapGet, weakMapHas, weakMapSet, weakSetAdd, weakSetHas } = require('../language/intrinsics');

/**
 * What an error that is being thrown is about.
 * @type {WeakMap<object, unknown>}
 */
const culprits = new WeakMap();

const { Set } = globals;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** @typedef {{ child: unknown, step: string }} Child */

/**
 * Looks for the culprit as the encoder walks, but runs no getter: what only a getter gives is not found.
 * @param {unknown} value that was posted
 * @param {unknown} culprit in it
 * @returns {string | undefined} '' for the value itself; undefined if it is not found
 */
function pathOf(value, culprit) {
  if (is(value, culprit)) return '';
  const seen = new Set();
  setAdd(seen, value);
  /** @type {{ object: unknown, path: string }[]} */
  const waiting = /** @type {any} */ (bareList());
  waiting[0] = { object: value, path: '' };
  while (waiting.length > 0) {
    const { object, path } = waiting[waiting.length - 1];
    waiting.length--;
    const children = childrenOf(object);
    for (let i = 0; i < children.length; i++) if (is(children[i].child, culprit)) return path + children[i].step;
    for (let i = children.length - 1; i >= 0; i--) {
      const { child, step } = children[i];
      if (typeof child !== 'object' || child === null) continue;
      const before = setSize(seen);
      setAdd(seen, child);
      if (setSize(seen) > before) waiting[waiting.length] = { object: child, path: path + step };
    }
  }
  return undefined;
}

/**
 * @param {any} object
 * @returns {Child[]}
 */
function childrenOf(object) {
  const children = /** @type {Child[]} */ (bareList());
  if (typeof object !== 'object' || object === null || types.isProxy(object)) return children;
  if (types.isMap(object)) {
    const entries = entriesOf(object);
    for (let i = 0; i < entries.length; i++) {
      children[i] = { child: entries[i], step: `<Map ${i % 2 === 0 ? 'key' : 'value'} ${i >> 1}>` };
    }
  } else if (types.isSet(object)) {
    const values = valuesOf(object);
    for (let i = 0; i < values.length; i++) children[i] = { child: values[i], step: `<Set value ${i}>` };
  } else if (types.isNativeError(object)) {
    const cause = getOwnPropertyDescriptor(object, 'cause');
    if (cause !== undefined && hasOwn(cause, 'value')) children[0] = { child: cause.value, step: '.cause' };
  } else if (isArray(object) || !hasOnlySlots(object)) {
    addProperties(children, object);
  }
  return children;
}

/**
 * @param {Child[]} children
 * @param {any} object
 */
function addProperties(children, object) {
  const keys = keysOf(object);
  for (let i = 0; i < keys.length; i++) {
    const property = getOwnPropertyDescriptor(object, keys[i]);
    if (property !== undefined && hasOwn(property, 'value')) {
      children[children.length] = { child: property.value, step: stepOf(keys[i], isArray(object)) };
    }
  }
}

/**
 * Whether nothing is sent of an object but what is in its slots; the elements of a view are properties, too, by the million.
 * @param {object} object no array
 */
const hasOnlySlots = (object) =>
  isView(object) ||
  types.isAnyArrayBuffer(object) ||
  types.isBoxedPrimitive(object) ||
  types.isDate(object) ||
  types.isRegExp(object);

/**
 * @param {string} key
 * @param {boolean} isElement whether it may be an index
 */
function stepOf(key, isElement) {
  if (isElement && `${+key >>> 0}` === key) return `[${key}]`;
  return regExpExec(IDENTIFIER, key) === null ? `[${stringify(key)}]` : `.${key}`;
}

/**
 * Notes what an error of the running Node's is about.
 * @template E
 * @param {E} error
 * @param {unknown} culprit
 * @returns {E}
 */
function blame(error, culprit) {
  if (isDOMException(error) && !weakMapHas(culprits, error)) weakMapSet(culprits, error, culprit);
  return error;
}

/**
 * Errors whose stack begins where the program called.
 * @type {WeakSet<object>}
 */
const traced = new WeakSet();

/**
 * Lets the stack of an error of the running Node's begin where the program has called: of the few frames that a stack has, none is to
 * be lost to ours.
 * @template E
 * @param {E} error that no code of the program's has thrown
 * @param {Function} entrance what the program has called and has not ended
 * @returns {E}
 */
function tracedFrom(error, entrance) {
  if (!isRefusal(error) || weakSetHas(traced, /** @type {any} */ (error))) return error;
  weakSetAdd(traced, /** @type {any} */ (error));
  try {
    captureStackTrace?.(/** @type {any} */ (error), entrance);
  } catch {
    // For want of stack, or of a program that has frozen what it depends on: the error matters, not where it is from.
  }
  return error;
}

/**
 * Gives an error about something in `value` its `path`.
 * @template E
 * @param {E} error
 * @param {unknown} value that was to be cloned
 * @param {Function} entrance as `tracedFrom` takes it
 * @returns {E}
 */
function located(error, value, entrance) {
  if (typeof error === 'object' && error !== null && weakMapHas(culprits, error)) {
    tracedFrom(error, entrance);
    try {
      const path = pathOf(value, weakMapGet(culprits, error));
      if (path !== undefined) {
        defineProperty(
          error,
          'path',
          /** @type {any} */ ({ __proto__: null, value: path, writable: true, configurable: true }),
        );
      }
    } catch {
      // A value too large to be searched, or that nests too deep: the error matters, not its path.
    }
  }
  return error;
}

module.exports = { blame, located, tracedFrom };
