'use strict';

// Counts calls, and throws instead of the one with a given number.

class Injected extends Error {}

/**
 * @param {string} name
 * @param {{ isPrecise?: boolean }} [options]
 */
function makeInjector(name, { isPrecise = false } = {}) {
  let isArmed = false;
  let count = 0;
  let wanted = Infinity;
  let isSticky = false;
  return {
    name,
    isPrecise,
    /**
     * @param {number} n
     * @param {boolean} sticky
     */
    arm(n, sticky) {
      count = 0;
      wanted = n;
      isSticky = sticky;
      isArmed = true;
    },
    disarm() {
      isArmed = false;
    },
    /** An operation has asked for the stack that it needs from here on: it makes no call any more that can fail. */
    pardon() {
      isArmed = false;
    },
    /** How many calls there have been since it was armed. */
    count: () => count,
    /** @param {any} error */
    isOwn: (error) => error instanceof Injected,
    /**
     * To be called where a call may be made to throw.
     * @param {string} what is called
     */
    pass(what) {
      if (!isArmed) return;
      count++;
      if (count === wanted || (isSticky && count > wanted)) throw new Injected(what);
    },
  };
}

module.exports = { makeInjector };
