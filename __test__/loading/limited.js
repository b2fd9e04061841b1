'use strict';

// A program whose workers have limits: one says them and talks, one runs out of memory.

const [, , name] = process.argv;
const { MessageChannel, Worker } = require(name);

const TALKING = `const { parentPort, resourceLimits } = require(${JSON.stringify(name)});
  parentPort.on('message', (port) => {
    port.postMessage([resourceLimits, new Map([[1, 'x'.repeat(2000)]])]);
    port.close();
    parentPort.close();
  });`;

const GREEDY = `const { parentPort } = require(${JSON.stringify(name)});
  parentPort.postMessage('begins');
  const all = [];
  for (;;) all.push(new Array(10_000).fill({}));`;

/**
 * @param {string} code
 * @param {import('node:worker_threads').ResourceLimits} resourceLimits
 * @returns {[import('node:worker_threads').Worker, Promise<unknown[]>]} the worker, and what it comes to
 */
function start(code, resourceLimits) {
  /** @type {unknown[]} */
  const seen = [];
  const worker = new Worker(code, { eval: true, resourceLimits });
  worker.on('message', (message) => seen.push(message));
  worker.on('error', (/** @type {any} */ error) => seen.push(error.code));
  return [worker, new Promise((resolve) => worker.on('exit', (exitCode) => resolve([...seen, exitCode])))];
}

const limits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 16, stackSizeMb: 1 };

async function main() {
  const [talking, ended] = start(TALKING, limits);
  const { port1, port2 } = new MessageChannel();
  const said = new Promise((resolve) => void port1.on('message', resolve));
  talking.postMessage(port2, [port2]);
  // Which of the two comes first is a race.
  console.log(await Promise.all([said, ended]));
  const [, exhausted] = start(GREEDY, { maxOldGenerationSizeMb: 16 });
  console.log(await exhausted);
}

main();
