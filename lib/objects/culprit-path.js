// Finds the place in a value where something stands that cannot be cloned, such as `.jobs[2].onDone`. Calls nothing that programs may
// have patched.
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
 * @typedef {object} Note what is known of an error that is being thrown
 * @property {unknown} culprit what it is about, or NOTHING
 * @property {boolean} isTraced whether its stack begins where the program called
 */

/** @type {WeakMap<object, Note>} */
const notes = new WeakMap();

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
 * Looks for the culprit in the order in which the encoder walks. No getter is run, so a culprit that only a getter gives is not found.
 * @param {unknown} value that was posted
 * @param {unknown} culprit in it
 * @returns {string | undefined} '' for the value itself; undefined if it is not found
 */
function pathOf(value, culprit) {
  if (is(value, culprit)) return '';
  const root = { child: value, parent: null, key: undefined };
  let children = childrenOf(root);
  let found = among(children, culprit);
  // The culprit mostly stands right inside, and then no other object need be remembered.
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
 * Whether an object is sent by its internal slots alone, so that its properties need no search. A view has its elements as properties,
 * perhaps millions.
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
 * Notes which value an error of the running Node's is about.
 * @template E
 * @param {E} error
 * @param {unknown} culprit
 * @returns {E}
 */
function blame(error, culprit) {
  if (!isDOMException(error)) return error;
  const note = weakMapGet(notes, error);
  if (note === undefined) weakMapSet(notes, error, { culprit, isTraced: false });
  else if (note.culprit === NOTHING) note.culprit = culprit;
  return error;
}

/**
 * Lets the stack of an error of the running Node's begin where the program has called ferroport. A stack has few frames, and ferroport's
 * frames must not take the place of the program's.
 * @template E
 * @param {E} error that no code of the program's has thrown
 * @param {Function} entrance what the program has called and has not ended
 * @returns {E}
 */
function tracedFrom(error, entrance) {
  if (!isRefusal(error)) return error;
  const object = /** @type {any} */ (error);
  let note = weakMapGet(notes, object);
  if (note === undefined) weakMapSet(notes, object, (note = { culprit: NOTHING, isTraced: false }));
  trace(object, note, entrance);
  return error;
}

/**
 * @param {object} error
 * @param {Note} note of it
 * @param {Function} entrance as `tracedFrom` takes it
 */
function trace(error, note, entrance) {
  if (note.isTraced) return;
  note.isTraced = true;
  try {
    captureStackTrace?.(error, entrance);
  } catch {
    // The stack is full, or a program has frozen an object that is needed here. The error matters more than its trace.
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
  const note = weakMapGet(notes, error);
  if (note === undefined || note.culprit === NOTHING) return error;
  trace(error, note, entrance);
  try {
    const path = pathOf(value, note.culprit);
    if (path !== undefined) {
      const property = { __proto__: null, value: path, writable: true, configurable: true };
      defineProperty(error, 'path', /** @type {PropertyDescriptor} */ (/** @type {unknown} */ (property)));
    }
  } catch {
    // The value is too large or too deep to be searched. The error matters more than its path.
  }
  return error;
}

module.exports = { blame, located, tracedFrom };
