// By what copies of ferroport in one thread know the ports of one another.
'use strict';

const path = require('node:path');
const native = require('./native');
const { symbolFor } = require('./codec/originals').statics;

/** Under which a copy, of whatever version, leaves its card on the prototype of its ports. */
const COPY = symbolFor('ferroport.copy');

/**
 * @typedef {object} Identity of a copy
 * @property {string} version
 * @property {string} folder where it is, for people
 * @property {number} library the addon that it uses, as the process has loaded it: endpoints belong to one
 */

/**
 * What a copy shows to others. That stays what it is in all versions.
 * @typedef {object} OfCard
 * @property {(value: any) => boolean} isPort whether a value is one of its ports
 * @property {() => import('./other-copies').Copy} open what others can do with its ports, for copies of the same version
 */

/** @typedef {Identity & OfCard} Card */

/** Modules of a bundle have no file name. */
const { filename } = /** @type {Partial<NodeJS.Module>} */ (/** @type {unknown} */ (module));

/** @type {Identity} */
const identity = {
  version: native.version,
  folder: filename === undefined ? 'a bundle' : path.dirname(path.dirname(filename)),
  library: native.library,
};

module.exports = { COPY, identity };
