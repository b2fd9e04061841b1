'use strict';

// Runs a program that uses a package from the registry, on the hook and without it, and sees who carried its messages.

const path = require('node:path');
const { program } = require('../support/program');

const REGISTER = require.resolve('ferroport/register');
const COUNTING = path.join(__dirname, 'counting.js');

/** Where the modules that the packages' workers load are. */
const WORKERS = path.join(__dirname, 'workers');

/**
 * Declares that a program does the same on Node's ports and on ferroport's, ends by itself, and that ferroport carried
 * every message of the second run.
 * @param {import('ava').TestFn} test
 * @param {string} title
 * @param {(worker: (name: string) => string, ...params: any[]) => Promise<unknown>} scenario runs as a program of its own, with its
 *   source and nothing else; `worker` gives the path of a module in `workers/`
 * @param {{ seen: unknown, posts: { main: number, workers: number }, params?: unknown[], env?: Record<string, string> }} expected
 *   what the scenario returns; how many posts there are at least, in the main thread and in workers; plain values
 */
function carries(test, title, scenario, { seen, posts, params = [], env = {} }) {
  const source = `
    const worker = (name) => require('node:path').join(${JSON.stringify(WORKERS)}, name);
    let seen = 'nothing: the program ended before';
    process.on('exit', () => {
      const counts = require(${JSON.stringify(COUNTING)})();
      require('node:fs').writeSync(1, JSON.stringify({ seen, counts }) + '\\n');
    });
    (${scenario})(worker, ...${JSON.stringify(params)}).then((value) => { seen = value; });`;
  const run = async (t, whose, preloads) => {
    // Packages give their workers an execArgv of their own, rather than an environment.
    const NODE_OPTIONS = preloads.map((file) => `--require ${JSON.stringify(file)}`).join(' ');
    const { code, signal, out, stderr } = await program(source, { env: { ...env, NODE_OPTIONS } });
    t.deepEqual({ code, signal }, { code: 0, signal: null }, `${whose}: ${stderr}`);
    const result = JSON.parse(out.at(-1));
    t.deepEqual(result.seen, seen, `${whose}: ${stderr}`);
    return { ...result.counts, said: out.slice(0, -1), stderr };
  };
  // Two processes at a time, of two or three threads each, are enough for a machine.
  test.serial(title, async (t) => {
    const [ours, native] = await Promise.all([
      run(t, 'on ferroport', [REGISTER, COUNTING]),
      run(t, 'on Node', [COUNTING]),
    ]);
    t.is(ours.native, 0, 'Node carried messages');
    t.true(ours.main >= posts.main, `${ours.main} posts in the main thread`);
    t.true(ours.workers >= posts.workers, `${ours.workers} posts in workers`);
    t.is(native.main + native.workers, 0);
    t.true(native.native >= posts.main + posts.workers, `${native.native} posts of Node's ports`);
    t.deepEqual(ours.said, native.said);
    t.is(ours.stderr, native.stderr);
  });
}

module.exports = { carries };
