// By what copies of ferroport in one thread know the ports of one another.
'use strict';

const { root } = require('../here');
const native = require('../native/native');
const { symbolFor } = require('../language/originals').statics;

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
 * @property {() => import('./others').Copy} open what others can do with its ports, for copies of the same version
 */

/** @typedef {Identity & OfCard} Card */

/** @type {Identity} */
const identity = {
  version: native.version,
  folder: root ?? 'a bundle',
  library: native.library,
};

module.exports = { COPY, identity };
