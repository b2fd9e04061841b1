// Where in a value stands what cannot be cloned: `.jobs[2].onDone`. Nothing that programs may have patched is called.
'use strict';

const { types } = require('node:util');
const { isDOMException, isRefusal } = require('../node/errors');
const { entriesOf, valuesOf } = require('./parts');
const { WeakMap, bareList, captureStackTrace, defineProperty } = require('../language/intrinsics');
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
const { stringify, weakMapGet, weakMapSet } = require('../language/intrinsics');

/**
 * @typedef {object} Details what is known of an error that is being thrown
 * @property {unknown} culprit what it is about, or NOTHING
 * @property {boolean} isTraced whether its stack begins where the program called
 */

/** @type {WeakMap<object, Details>} */
const detailsOf = new WeakMap();

const NOTHING = {};

const { Set } = globals;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/**
 * @typedef {object} Place of something in a value
 * @property {unknown} child what is there
 * @property {Place | null} parent in what
 * @property {unknown} key its number in a Map or a Set, else its name
 */

/**
 * Looks for the culprit as the encoder walks, but runs no getter: what only a getter gives is not found.
 * @param {unknown} value that was posted
 * @param {unknown} culprit in it
 * @returns {string | undefined} '' for the value itself; undefined if it is not found
 */
function pathOf(value, culprit) {
  if (is(value, culprit)) return '';
  const root = { child: value, parent: null, key: undefined };
  let children = childrenOf(root);
  let found = among(children, culprit);
  // Where it stands mostly: no other object need be remembered.
  if (found !== undefined) return textOf(found);
  const seen = new Set();
  setAdd(seen, value);
  const waiting = /** @type {Place[]} */ (bareList());
  while (true) {
    for (let i = children.length - 1; i >= 0; i--) {
      const { child } = children[i];
      if (typeof child !== 'object' || child === null) continue;
      const before = setSize(seen);
      setAdd(seen, child);
      if (setSize(seen) > before) waiting[waiting.length] = children[i];
    }
    if (waiting.length === 0) return undefined;
    children = childrenOf(waiting[waiting.length - 1]);
    waiting.length--;
    found = among(children, culprit);
    if (found !== undefined) return textOf(found);
  }
}

/**
 * @param {Place[]} places
 * @param {unknown} culprit
 */
function among(places, culprit) {
  for (let i = 0; i < places.length; i++) if (is(places[i].child, culprit)) return places[i];
  return undefined;
}

/**
 * @param {Place} place
 * @returns {Place[]} what is to be looked at in there
 */
function childrenOf(place) {
  const children = /** @type {Place[]} */ (bareList());
  /** @type {any} */
  const object = place.child;
  if (typeof object !== 'object' || object === null || types.isProxy(object)) return children;
  if (types.isMap(object)) addEach(children, place, entriesOf(object));
  else if (types.isSet(object)) addEach(children, place, valuesOf(object));
  else if (types.isNativeError(object)) addProperty(children, place, 'cause');
  else if (isArray(object) || !hasOnlySlots(object)) {
    const keys = keysOf(object);
    for (let i = 0; i < keys.length; i++) addProperty(children, place, keys[i]);
  }
  return children;
}

/**
 * @param {Place[]} children
 * @param {Place} parent
 * @param {unknown[]} inside keys and values in turn, or the values of a Set
 */
function addEach(children, parent, inside) {
  for (let i = 0; i < inside.length; i++) children[i] = { child: inside[i], parent, key: i };
}

/**
 * @param {Place[]} children
 * @param {Place} parent
 * @param {string} key
 */
function addProperty(children, parent, key) {
  const property = getOwnPropertyDescriptor(parent.child, key);
  if (property !== undefined && hasOwn(property, 'value')) {
    children[children.length] = { child: property.value, parent, key };
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

/** @param {Place} place */
function textOf(place) {
  let text = '';
  for (let at = place; at.parent !== null; at = at.parent) text = stepTo(at, at.parent.child) + text;
  return text;
}

/**
 * @param {Place} place
 * @param {any} object in which it is
 */
function stepTo({ key }, object) {
  if (typeof key === 'number') {
    return types.isSet(object) ? `<Set value ${key}>` : `<Map ${key % 2 === 0 ? 'key' : 'value'} ${key >> 1}>`;
  }
  const name = /** @type {string} */ (key);
  if (isArray(object) && `${+name >>> 0}` === name) return `[${name}]`;
  return regExpExec(IDENTIFIER, name) === null ? `[${stringify(name)}]` : `.${name}`;
}

/**
 * Notes what an error of the running Node's is about.
 * @template E
 * @param {E} error
 * @param {unknown} culprit
 * @returns {E}
 */
function blame(error, culprit) {
  if (!isDOMException(error)) return error;
  const details = weakMapGet(detailsOf, error);
  if (details === undefined) weakMapSet(detailsOf, error, { culprit, isTraced: false });
  else if (details.culprit === NOTHING) details.culprit = culprit;
  return error;
}

/**
 * Lets the stack of an error of the running Node's begin where the program has called: of the few frames that a stack has, none is to
 * be lost to ours.
 * @template E
 * @param {E} error that no code of the program's has thrown
 * @param {Function} entrance what the program has called and has not ended
 * @returns {E}
 */
function tracedFrom(error, entrance) {
  if (!isRefusal(error)) return error;
  const object = /** @type {any} */ (error);
  let details = weakMapGet(detailsOf, object);
  if (details === undefined) weakMapSet(detailsOf, object, (details = { culprit: NOTHING, isTraced: false }));
  trace(object, details, entrance);
  return error;
}

/**
 * @param {object} error
 * @param {Details} details of it
 * @param {Function} entrance as `tracedFrom` takes it
 */
function trace(error, details, entrance) {
  if (details.isTraced) return;
  details.isTraced = true;
  try {
    captureStackTrace?.(error, entrance);
  } catch {
    // For want of stack, or of a program that has frozen what it depends on: the error matters, not where it is from.
  }
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
  if (typeof error !== 'object' || error === null) return error;
  const details = weakMapGet(detailsOf, error);
  if (details === undefined || details.culprit === NOTHING) return error;
  trace(error, details, entrance);
  try {
    const path = pathOf(value, details.culprit);
    if (path !== undefined) {
      const property = { __proto__: null, value: path, writable: true, configurable: true };
      defineProperty(error, 'path', /** @type {PropertyDescriptor} */ (/** @type {unknown} */ (property)));
    }
  } catch {
    // A value too large to be searched, or that nests too deep: the error matters, not its path.
  }
  return error;
}

module.exports = { blame, located, tracedFrom };
