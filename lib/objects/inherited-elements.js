// Whether somebody has put elements on a prototype that arrays inherit from: `Array.prototype[0] = …`.
'use strict';

const { Array, Object, getOwnPropertyNames, getPrototypeOf } = require('../language/intrinsics');

const ArrayPrototype = Array.prototype;
const ObjectPrototype = Object.prototype;

/**
 * Whether assigning to an element that an array or plain object does not have may meet an inherited setter, or an
 * inherited element that is read-only.
 * @returns {boolean}
 */
function inheritsElements() {
  // Array.prototype is an array: its length exceeds every index that it has had.
  return ArrayPrototype.length !== 0 || getPrototypeOf(ArrayPrototype) !== ObjectPrototype || hasElement();
}

/** Whether Object.prototype has an element. It would be the first key. */
function hasElement() {
  const key = getOwnPropertyNames(ObjectPrototype)[0];
  return `${+key >>> 0}` === key;
}

module.exports = { inheritsElements };
