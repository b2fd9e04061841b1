'use strict';

// What the scenarios about workers share: watching a worker to its end, and code that loads the implementation in it.

const path = require('node:path');

const fixture = (name) => path.join(__dirname, '..', 'parity', 'fixtures', name);

/**
 * Logs a worker's messages in their order, then its error and exit in theirs: the built-in's error is a race against
 * the messages that were posted before it.
 */
async function whole({ log, thrown }, worker) {
  const messages = [];
  const ends = [];
  await new Promise((resolve) => {
    worker.on('message', (value) => messages.push(value));
    worker.on('messageerror', (error) => ends.push(['messageerror', thrown(error)]));
    worker.on('error', (error) => ends.push(['error', thrown(error)]));
    worker.on('exit', (code) => resolve(ends.push(['exit', code])));
  });
  log(messages, ends);
}

/** What the constructor throws; the worker that it makes all the same is ended at once. */
const start = ({ api, attempt }, ...args) =>
  attempt(() => {
    const worker = new api.Worker(...args);
    worker.on('error', () => {});
    worker.terminate();
    return 'accepted';
  });

/** Code for an eval worker; `wt` is the implementation in it. */
const code = (api, body) =>
  `const wt = require(${JSON.stringify(api.name)}); const { parentPort, workerData } = wt; ${body}`;

module.exports = { code, fixture, start, whole };
