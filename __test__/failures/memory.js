'use strict';

// Operations fail hundreds of times; afterwards no more memory is in use than before.

const { BLOAT } = require('../support/limits');
const { operations } = require('./operations');
const { PADDINGS, callAt } = require('./stack');
const { World } = require('./world');
const { attempt, turns } = require('./trial');

const names = [
  ...['post records that fill more than the block', 'post strings and long strings', 'post 2 MiB', 'post new keys'],
  ...['post a SharedArrayBuffer after much', 'post a function deep inside', 'broadcast strings and long strings'],
  ...['broadcast strings and long strings', 'transfer a buffer of 1 MiB', 'transfer two ports and a buffer'],
  ...['transfer a value that is refused at its end', 'receive strings and long strings', 'on'],
];

/** So much more may be in use, in bytes: what engine and allocator keep for themselves. */
const HEAP = 1.5 * 2 ** 20;
const RESIDENT = 48 * 2 ** 20 * BLOAT;

async function usage() {
  for (let time = 0; time < 4; time++) {
    await turns(2);
    globalThis.gc?.();
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed, external };
}

/** @param {import('./drivers').Setting} setting */
async function driveMemory({ api, plan, tally, random, leftovers }) {
  const world = new World(api, tally, random, leftovers);
  for (const operation of operations.filter(({ name }) => names.includes(name))) {
    if (operation.isOwn && api.serialize === undefined) continue;
    const fail = async (times) => {
      for (let time = 0; time < times; time++) {
        const [level, padding] = [random.below(100), random.below(PADDINGS)];
        const place = `level ${level}, padding ${padding}`;
        await attempt(world, operation, { driver: 'the stack is full', place }, (act) => callAt(level, padding, act));
        if (time % 32 === 0) await turns();
      }
    };
    await fail(plan.attempts);
    const before = await usage();
    await fail(plan.attempts * 2);
    const after = await usage();
    await operation.end?.();
    tally.begin(operation.name, 'memory', `${plan.attempts * 2} attempts, seed ${plan.seed}`);
    for (const [kind, most] of [
      ['heap', HEAP],
      ['external', HEAP],
      ['rss', RESIDENT],
    ]) {
      const growth = after[kind] - before[kind];
      world.expect(growth <= most, `more memory is in use: ${kind}`, growth);
    }
  }
  world.close();
}

module.exports = { driveMemory };
