'use strict';

// A worker that its resource limits end in the middle of what it posts: what has arrived is whole, in order, and once.

const test = require('ava');
const { isDeepStrictEqual } = require('node:util');
const threads = require('node:worker_threads');
const ferroport = require('../..');

/** What is posted as number `n`; also evaluated in the worker. */
const valueOf = (n) => ({
  n,
  text: `text ${n} `.repeat(n % 700),
  list: Array.from({ length: n % 90 }, (_, i) => ({ i, n })),
});

const program = `
  const { parentPort } = require('node:worker_threads');
  const valueOf = ${valueOf};
  const kept = [];
  for (let n = 0; ; n++) {
    const value = valueOf(n);
    parentPort.postMessage(value);
    // Until there is no heap left.
    kept.push(value, valueOf(n + 1));
  }
`;

for (const [name, { Worker }] of Object.entries({ 'the built-in': threads, ferroport })) {
  test(`what a worker has posted that runs out of memory has arrived whole (${name})`, async (t) => {
    for (let round = 0; round < 3; round++) {
      const limits = { maxOldGenerationSizeMb: 16 + round, maxYoungGenerationSizeMb: 2 };
      const worker = new Worker(program, { eval: true, resourceLimits: limits, stderr: true });
      let next = 0;
      let areWhole = true;
      worker.on('message', (value) => {
        areWhole &&= isDeepStrictEqual(value, valueOf(next));
        next++;
      });
      const error = await new Promise((resolve) => worker.once('error', resolve));
      t.is(error.code, 'ERR_WORKER_OUT_OF_MEMORY');
      t.true(areWhole);
      t.true(next > 0);
    }
  });
}
