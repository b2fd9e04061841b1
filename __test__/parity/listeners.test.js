'use strict';

// Random programs of listeners, on the built-in and on ferroport, by require and with the hook: LISTENERS_COUNT per cent of those of
// the run LISTENERS_SEED. One alone: `node __test__/parity/listeners/main.js <module> <kind> <seed> 1`.

const path = require('node:path');
const { BUILT_IN, SUBJECT, test } = require('./../support/scenario');
const { spawned } = require('../support/spawned');
const { LOST } = require('./listeners/interpreter');

const { LISTENERS_COUNT = '100', LISTENERS_SEED = String((Math.random() * 2 ** 31) >>> 0) } = process.env;

const MAIN = path.join(__dirname, 'listeners', 'main.js');
const HOOK = require.resolve('../../register');

/** How many programs of each kind. */
const KINDS = { port: 120, broadcast: 60, worker: 8, parentPort: 8 };

const WAYS = {
  'by require': { args: [], api: SUBJECT },
  'with the hook': { args: ['-r', HOOK], api: BUILT_IN },
};

/**
 * What programs have shown, by seed. Where the process ends in the middle, as the built-in makes it do now and then, that one has
 * shown nothing, and the next process goes on after it.
 */
async function observe({ args, api }, kind, first, count) {
  const seen = new Map();
  for (let at = first; at < first + count;) {
    const left = String(first + count - at);
    const { stdout } = await spawned(process.execPath, [...args, MAIN, api, kind, String(at), left]);
    const shown = stdout.split('\n').filter(Boolean).map(JSON.parse);
    for (const one of shown) seen.set(one.seed, one.seen);
    at += shown.length;
    if (at < first + count) seen.set(at++, undefined);
  }
  return seen;
}

/** ★ Up to Node 20, ticks that are left when one has thrown wait for the built-in's next message; here they run before that message. */
const LEAVES_TICKS = Number(process.versions.node.split('.')[0]) < 22;

const isUncaught = (line) => typeof line === 'string' && line.startsWith('uncaught ');

/** Both as far as the built-in can be held to. */
function upToLoss(expected, actual) {
  const isEnd = (line) => line === LOST || (LEAVES_TICKS && isUncaught(line));
  const at = expected.findIndex(isEnd);
  return at < 0 ? [expected, actual] : [expected.slice(0, at), actual?.slice(0, at)];
}

const isSame = (expected, actual) => {
  if (expected === undefined) return true;
  const [one, other] = upToLoss(expected, actual);
  return JSON.stringify(one) === JSON.stringify(other) || differsInTicks(one, other);
};

/**
 * ★ Whether the two differ in nothing but when ticks run that were left because one before them had thrown: with the built-in now and
 * then after the next message, here before it.
 */
function differsInTicks(one, other) {
  const at = one.findIndex(isUncaught);
  const [head, sorted] = [
    (lines) => JSON.stringify(lines.slice(0, at + 1)),
    (lines) => JSON.stringify(lines.toSorted()),
  ];
  return at >= 0 && other !== undefined && head(one) === head(other) && sorted(one) === sorted(other);
}

for (const [kind, all] of Object.entries(KINDS)) {
  for (const [way, subject] of Object.entries(WAYS)) {
    test.serial(`random programs see of listeners on a ${kind} what they see with the built-in, ${way}`, async (t) => {
      const [first, count] = [Number(LISTENERS_SEED), Math.ceil((all * Number(LISTENERS_COUNT)) / 100)];
      t.log(`${count} programs from LISTENERS_SEED=${first}`);
      const builtIn = { args: [], api: BUILT_IN };
      const both = (from, many) => Promise.all([builtIn, subject].map((each) => observe(each, kind, from, many)));
      const [expected, actual] = await both(first, count);
      for (const seed of expected.keys()) {
        if (isSame(expected.get(seed), actual.get(seed))) continue;
        // Alone, because every thousandth message lets the event loop have its turn, and programs before it have their share.
        const [again, ours] = (await both(seed, 1)).map((shown) => shown.get(seed));
        if (!isSame(again, ours)) t.deepEqual(...upToLoss(again, ours).reverse(), `${kind} ${seed} ${way}`);
      }
      t.pass();
    });
  }
}
