'use strict';

// What a bundle does where something is missing, where others are beside it, and under Node's strict flags.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');
const esbuild = require('esbuild');
const { isPublished } = require('../support/program');
const { PLATFORM, run, shipped, workshop } = require('./workshop');

const here = isPublished && process.env.FERROPORT_FAST_LANE !== '0' ? test.serial : test.skip;

const COPIED = { loader: { '.node': 'copy' } };
const OUTSIDE = { external: ['ferroport-*', '*.node'] };

/**
 * Bundles programs, minified, and takes the bundles elsewhere.
 * @param {import('ava').ExecutionContext} t
 * @param {Record<string, string>} sources by the names of their files
 * @param {import('esbuild').BuildOptions} options about the addon
 * @param {string[]} [beside] what is shipped beside them
 * @returns {Promise<string>} the folder, in which `out` is
 */
async function bundled(t, sources, options, beside = []) {
  const folder = workshop(t, sources);
  const entryPoints = Object.keys(sources).map((name) => path.join(folder, name));
  const common = { bundle: true, minify: true, platform: 'node', logLevel: 'silent' };
  await esbuild.build({ ...common, entryPoints, outdir: path.join(folder, 'out'), ...options });
  return shipped(t, folder, ['out', ...beside]);
}

/** Runs `out/app.js`. */
const runApp = (folder, execArgv = [], env = {}) =>
  run(process.execPath, [...execArgv, path.join('out', 'app.js')], folder, env);

const TRYING = `try { require('ferroport'); } catch (error) { console.log(JSON.stringify([error.code, error.message])); }`;

const WHAT_TO_DO =
  `ferroport is part of a bundle, which does not find its addon. Let the bundler copy ferroport.${PLATFORM}.node, leave the package ` +
  `ferroport-${PLATFORM} out of the bundle and install it where that runs, or name the addon in the environment variable ` +
  'NAPI_RS_NATIVE_LIBRARY_PATH before ferroport is loaded (docs/bundlers.md)';

here('without its addon it says how bundles get one', async (t) => {
  const folder = await bundled(t, { 'app.js': TRYING }, OUTSIDE);
  const { stdout } = await runApp(folder);
  t.deepEqual(JSON.parse(stdout), ['ERR_FERROPORT_ADDON', WHAT_TO_DO]);
});

here('with an addon that cannot be loaded it says why, too', async (t) => {
  const folder = await bundled(t, { 'app.js': TRYING }, COPIED);
  for (const name of fs.readdirSync(path.join(folder, 'out'))) {
    if (name.endsWith('.node')) fs.writeFileSync(path.join(folder, 'out', name), 'no library');
  }
  const [code, message] = JSON.parse((await runApp(folder)).stdout);
  t.is(code, 'ERR_FERROPORT_ADDON');
  t.true(message.startsWith(`${WHAT_TO_DO}: `), message);
});

const WITHOUT_REQUIRE = { ...COPIED, format: 'esm', outExtension: { '.js': '.mjs' } };

here('in ES modules that were given no require it says that', async (t) => {
  const folder = await bundled(t, { 'app.js': TRYING }, WITHOUT_REQUIRE);
  const { stdout } = await run(process.execPath, [path.join('out', 'app.mjs')], folder);
  const [code, message] = JSON.parse(stdout);
  t.is(code, 'ERR_FERROPORT_ADDON');
  t.regex(message, /^ferroport is part of a bundle, .*: Dynamic require of "[^"]+" is not supported$/);
});

here('where a bundler has put an address in its place it says that', async (t) => {
  const folder = await bundled(t, { 'app.js': TRYING }, { loader: { '.node': 'file' } });
  t.deepEqual(JSON.parse((await runApp(folder)).stdout), [
    'ERR_FERROPORT_ADDON',
    `${WHAT_TO_DO}: what stands in its place is no addon, but a string`,
  ]);
});

here('where require knows only the modules of Node, as in a single executable, it says the same', async (t) => {
  const folder = await bundled(t, { 'app.js': TRYING }, OUTSIDE);
  const inner = path.join(folder, 'out', 'inner.js');
  fs.renameSync(path.join(folder, 'out', 'app.js'), inner);
  fs.writeFileSync(path.join(folder, 'out', 'app.js'), asExecutable('inner.js'));
  t.deepEqual(JSON.parse((await runApp(folder)).stdout), ['ERR_FERROPORT_ADDON', WHAT_TO_DO]);
});

/** A program that evaluates another as a single executable does, in a file system that is not there. */
const asExecutable = (name) => `
  const { builtinModules } = require('node:module');
  const text = require('node:fs').readFileSync(require('node:path').join(__dirname, '${name}'), 'utf8');
  const onlyBuiltin = (id) => {
    if (id.startsWith('node:') || builtinModules.includes(id)) return require(id);
    throw Object.assign(new Error('No such built-in module: ' + id), { code: 'ERR_UNKNOWN_BUILTIN_MODULE' });
  };
  require('node:vm').compileFunction(text, ['exports', 'require', 'module', '__filename', '__dirname'], {
    filename: '/snapshot/app.js',
  })({}, onlyBuiltin, { exports: {} }, '/snapshot/app.js', '/snapshot');`;

const CHANNEL = `
  const { MessageChannel } = require('ferroport');
  const { port1, port2 } = new MessageChannel();
  port2.on('message', (value) => { console.log(...value); port2.close(); });
  port1.postMessage(['arrived']);`;

here('in a virtual file system it takes the addon that the environment names', async (t) => {
  const folder = await bundled(t, { 'app.js': CHANNEL }, OUTSIDE, [`node_modules/ferroport-${PLATFORM}`]);
  fs.renameSync(path.join(folder, 'out', 'app.js'), path.join(folder, 'out', 'inner.js'));
  fs.writeFileSync(path.join(folder, 'out', 'app.js'), asExecutable('inner.js'));
  const addon = path.join(folder, 'node_modules', `ferroport-${PLATFORM}`, `ferroport.${PLATFORM}.node`);
  const printed = await runApp(folder, [], { NAPI_RS_NATIVE_LIBRARY_PATH: addon });
  t.deepEqual(printed, { code: 0, stdout: 'arrived\n', stderr: '' });
});

here('the hook without an addon leaves Node as it is, and warns', async (t) => {
  const source = `
    process.on('warning', ({ code, message }) => console.log(code, message.endsWith('(docs/bundlers.md)')));
    require('ferroport/register');
    console.log(new (require('node:worker_threads').MessageChannel)().port1 instanceof EventTarget);`;
  const { stdout } = await runApp(await bundled(t, { 'app.js': source }, OUTSIDE), ['--no-warnings']);
  t.is(stdout, 'true\nFERROPORT_NOT_LOADED true\n');
});

/** A program on the hook, and its worker, which knows only Node's module. */
const HOOKED = {
  'app.js': `
    require('ferroport/register');
    const { MessageChannel, MessagePort, Worker } = require('node:worker_threads');
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(require('node:path').join(__dirname, 'worker.js'), { workerData: port1, transferList: [port1] });
    port2.on('message', (value) => console.log(value));
    worker.on('message', (value) => console.log(value));
    worker.postMessage('to the worker');
    console.log('fromNode' in MessagePort);`,
  'worker.js': `
    require('ferroport/register');
    const { MessagePort, parentPort, workerData } = require('node:worker_threads');
    parentPort.once('message', (value) => {
      workerData.postMessage([value, 'fromNode' in MessagePort]);
      workerData.close();
    });`,
};

here('the hook works in a bundle, and in a worker that loads it first', async (t) => {
  const printed = await runApp(await bundled(t, HOOKED, COPIED));
  t.deepEqual(printed, { code: 0, stdout: "true\n[ 'to the worker', true ]\n", stderr: '' });
});

here('a worker that has never loaded ferroport is reported, with what to do', async (t) => {
  const sources = {
    'app.js': `
      const { Worker } = require('ferroport');
      process.on('warning', ({ code, detail }) => console.log(code, detail));
      new Worker(require('node:path').join(__dirname, 'worker.js'));`,
    'worker.js': '',
  };
  const { stdout } = await runApp(await bundled(t, sources, COPIED), ['--no-warnings']);
  t.is(
    stdout,
    'FERROPORT_NOT_IN_WORKER Nothing of a bundle is loaded ahead of a worker’s code: its first module must require or import ' +
      'ferroport, of the same bundle or with the same addon (docs/bundlers.md).\n',
  );
});

here('two bundles and the package work beside one another', async (t) => {
  const use = (name) => `exports.trip = () => {
    const { MessageChannel, receiveMessageOnPort } = require('ferroport');
    const { port1, port2 } = new MessageChannel();
    port1.postMessage('${name}');
    const { message } = receiveMessageOnPort(port2);
    port1.close();
    return message;
  };`;
  const sources = { 'one.js': use('one'), 'two.js': use('two') };
  const beside = ['node_modules/ferroport', `node_modules/ferroport-${PLATFORM}`];
  const folder = await bundled(t, sources, COPIED, beside);
  fs.writeFileSync(path.join(folder, 'three.js'), use('three'));
  const load = `for (const name of ['./out/one.js', './three.js', './out/two.js']) console.log(require(name).trip());`;
  const printed = await run(process.execPath, ['-e', load], folder);
  t.deepEqual(printed, { code: 0, stdout: 'one\nthree\ntwo\n', stderr: '' });
});

for (const flag of ['--disallow-code-generation-from-strings', '--frozen-intrinsics', '--disable-proto=throw']) {
  here(`with ${flag}`, async (t) => {
    const { code, stdout } = await runApp(await bundled(t, { 'app.js': CHANNEL }, COPIED), [flag]);
    t.deepEqual({ code, stdout }, { code: 0, stdout: 'arrived\n' });
  });
}

here(
  'what is published names each file that it loads, and asks nothing about its own place that bundlers do not know',
  (t) => {
    const dist = path.join(__dirname, '../../dist');
    // No bundler has the workers' bootstrap.
    for (const name of fs.readdirSync(dist).filter((each) => each !== 'bootstrap.js')) {
      const text = fs.readFileSync(path.join(dist, name), 'utf8');
      for (const [call] of text.matchAll(/\brequire\([^)]*\)/g)) t.regex(call, /^require\("(?!node:)[^"]+"\)$/, name);
      t.notRegex(text, /\brequire\.resolve\b|\b__dirname\b|\b__filename\b/, name);
    }
  },
);
