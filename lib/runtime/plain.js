// Prototypes whose objects are plain to structured clone.
'use strict';

const { globals } = require('../language/originals');

/**
 * Filled by codec/visit/prototypes.js. A class of ferroport's whose objects are plain puts its prototype here as well,
 * if the class may be a global: among the globals it could not be told from a class of the runtime's.
 * @type {WeakSet<object>}
 */
const plain = new globals.WeakSet();

module.exports = plain;
