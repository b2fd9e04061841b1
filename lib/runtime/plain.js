// Prototypes whose objects are plain to structured clone.
'use strict';

const { globals } = require('../language/originals');

/**
 * Filled by codec/visit/prototypes.js. Who makes a class whose objects are plain puts its prototype here, if the class may stand
 * among the globals: there it could not be told from one of the runtime's.
 * @type {WeakSet<object>}
 */
const plain = new globals.WeakSet();

module.exports = plain;
