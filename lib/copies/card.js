// Cards, by which the copies of ferroport in a thread recognise one another's ports.
'use strict';

const { root } = require('../here');
const native = require('../native/native');
const { symbolFor } = require('../language/originals').statics;

/** A copy of any version leaves its card on the prototype of its ports under this symbol. */
const COPY = symbolFor('ferroport.copy');

/**
 * @typedef {object} Identity of a copy
 * @property {string} version
 * @property {string} folder of the copy, for error messages
 * @property {number} library the addon that the copy uses, as the process has loaded it; an endpoint can be used by one
 *   library only
 */

/**
 * What a copy shows to others. The two functions stay the same in all versions.
 * @typedef {object} OfCard
 * @property {(value: any) => boolean} isPort whether a value is one of its ports
 * @property {() => import('./others').Copy} open what other copies of the same version can do with its ports
 */

/** @typedef {Identity & OfCard} Card */

/** @type {Identity} */
const identity = {
  version: native.version,
  folder: root ?? 'a bundle',
  library: native.library,
};

module.exports = { COPY, identity };
