// Tries packages as their users meet them: a package manager picks this platform's out of them all, into an empty folder, and the core
// suite passes there, in both lanes, without a compiler and without anything else of the repository installed.
//
//   node scripts/ci/try-packages.js <folder with the tarballs>
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { serve } = require('../../__test__/packed/registry');
const { closingCounts } = require('../count');
const { ROOT, run } = require('../run');
const { show } = require('../tell');
const { packagesIn } = require('./tarballs');

/**
 * Runs a command that has to end well.
 * @param {string[]} command
 * @param {{ cwd: string, env?: Record<string, string> }} options
 * @returns {Promise<string>} what it has written
 */
async function must(command, options) {
  const { code, output } = await run(command, options);
  if (code !== 0) throw new Error(`${command.join(' ')} exited with ${code}\n${output}`);
  return output;
}

const HOOK = `
  const assert = require('node:assert');
  const builtIn = require('node:worker_threads');
  assert.strictEqual(builtIn.MessageChannel, require('ferroport').MessageChannel);
  const { port1, port2 } = new MessageChannel();
  port2.once('message', (message) => console.log('through the hook:', message));
  port1.postMessage('hello');`;

/**
 * @param {string} folder where ferroport is installed
 * @returns {Promise<number>} how many scenarios failed
 */
async function coreSuite(folder) {
  const inside = path.join(folder, 'node_modules', 'ferroport');
  fs.cpSync(path.join(ROOT, '__test__', 'core'), path.join(inside, '__test__', 'core'), { recursive: true });
  const command = [process.execPath, '--expose-gc', path.join(inside, '__test__', 'core', 'runner.js')];
  let failures = 0;
  for (const lane of ['1', '0']) {
    const outcome = await run(command, { cwd: folder, env: { FERROPORT_FAST_LANE: lane } });
    const counts = closingCounts(outcome);
    const { passed, failed } = counts;
    console.log(`core suite${lane === '0' ? ' without the fast lane' : ''}: ${passed} passed, ${failed} failed`);
    show(outcome, counts);
    failures += failed;
  }
  return failures;
}

/** @param {string} source the folder with the tarballs */
async function tryAll(source) {
  const { main, addons } = packagesIn(source);
  const registry = await serve([main, ...addons]);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-try-'));
  try {
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "name": "of-a-user", "private": true }\n');
    fs.writeFileSync(path.join(folder, '.npmrc'), `registry=${registry.url}\ncache=${path.join(folder, 'cache')}\n`);
    await must(['npm', 'install', '--no-audit', '--no-fund', '--no-update-notifier', 'ferroport'], { cwd: folder });
    const installed = fs.readdirSync(path.join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    const { node } = process.versions;
    console.log(`${process.platform} ${process.arch}, Node ${node}: npm has installed ${installed.join(' and ')}`);
    process.stdout.write(
      await must([process.execPath, '--require', 'ferroport/register', '-e', HOOK], { cwd: folder }),
    );
    return await coreSuite(folder);
  } finally {
    registry.close();
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

const [source] = process.argv.slice(2);

Promise.resolve()
  .then(() => {
    if (source === undefined) throw new Error('the folder with the packages is missing');
    return tryAll(source);
  })
  .then((failures) => void (process.exitCode = failures > 0 ? 1 : 0))
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
