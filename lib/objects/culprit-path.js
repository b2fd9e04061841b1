// Finds the place in a value where something stands that cannot be cloned, such as `.jobs[2].onDone`. Calls nothing that programs may
// have patched.
'use strict';

const { types } = require('node:util');
const { isDOMException, isRefusal } = require('../node/errors');
const { entriesOf, valuesOf } = require('./parts');
const { bufferOf } = require('../runtime/view');
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
 * @property {unknown} culprit the part of a value that the error is about; NOTHING if that is not known
 * @property {boolean} isTraced whether the error's stack begins where the program called
 */

/** @type {WeakMap<object, Details>} */
const detailsOf = new WeakMap();

/** Stands for a culprit that is not known. */
const NOTHING = {};

const { Set } = globals;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/**
 * @typedef {object} Place a place in a value
 * @property {unknown} child the part of the value that stands there
 * @property {Place | null} parent the place of the object that holds the part
 * @property {unknown} key the number of the part in a Map or a Set, or else the name of the property
 */

/**
 * Looks for the culprit in the order in which the encoder walks. No getter is run, so a culprit that only a getter gives is not found.
 * @param {unknown} value that was posted
 * @param {unknown} culprit a part of the value
 * @returns {string | undefined} the path of the culprit, '' for the value itself; undefined if the culprit is not found
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
 * The place of the culprit among some places.
 * @param {Place[]} places
 * @param {unknown} culprit
 */
function among(places, culprit) {
  for (let i = 0; i < places.length; i++) {
    const { child } = places[i];
    // The buffer of a view has no place of its own.
    if (is(child, culprit) || (isView(child) && bufferOf(child) === culprit)) return places[i];
  }
  return undefined;
}

/**
 * The places in an object that the encoder visits.
 * @param {Place} place of the object
 * @returns {Place[]}
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
 * Adds the places in a Map or a Set.
 * @param {Place[]} children
 * @param {Place} parent
 * @param {unknown[]} inside keys and values in turn, or the values of a Set
 */
function addEach(children, parent, inside) {
  for (let i = 0; i < inside.length; i++) children[i] = { child: inside[i], parent, key: i };
}

/**
 * Adds the place of a property, if the property is no accessor.
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

/**
 * The path of a place.
 * @param {Place} place
 */
function textOf(place) {
  let text = '';
  for (let at = place; at.parent !== null; at = at.parent) text = stepTo(at, at.parent.child) + text;
  return text;
}

/**
 * The last step of a path.
 * @param {Place} place
 * @param {any} object that holds the place
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
  return isDOMException(error) ? blameSurely(error, culprit) : error;
}

/**
 * The same for an error of ferroport's own.
 * @template {object} E
 * @param {E} error
 * @param {unknown} culprit
 * @returns {E}
 */
function blameSurely(error, culprit) {
  const details = weakMapGet(detailsOf, error);
  if (details === undefined) weakMapSet(detailsOf, error, { culprit, isTraced: false });
  else if (details.culprit === NOTHING) details.culprit = culprit;
  return error;
}

/**
 * Lets the stack of an error of the running Node's begin where the program has called ferroport. A stack has few frames, and ferroport's
 * frames must not take the place of the program's.
 * @template E
 * @param {E} error that no code of the program's has thrown
 * @param {Function} entrance the function that the program has called and that has not returned
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
 * Takes the error's stack again, if that has not been done.
 * @param {object} error
 * @param {Details} details of the error
 * @param {Function} entrance as `tracedFrom` takes it
 */
function trace(error, details, entrance) {
  if (details.isTraced) return;
  details.isTraced = true;
  try {
    captureStackTrace?.(error, entrance);
  } catch {
    // The stack is full, or a program has frozen an object that is needed here. The error matters more than its trace.
  }
}

/**
 * Gives an error its `path`, if the error is about a part of `value`.
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
    // The value is too large or too deep to be searched. The error matters more than its path.
  }
  return error;
}

module.exports = { blame, blameSurely, located, tracedFrom };
