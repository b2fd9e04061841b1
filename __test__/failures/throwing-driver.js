'use strict';

// Makes the first, second, … call of some kind throw, until an operation makes no more calls of the kind.

const { attempt, call, turns } = require('./trial');

/**
 * Where calls can be made to throw.
 * @typedef {object} Injector
 * @property {string} name
 * @property {(n: number, isSticky: boolean) => void} arm the call numbered n throws; if sticky, all after it as well
 * @property {() => void} disarm
 * @property {() => number} count how many calls there have been since it was armed
 * @property {(error: any) => boolean} isOwn whether it has thrown this
 * @property {boolean} [isPrecise] whether nothing else may come out
 */

/** No operation makes so many calls that matter. */
const MOST = 400;

/**
 * @param {import('./world').World} world
 * @param {import('./operations').Operation} operation
 * @param {Injector} injector
 * @param {number} most attempts, about; 0: as many as there are calls
 */
async function driveThrowing(world, operation, injector, most) {
  world.isExpectedError = (error) => !injector.isPrecise || injector.isOwn(error);
  const limit = operation.isSlow ? 12 : operation.isLarge ? 60 : MOST;
  const calls = await countCalls(world, operation, injector, limit);
  for (const isSticky of [false, true]) {
    const driver = `${injector.name}${isSticky ? ' and all after it' : ''}`;
    for (let n = 1; n <= calls; n++) {
      // Of many, some.
      if (most > 0 && calls > most && !world.random.chance((100 * most) / calls)) continue;
      await attempt(world, operation, { driver, place: `call ${n}` }, (act) => {
        injector.arm(n, isSticky);
        const outcome = call(act);
        injector.disarm();
        return outcome;
      });
      if (n % 64 === 0) await turns();
    }
  }
}

/**
 * How many calls an operation makes, at most `limit`.
 * @param {import('./world').World} world
 * @param {import('./operations').Operation} operation
 * @param {Injector} injector
 * @param {number} limit
 */
async function countCalls(world, operation, injector, limit) {
  // The first two times more is made than later.
  let calls = 0;
  for (let time = 0; time < 2; time++) {
    await attempt(world, operation, { driver: 'nothing', place: 'counting calls' }, (act) => {
      injector.arm(Infinity, false);
      const outcome = call(act);
      calls = Math.max(calls, injector.count());
      injector.disarm();
      return outcome;
    });
  }
  return Math.min(calls, limit);
}

module.exports = { driveThrowing };
