'use strict';

// Calls functions with little stack left: at a chosen number of frames above the deepest that there is room for.
//
//   a function calls itself until there is no more room, which throws a RangeError;
//   each level catches it, and the one at the chosen level makes the call. Nothing else is called on the way:
//   there would be no room for it.
//
// The size of a frame is eleven words. Arguments of the first call move all of them, so that with 0 to 11 arguments the
// limit stands at every word.

const v8 = require('node:v8');

const RETURNED = 1;
const THREW = 2;

/** What the functions below see. */
const state = {
  /** How many levels above the deepest the call is made, while the stack unwinds; negative afterwards. */
  left: -1,
  /** How many calls have been made on the way up. */
  next: 0,
  /** How many are made. */
  most: 0,
  /** @type {() => unknown} */
  act() {},
  /** @type {(() => unknown)[]} */
  acts: [],
  outcome: 0,
  outcomes: new Uint8Array(4096),
  /** @type {unknown} */
  result: undefined,
  /** @type {unknown[]} */
  results: new Array(4096).fill(undefined),
};

/**
 * Keeps a function from being optimised: its frames would have other sizes, and many of them become one.
 * @type {(f: Function) => void}
 */
const neverOptimise = (() => {
  try {
    v8.setFlagsFromString('--allow-natives-syntax');
    return /** @type {any} */ (new Function('f', '%NeverOptimizeFunction(f)'));
  } catch {
    return () => {};
  } finally {
    v8.setFlagsFromString('--no-allow-natives-syntax');
  }
})();

const once = new Function(
  'state',
  `return function descend() {
    try { descend(); } catch {}
    if (state.left-- === 0) {
      try { state.result = state.act(); state.outcome = ${RETURNED}; }
      catch (error) { state.result = error; state.outcome = ${THREW}; }
    }
  }`,
)(state);

const climbing = new Function(
  'state',
  `return function descend() {
    try { descend(); } catch {}
    if (state.left-- <= 0 && state.next < state.most) {
      const i = state.next++;
      const act = state.acts[i];
      try { state.results[i] = act(); state.outcomes[i] = ${RETURNED}; }
      catch (error) { state.results[i] = error; state.outcomes[i] = ${THREW}; }
    }
  }`,
)(state);

for (const f of [once, climbing]) neverOptimise(f);

/** So many arguments move the limit by as many words. */
const PADDINGS = 12;

const PADDING = Array.from({ length: PADDINGS }, (_, length) => new Array(length).fill(0));

/**
 * Makes a call at one level.
 * @param {number} level above the deepest; 0 has no room for anything
 * @param {number} padding
 * @param {() => unknown} act
 * @returns {{ threw: boolean, result: unknown, isOut: boolean }} `isOut`: there are not as many levels
 */
function callAt(level, padding, act) {
  state.left = level;
  state.act = act;
  state.outcome = 0;
  once(...PADDING[padding]);
  const { outcome, result } = state;
  state.result = undefined;
  return { threw: outcome === THREW, result, isOut: outcome === 0 };
}

/**
 * Makes one call at each level, from a chosen one on, within one way up.
 * @param {number} level above the deepest
 * @param {number} padding
 * @param {(() => unknown)[]} acts
 * @returns {{ threw: boolean, result: unknown }[]} of those that were made
 */
function callClimbing(level, padding, acts) {
  state.left = level;
  state.next = 0;
  state.most = acts.length;
  state.acts = acts;
  state.outcomes.fill(0);
  climbing(...PADDING[padding]);
  const made = [];
  for (let i = 0; i < state.next; i++) made.push({ threw: state.outcomes[i] === THREW, result: state.results[i] });
  state.results.fill(undefined);
  return made;
}

module.exports = { PADDINGS, callAt, callClimbing };
