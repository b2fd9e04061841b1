'use strict';

// What code in a worker sees of itself: its module, its file, its place in the program.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { same } = require('../support/scenario');
const { whole } = require('../support/workers');

const SHOW = {
  'script.js': `const { parentPort, workerData, isMainThread } = require(require('node:worker_threads').workerData.module);
    parentPort.postMessage([isMainThread, require.main === module, module.id, module.parent, __filename === process.argv[1],
      module.children.length <= 1, process.argv.length, process.execArgv, workerData.query ?? null, typeof process._preload_modules,
      process._preload_modules]);`,
  'script.cjs': `const { parentPort } = require(require('node:worker_threads').workerData.module);
    parentPort.postMessage([require.main === module, require('path').basename(__filename), this === module.exports]);`,
  'module.mjs': `import threads from 'node:worker_threads';
    import { parentPort, workerData, isMainThread } from 'node:worker_threads';
    import { createRequire } from 'node:module';
    import { basename } from 'node:path';
    const loaded = createRequire(import.meta.url)(workerData.module);
    parentPort.postMessage([isMainThread, basename(import.meta.filename), new URL(import.meta.url).search, new URL(import.meta.url).hash,
      process.argv[1] === import.meta.filename, loaded.parentPort === parentPort, threads.parentPort === parentPort]);
    await null;
    parentPort.on('message', (value) => { parentPort.postMessage([value]); parentPort.close(); });`,
  'waits.mjs': `import { parentPort } from 'node:worker_threads';
    const value = await new Promise((resolve) => parentPort.once('message', resolve));
    parentPort.postMessage(['got', value]);`,
  'stuck.mjs': `await new Promise(() => {});`,
  'throws.mjs': `import { parentPort } from 'node:worker_threads';
    parentPort.postMessage('before');
    throw new SyntaxError('thrown at the top level');`,
  'data.json': '{}',
};

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-code-'));
for (const [name, source] of Object.entries(SHOW)) fs.writeFileSync(path.join(folder, name), source);
process.on('exit', () => fs.rmSync(folder, { recursive: true }));

for (const name of Object.keys(SHOW)) {
  for (const [kind, fileOf] of Object.entries({
    path: () => path.join(folder, name),
    URL: () => pathToFileURL(path.join(folder, name)),
    'URL with a query': () => new URL(`${pathToFileURL(path.join(folder, name))}?query#hash`),
  })) {
    same(`${name} by ${kind}`, async (x) => {
      const worker = new x.api.Worker(fileOf(), { workerData: { module: x.api.name }, stderr: true });
      const ended = whole(x, worker);
      worker.postMessage('message');
      await ended;
    });
  }
}

const SCRIPTS = {
  'an eval worker': `const { parentPort } = require('node:worker_threads');
    parentPort.postMessage([__filename, module.id, module.filename, require.main === undefined, process.argv.length, typeof arguments]);`,
  'an eval worker in sloppy mode, with globals': `var declared = 1; undeclared = 2;
    require('node:worker_threads').parentPort.postMessage([typeof this, globalThis.declared, globalThis.undeclared]);`,
  'an eval worker with import statements': `import { parentPort } from 'node:worker_threads'; parentPort.postMessage('imported');`,
  'an eval worker with await at the top level': `const { parentPort } = require('node:worker_threads'); await null; parentPort.postMessage('awaited');`,
  'an empty eval worker': '',
};

for (const [title, script] of Object.entries(SCRIPTS)) {
  same(title, async (x) => whole(x, new x.api.Worker(script, { eval: true, stderr: true })));
}

const DATA = {
  'a module':
    'text/javascript,import { parentPort } from "node:worker_threads"; parentPort.postMessage(import.meta.url.slice(0, 5));',
  base64: `text/javascript;base64,${Buffer.from('import threads from "node:worker_threads"; threads.parentPort.postMessage("base64");').toString('base64')}`,
  'one that does not parse': 'text/javascript,import {',
  'no JavaScript': 'text/plain,text',
};

for (const [title, rest] of Object.entries(DATA)) {
  same(`a data: URL: ${title}`, async (x) => {
    await whole(x, new x.api.Worker(new URL(`data:${rest.replaceAll(' ', '%20')}`)));
  });
}

same('a data: URL as a string, and other URLs, are refused', (x) => {
  for (const file of [
    'data:text/javascript,1',
    'file:///nowhere.js',
    new URL('https://localhost/x.js'),
    'relative.js',
    '',
  ]) {
    x.log(x.attempt(() => new x.api.Worker(file)));
  }
});
