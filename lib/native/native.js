// The addon's functions for this copy of ferroport's JavaScript. A thread may have several copies, each with functions
// of its own.
'use strict';

const binding = require('../addon');

/**
 * @typedef {import('../../native').Natives & Shared} Native the functions of the addon, for this copy of the JavaScript, and its numbers
 */

/**
 * @typedef {object} Shared
 * @property {object} hooks what has been connected, which the addon does not hold
 * @property {number} number of this copy, see src/node/copies.rs
 * @property {number} library the addon as the process has loaded it
 * @property {string} version
 * @property {Record<string, number>} tags the tags of the wire format (src/wire/tag.rs)
 * @property {Record<string, number>} limits where Rust and JavaScript stop (src/node/exports.rs)
 * @property {Record<string, number>} places what is where in the block (src/node/block.rs)
 * @property {Record<string, number>} outcomes
 * @property {Record<string, number>} keeping what is done with a string that several endpoints of the thread get
 * @property {Record<string, number>} viewKinds
 * @property {Record<string, number>} errorKinds
 */

const { instantiate, ...shared } = /** @type {any} */ (binding);

const native = /** @type {Native} */ (Object.assign(instantiate(), shared));

module.exports = native;
