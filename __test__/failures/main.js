'use strict';

// The program in which operations are made to fail: it does what a plan says, and writes down what it has seen.
//
//   node main.js '{ "driver": "stack", "groups": ["posting"], "seed": 1, "attempts": 50 }'

const path = require('node:path');
const { Worker, isMainThread, workerData } = require('node:worker_threads');
const { inside } = require('../support/inside');

const FERROPORT = path.join(__dirname, '..', '..');

/** @typedef {import('./plans').Plan} Plan */

/** @param {Plan} plan */
async function run(plan) {
  const { randomOf } = require('../support/random');
  const { Tally } = require('./tally');
  const { drivers } = require('./drivers');
  const tally = new Tally();
  const random = randomOf(plan.seed);
  const binding = plan.builtIn ? undefined : require('./binding-calls');
  const calls = ['into', 'back', 'termination'].includes(plan.driver) ? binding?.interpose() : undefined;
  // Node's own ports call no addon.
  if (calls === undefined && ['into', 'back'].includes(plan.driver)) return tally.toJSON();
  if (plan.hook && !plan.builtIn) require('../../dist/register.js');
  const name = plan.builtIn || plan.hook ? 'node:worker_threads' : FERROPORT;
  const api = { ...require(name), name };
  const uncaught = { handle: undefined };
  process.on('uncaughtException', (error) => {
    if (uncaught.handle === undefined) tally.complain('an uncaught exception', error);
    else uncaught.handle(error);
  });
  // A script that is ended between writing a long message and sending it leaves its draft until the next long message begins.
  const isWithout = plan.builtIn || plan.driver === 'termination';
  const leftovers = isWithout ? undefined : inside('lib/native/native.js').leftovers;
  try {
    await drivers[plan.driver]({ plan, api, tally, random, calls, uncaught, leftovers });
  } catch (error) {
    tally.complain('the driver itself has failed', error);
  }
  return tally.toJSON();
}

/** @param {object} result */
const tell = (result) => process.stdout.write(`${JSON.stringify(result)}\n`);

async function main() {
  if (!isMainThread) {
    const { plan, port } = workerData;
    port.postMessage(await run(plan));
    return;
  }
  /** @type {Plan} */
  const plan = JSON.parse(process.argv[2]);
  if (plan.stackSizeMb === undefined) {
    tell(await run(plan));
    return;
  }
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    tell(data);
    port1.close();
  };
  new Worker(__filename, {
    workerData: { plan, port: port2 },
    transferList: [port2],
    resourceLimits: { stackSizeMb: plan.stackSizeMb },
  });
}

main();
