'use strict';

// Makes operations fail for want of stack.

const { PADDINGS, callAt, callClimbing } = require('./stack');
const { attempt, call, conclude, prepare, turns } = require('./trial');

/** A series is over when the operation has succeeded so many times, one after the other. */
const ENOUGH = 3;

/** Optimised code is there after so many calls. */
const HOT = 200;

/** No operation needs more levels, or there are not as many. */
const MOST_LEVELS = 4000;

/** So many attempts are made on one way up. */
const CLIMB = 120;

/** @typedef {import('./trial').Outcome} Outcome */

/**
 * @typedef {(level: number, padding?: number) => Promise<boolean>} Attempt whether there was room enough, or there is no
 *   such level
 */

/**
 * @typedef {object} Settings
 * @property {number} attempts of one operation, about; 0: at every level
 * @property {boolean} hot whether the functions have been called often before
 * @property {boolean} cold whether nothing has been called before, so that files are loaded with little stack, too
 */

/** @param {any} error */
const isOverflow = (error) => error instanceof RangeError && error.message === 'Maximum call stack size exceeded';

/**
 * @param {import('./world').World} world
 * @param {import('./operations').Operation} operation
 * @param {Settings} settings
 */
async function warm(world, operation, { hot }) {
  const times = operation.isSlow ? 1 : operation.isLarge ? 1 : hot ? HOT : 1;
  for (let time = 0; time < times; time++) {
    await attempt(world, operation, { driver: 'nothing', place: 'before all' }, call);
  }
}

/**
 * Attempts at one level after the other.
 * @param {import('./world').World} world
 * @param {import('./operations').Operation} operation
 * @param {Settings} settings
 */
async function driveStack(world, operation, settings) {
  const { random } = world;
  world.isExpectedError = isOverflow;
  const { hot, cold } = settings;
  const driver = `the stack is full${hot ? ', hot' : cold ? ', cold' : ''}`;
  if (!settings.cold) await warm(world, operation, settings);
  /** @type {Attempt} */
  const attemptAt = async (level, padding = random.below(PADDINGS)) => {
    let isOut = false;
    const outcome = await attempt(world, operation, { driver, place: `level ${level}, padding ${padding}` }, (act) => {
      const made = callAt(level, padding, act);
      isOut = made.isOut;
      return made;
    });
    return isOut || outcome === undefined || isThrough(outcome);
  };
  if (settings.cold) {
    await attemptEach(attemptAt, random.below(PADDINGS));
  } else if (settings.attempts === 0) {
    for (let padding = 0; padding < PADDINGS; padding++) await attemptEach(attemptAt, padding);
  } else {
    const limit = await findLimit(attemptAt);
    for (let count = 0; count < settings.attempts; count++) {
      await attemptAt(random.below(limit));
      if (count % 64 === 0) await turns();
    }
  }
}

/** @param {Outcome} outcome */
const isThrough = ({ threw, result }) => !threw || !isOverflow(result);

/**
 * One level after the other, until there is room enough.
 * @param {Attempt} attemptAt
 * @param {number} padding
 */
async function attemptEach(attemptAt, padding) {
  let successes = 0;
  for (let level = 0; level < MOST_LEVELS && successes < ENOUGH; level++) {
    successes = (await attemptAt(level, padding)) ? successes + 1 : 0;
    if (level % 64 === 0) await turns();
  }
}

/**
 * The level from which on there is room enough, or a few more.
 * @param {Attempt} attemptAt
 */
async function findLimit(attemptAt) {
  let low = 0;
  let high = 16;
  while (high < MOST_LEVELS && !(await attemptAt(high))) [low, high] = [high, high * 2];
  while (high - low > 4) {
    const middle = (low + high) >> 1;
    if (await attemptAt(middle)) high = middle;
    else low = middle;
  }
  return high + ENOUGH;
}

/**
 * Attempts at several levels on one way up, with nothing in between.
 * @param {import('./world').World} world
 * @param {import('./operations').Operation} operation
 * @param {Settings} settings `attempts` 0: three times
 */
async function driveClimbing(world, operation, settings) {
  const { random, tally } = world;
  world.isExpectedError = isOverflow;
  const driver = 'the stack is full, several times in a row';
  await warm(world, operation, settings);
  const wanted = settings.attempts || 3 * CLIMB;
  for (let count = 0; count < wanted;) {
    const level = random.below(60);
    const padding = random.below(PADDINGS);
    const place = `from level ${level} on, padding ${padding}`;
    tally.begin(operation.name, driver, place);
    const trials = [];
    const each = Math.min(wanted - count, operation.isLarge ? CLIMB / 6 : CLIMB);
    for (let n = 0; n < each; n++) {
      const trial = prepare(world, operation);
      if (trial !== undefined) trials.push(trial);
    }
    const outcomes = callClimbing(
      level,
      padding,
      trials.map(({ act }) => act),
    );
    world.verify();
    for (const [index, outcome] of outcomes.entries()) {
      tally.begin(operation.name, driver, `${place}, the one numbered ${index}`);
      await conclude(world, trials[index], outcome);
    }
    world.verify();
    for (const trial of trials.slice(outcomes.length)) await trial.done?.();
    count += each;
    await turns();
  }
}

module.exports = { driveStack, driveClimbing };
