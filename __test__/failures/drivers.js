'use strict';

// The drivers, by the names that plans have for them.

const { operations } = require('./operations');
const { hooked, hooks } = require('./operations/hooked');
const { World } = require('./world');
const { driveStack, driveClimbing } = require('./stack-driver');
const { driveThrowing } = require('./throwing-driver');
const { turns } = require('./trial');
const { driveReentrancy } = require('./reentrancy');
const { driveTermination } = require('./termination');
const { driveListeners } = require('./listeners');
const { driveEndedWorkers } = require('./ended-workers');
const { driveMemory } = require('./memory');
const { builtinCalls } = require('./builtin-calls');

/**
 * @typedef {object} Setting
 * @property {import('./plans').Plan} plan
 * @property {any} api
 * @property {import('./tally').Tally} tally
 * @property {import('../support/random').Random} random
 * @property {ReturnType<typeof import('./binding-calls').interpose> | undefined} calls
 * @property {{ handle: ((error: unknown) => void) | undefined }} uncaught what is done with uncaught exceptions, if not complained of
 * @property {any} leftovers
 */

/** @param {Setting} setting */
function chosen({ plan, api }) {
  return [...operations, ...hooked].filter(
    ({ name, group, isOwn }) =>
      (plan.groups?.includes(group) ?? true) &&
      (plan.operations?.includes(name) ?? true) &&
      !(isOwn && api.serialize === undefined),
  );
}

/**
 * @param {(world: World, operation: import('./operations').Operation, setting: Setting) => Promise<unknown>} drive
 */
const each = (drive) => async (/** @type {Setting} */ setting) => {
  const { api, tally, random, leftovers } = setting;
  const world = new World(api, tally, random, leftovers);
  for (const operation of chosen(setting)) {
    await drive(world, operation, setting);
    await operation.end?.();
    // What is uncaught comes later.
    await turns(5);
  }
  world.close();
};

/** Of slow operations there are few attempts, of large ones fewer. */
const settingsFor = ({ isSlow, isLarge }, { attempts, hot = false, cold = false }) => ({
  attempts: isSlow ? 6 : isLarge ? Math.ceil(attempts / 4) : attempts,
  hot,
  cold,
});

const drivers = {
  stack: each((world, operation, { plan }) => driveStack(world, operation, settingsFor(operation, plan))),
  climbing: each((world, operation, { plan }) => driveClimbing(world, operation, settingsFor(operation, plan))),
  into: each((world, operation, { plan, calls }) => driveThrowing(world, operation, calls.into, plan.attempts)),
  back: each((world, operation, { plan, calls }) => driveThrowing(world, operation, calls.back, plan.attempts)),
  builtins: each((world, operation, { plan }) => driveThrowing(world, operation, builtinCalls(), plan.attempts)),
  hooks: each((world, operation, { plan }) => driveThrowing(world, operation, hooks, plan.attempts)),
  reentrancy: driveReentrancy,
  termination: driveTermination,
  listeners: driveListeners,
  endedWorkers: driveEndedWorkers,
  memory: driveMemory,
};

module.exports = { drivers };
