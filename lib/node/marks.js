// markAsUncloneable and markAsUntransferable: Node's functions. The marks are noted here, because Node offers no way to
// ask for them.
'use strict';

const { isObject, methods, uncurry } = require('../language/originals');

const threads = /** @type {any} */ (require('./threads').original);

/** @type {(set: WeakSet<object>, object: object) => boolean} */
const has = /** @type {any} */ (uncurry(methods.weakSetHas));

/** @type {(set: WeakSet<object>, object: object) => void} */
const add = /** @type {any} */ (uncurry(methods.weakSetAdd));

/** @type {WeakSet<object>} */
const uncloneable = new WeakSet();

/** @type {WeakSet<object>} */
const untransferable = new WeakSet();

/**
 * @param {object} object
 * @returns {boolean} whether the object was marked with ferroport's `markAsUncloneable`
 */
const isUncloneable = (object) => has(uncloneable, object);

/**
 * @param {object} object
 * @returns {boolean} whether the object was marked with ferroport's `markAsUntransferable`
 */
const isUntransferable = (object) => has(untransferable, object);

let isAnyUncloneable = false;

/** Whether any object was ever marked with ferroport's `markAsUncloneable`. */
const any = () => isAnyUncloneable;

/**
 * Node's two functions, wrapped so that the marks are noted.
 * @type {Record<string, Function>}
 */
const wrapped = {};

/**
 * @param {string} name
 * @param {WeakSet<object>} marked
 */
function wrap(name, marked) {
  const original = threads[name];
  if (original === undefined) return;
  wrapped[name] = {
    /** @param {unknown} object */
    [name](object) {
      const result = original(object);
      if (isObject(object)) add(marked, /** @type {object} */ (object));
      isAnyUncloneable ||= marked === uncloneable;
      return result;
    },
  }[name];
}

wrap('markAsUncloneable', uncloneable);
wrap('markAsUntransferable', untransferable);

module.exports = { any, isUncloneable, isUntransferable, wrapped };
