'use strict';

// Runs every runnable example of the documentation and compares what it prints with what it says it prints.

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('ava');
const { LIMIT } = require('../support/limits');
const { examples } = require('./examples');
const { ROOT, pages, read } = require('./pages');

/** @type {(() => unknown)[]} */
const teardowns = [];

/** @type {Promise<{ url: string }> | undefined} */
let server;

/** @returns {Promise<Record<string, string>>} where the server of NATS is */
async function withNats() {
  server ??= require('../nats/support/server').startServer({ teardown: (end) => teardowns.push(end) });
  return { NATS_URL: (await server).url };
}

test.after.always(async () => {
  for (const end of teardowns) await end();
});

/**
 * Runs an example as a user would who installed the package beside it.
 * @param {import('./examples').Example} example
 * @returns {Promise<string[]>} the lines it wrote, and how it ended if not well
 */
async function run({ code, isModule }) {
  const folder = await fs.promises.mkdtemp(path.join(os.tmpdir(), 'ferroport-example-'));
  try {
    await fs.promises.mkdir(path.join(folder, 'node_modules'));
    await fs.promises.symlink(ROOT, path.join(folder, 'node_modules/ferroport'), 'junction');
    const file = path.join(folder, isModule ? 'example.mjs' : 'example.js');
    await fs.promises.writeFile(file, code);
    const env = code.includes('ferroport/nats') ? { ...process.env, ...(await withNats()) } : process.env;
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        [file],
        { cwd: folder, env, timeout: LIMIT, killSignal: 'SIGKILL' },
        (error, stdout, stderr) => {
          const ending = error === null ? '' : `code ${error.code}, signal ${error.signal}\n`;
          resolve((stdout + stderr + ending).split('\n').slice(0, -1));
        },
      );
    });
  } finally {
    await fs.promises.rm(folder, { recursive: true });
  }
}

test('the README and docs/api.md have examples that can be run', (t) => {
  for (const file of ['README.md', 'docs/api.md']) t.true(examples(read(file)).length > 0, file);
});

for (const file of pages()) {
  for (const example of examples(read(file))) {
    // One after the other: each is a process, and a test run has more of them than a machine has cores.
    test.serial(`${file}:${example.line}, under "${example.heading}", prints what it says it prints`, async (t) => {
      t.true(example.prints.length > 0, 'it says what it prints');
      t.deepEqual(await run(example), example.prints);
    });
  }
}
