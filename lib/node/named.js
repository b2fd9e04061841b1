// The names of functions that users see: minifiers rename what is declared, and leave what is written as a string.
'use strict';

const { defineProperty } = require('../language/originals').statics;

/**
 * @template {Function} T
 * @param {string} name
 * @param {T} named
 * @returns {T} the same function
 */
const withName = (name, named) => defineProperty(named, 'name', { value: name, configurable: true });

module.exports = { withName };
