'use strict';

// One attempt: prepared with the whole stack, made by a driver, looked at with the whole stack.

/** @typedef {import('./operations').Operation} Operation */
/** @typedef {{ threw: boolean, result: unknown }} Outcome */

let numbers = 0;

/**
 * @param {import('./world').World} world
 * @param {Operation} operation
 */
function prepare(world, operation) {
  const n = ++numbers;
  try {
    return operation.prepare(world, n);
  } catch (error) {
    world.tally.complain('it cannot be prepared', error);
    return undefined;
  }
}

/**
 * @param {import('./world').World} world
 * @param {import('./operations').Trial} trial
 * @param {Outcome} outcome
 */
async function conclude(world, trial, { threw, result }) {
  world.tally.count(threw);
  // Nothing waits that need not: most attempts are over at once.
  try {
    const checked = threw ? trial.threw(result) : trial.returned(result);
    if (checked !== undefined) await checked;
  } catch (error) {
    world.tally.complain('what must be so cannot be found out', error);
  }
  try {
    const done = trial.done?.();
    if (done !== undefined) await done;
  } catch (error) {
    world.tally.complain('it cannot be ended', error);
  }
}

/**
 * @param {import('./world').World} world
 * @param {Operation} operation
 * @param {{ driver: string, place: string }} where
 * @param {(act: () => unknown) => Outcome} perform
 * @returns {Promise<Outcome | undefined>}
 */
async function attempt(world, operation, { driver, place }, perform) {
  world.tally.begin(operation.name, driver, place);
  const trial = prepare(world, operation);
  if (trial === undefined) return undefined;
  const outcome = perform(trial.act);
  // What is left behind shows in the next message, which is its own channel's or another's.
  if (world.random.chance(50)) world.verify();
  await conclude(world, trial, outcome);
  world.verify();
  return outcome;
}

/**
 * @param {() => unknown} act
 * @returns {Outcome}
 */
function call(act) {
  try {
    return { threw: false, result: act() };
  } catch (error) {
    return { threw: true, result: error };
  }
}

/** What has been begun in this turn ends in the next ones. */
async function turns(count = 1) {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
}

module.exports = { attempt, call, conclude, prepare, turns };
