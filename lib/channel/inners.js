// The ends of channels from which messages leave the process, by the keys of their endpoints (link/inner.js). The drain tells them what there
// is, and delivers nothing of theirs.
'use strict';

const { Map, mapDelete, mapGet, mapSet } = require('../language/intrinsics');

/**
 * @typedef {object} Told
 * @property {() => void} heardMessage messages wait
 * @property {() => void} heardRoom there is room at the other end, or it has closed
 * @property {() => void} heardNotice the other end has left a notice
 * @property {(reason: number) => void} heardClose the other end has closed, and nothing waits; why, see port/reasons.js
 */

/** @type {Map<number, Told>} */
const inners = new Map();

/** Whether there has been one. Most threads have none. */
const state = { isUsed: false };

/**
 * @param {number} key
 * @param {Told} inner
 */
function add(key, inner) {
  state.isUsed = true;
  mapSet(inners, key, inner);
}

/** @param {number} key */
const remove = (key) => void mapDelete(inners, key);

/** @param {number} key */
const at = (key) => mapGet(inners, key);

module.exports = { add, at, remove, state };
