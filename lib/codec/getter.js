// Reads internal slots through the getters that the language defines for them, out of reach of own properties.
'use strict';

const { apply, getOwnPropertyDescriptor } = require('./intrinsics');

/**
 * @param {object} prototype that has the getter, now
 * @param {string | symbol} name
 * @returns {(object: object) => any} gives undefined where this runtime has no such getter
 */
function getter(prototype, name) {
  const get = getOwnPropertyDescriptor(prototype, name)?.get;
  return get === undefined ? () => undefined : (object) => apply(get, object, []);
}

module.exports = getter;
