'use strict';

// Runs every runnable example of the documentation and compares what it prints with what it says it prints.

const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('ava');
const { LIMIT } = require('../support/limits');
const { examples } = require('./examples');

const ROOT = path.resolve(__dirname, '../..');

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
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        [file],
        { cwd: folder, timeout: LIMIT, killSignal: 'SIGKILL' },
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

for (const file of ['README.md', 'docs/api.md']) {
  const all = examples(fs.readFileSync(path.join(ROOT, file), 'utf8'));
  test(`${file} has examples that can be run`, (t) => {
    t.true(all.length > 0);
  });
  for (const example of all) {
    // One after the other: each is a process, and a test run has more of them than a machine has cores.
    test.serial(`${file}:${example.line}, under "${example.heading}", prints what it says it prints`, async (t) => {
      t.true(example.prints.length > 0, 'it says what it prints');
      t.deepEqual(await run(example), example.prints);
    });
  }
}

/**
 * @param {Record<string, any>} ferroport the package's exports
 * @returns {string[]} names of what it exports in place of Node's or beside it, and of a port's members
 */
function documentable(ferroport) {
  const builtIn = require('node:worker_threads');
  // Node's markAsUntransferable and markAsUncloneable are wrapped only to remember what they marked.
  const names = Object.keys(ferroport).filter(
    (name) => ferroport[name] !== builtIn[name] && !name.startsWith('markAs'),
  );
  const { MessagePort } = ferroport;
  for (let part = MessagePort.prototype; part !== EventTarget.prototype; part = Object.getPrototypeOf(part)) {
    names.push(...Object.getOwnPropertyNames(part).filter((name) => name !== 'constructor'));
  }
  const ofEveryClass = Object.getOwnPropertyNames(class {});
  names.push(...Object.getOwnPropertyNames(MessagePort).filter((name) => !ofEveryClass.includes(name)));
  // In the main thread both sides have the same null.
  return [...names, 'parentPort', 'workerData'];
}

test("docs/api.md has an example for every export that is not Node's and for every member of a port", (t) => {
  const headings = examples(fs.readFileSync(path.join(ROOT, 'docs/api.md'), 'utf8')).map(({ heading }) => heading);
  const shown = headings.map((heading) => /^(?:new |port\.|MessagePort\.)?(\w+)/.exec(heading)?.[1]);
  t.deepEqual(
    documentable(require(ROOT)).filter((name) => !shown.includes(name)),
    [],
  );
});
