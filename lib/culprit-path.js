// Where in a value stands what cannot be cloned: `.jobs[2].onDone`.
'use strict';

const { types } = require('node:util');
const nodeGlobals = require('./node-globals');

/**
 * What an error that is being thrown is about.
 * @type {WeakMap<object, unknown>}
 */
const culprits = new WeakMap();

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/**
 * Looks for the culprit as the encoder walks, but runs no getter: what only a getter gives is not found.
 * @param {unknown} value that was posted
 * @param {unknown} culprit in it
 * @returns {string | undefined} '' for the value itself; undefined if it is not found
 */
function pathOf(value, culprit) {
  if (Object.is(value, culprit)) return '';
  const seen = new Set([value]);
  /** @type {{ object: unknown, path: string }[]} */
  const waiting = [{ object: value, path: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const children = [...childrenOf(next.object)];
    const found = children.find(({ child }) => Object.is(child, culprit));
    if (found !== undefined) return next.path + found.step;
    for (const { child, step } of children.reverse()) {
      if (typeof child !== 'object' || child === null || seen.has(child)) continue;
      seen.add(child);
      waiting.push({ object: child, path: next.path + step });
    }
  }
  return undefined;
}

/**
 * @param {any} object
 * @returns {Iterable<{ child: unknown, step: string }>}
 */
function* childrenOf(object) {
  if (typeof object !== 'object' || object === null || types.isProxy(object)) return;
  if (types.isMap(object)) {
    let index = 0;
    for (const [key, value] of Map.prototype.entries.call(object)) {
      yield { child: key, step: `<Map key ${index}>` };
      yield { child: value, step: `<Map value ${index}>` };
      index++;
    }
    return;
  }
  if (types.isSet(object)) {
    let index = 0;
    for (const child of Set.prototype.values.call(object)) yield { child, step: `<Set value ${index++}>` };
    return;
  }
  if (types.isNativeError(object)) {
    const cause = Object.getOwnPropertyDescriptor(object, 'cause');
    if (cause !== undefined && 'value' in cause) yield { child: cause.value, step: '.cause' };
    return;
  }
  const isArray = Array.isArray(object);
  // Of other builtins nothing else is sent; the elements of a view are properties, too, by the million.
  if (!isArray && (ArrayBuffer.isView(object) || types.isAnyArrayBuffer(object) || hasPrimitive(object))) return;
  for (const key of Object.keys(object)) {
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (property !== undefined && 'value' in property) yield { child: property.value, step: stepOf(key, isArray) };
  }
}

/** @param {object} object */
const hasPrimitive = (object) => types.isBoxedPrimitive(object) || types.isDate(object) || types.isRegExp(object);

/**
 * @param {string} key
 * @param {boolean} isArray
 */
function stepOf(key, isArray) {
  if (isArray && String(Number(key) >>> 0) === key) return `[${key}]`;
  return IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/**
 * Notes what an error is about.
 * @template E
 * @param {E} error
 * @param {unknown} culprit
 * @returns {E}
 */
function blame(error, culprit) {
  if (error instanceof nodeGlobals.DOMException && !culprits.has(error)) culprits.set(error, culprit);
  return error;
}

/**
 * Gives an error about something in `value` its `path`.
 * @template E
 * @param {E} error
 * @param {unknown} value that was to be cloned
 * @returns {E}
 */
function located(error, value) {
  if (error instanceof nodeGlobals.DOMException && culprits.has(error)) {
    try {
      const path = pathOf(value, culprits.get(error));
      if (path !== undefined) Object.defineProperty(error, 'path', { value: path, writable: true, configurable: true });
    } catch {
      // A value too large to be searched, or intrinsics that the program has broken: the error matters, not its path.
    }
  }
  return error;
}

module.exports = { blame, located };
