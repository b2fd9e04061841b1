'use strict';

// Operations where little of the stack is left: from where none is, upwards, until they succeed.

/** What nobody has begun. */
const NOT_BEGUN = new RangeError('Maximum call stack size exceeded');

/**
 * Recurses to the bottom of the stack, comes back by so many frames, and does something there.
 * @param {number} frames
 * @param {() => any} work
 * @returns {{ value?: any, error?: any }} what it returned or threw
 */
function atBottom(frames, work) {
  let left = frames;
  /** @type {{ value?: any, error?: any }} */
  let outcome = { error: NOT_BEGUN };
  const down = () => {
    try {
      down();
    } catch {
      // The bottom.
    }
    if (left-- !== 0) return;
    try {
      outcome = { value: work() };
    } catch (error) {
      outcome = { error };
    }
  };
  down();
  return outcome;
}

const isOverflow = (error) => error instanceof RangeError && error.message === 'Maximum call stack size exceeded';

/** An operation counts as one that succeeds when it has, so often in a row. */
const CALM = 12;

const MOST_FRAMES = 4000;

/**
 * Goes through rounds, each with a little more of the stack left, until none fails any more.
 *
 * Where a function is called for the first time, the engine wants so much of the stack to compile it that nothing else can fail:
 * so what is done near the bottom is to be done elsewhere before.
 * @param {(near: (work: () => any) => { value?: any, error?: any }, frames: number) => any} round does something by `near`
 * @returns {Promise<number>} how many have failed
 */
async function upwards(round) {
  let failures = 0;
  for (let i = 0; i < 3; i++) await round(now, -1);
  for (let frames = 0, calm = 0; calm < CALM; frames += frames < 150 ? 1 : 5) {
    if (frames > MOST_FRAMES) throw new Error('The operation never succeeds');
    calm++;
    await round((work) => {
      const outcome = atBottom(frames, work);
      if ('error' in outcome) {
        if (!isOverflow(outcome.error)) throw outcome.error;
        calm = 0;
        failures++;
      }
      return outcome;
    }, frames);
  }
  return failures;
}

const now = (work) => ({ value: work() });

module.exports = { atBottom, isOverflow, upwards };
