// Getters in whose place programs may put values of their own, as the web's `[Replaceable]` attributes (Web IDL, 3.4.20): programs that
// know only the built-in give ports and workers properties of their own, by any name.
'use strict';

const { statics } = require('../language/originals');

const { defineProperty, getOwnPropertyDescriptor } = statics;

/**
 * Gives a getter that has no setter one that puts the value in its place, on the object itself.
 * @param {object} prototype that has the getters
 * @param {(string | symbol)[]} names of them
 */
function letReplace(prototype, names) {
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    /** @this {object} @param {unknown} value */
    const set = function (value) {
      defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    };
    const { get } = /** @type {PropertyDescriptor} */ (getOwnPropertyDescriptor(prototype, name));
    defineProperty(prototype, name, { get, set });
  }
}

module.exports = { letReplace };
