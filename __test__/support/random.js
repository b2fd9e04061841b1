'use strict';

// Numbers that look random and are the same for the same seed, so that what was found can be found again.

/** @param {number} seed */
function randomOf(seed) {
  let state = seed >>> 0;

  /** @returns {number} at least 0, less than 1 (mulberry32) */
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };

  return {
    seed,
    next,
    /** @param {number} end @returns {number} a whole number from 0 to below `end` */
    below: (end) => Math.floor(next() * end),
    /** @template T @param {T[]} list @returns {T} */
    pick: (list) => list[Math.floor(next() * list.length)],
    /** @param {number} percent */
    chance: (percent) => next() * 100 < percent,
  };
}

/** @typedef {ReturnType<typeof randomOf>} Random */

module.exports = { randomOf };
