'use strict';

// What the tests of the hook share: the ways in which a program gets it, and what tells that it is there.

const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { FERROPORT, endsWell } = require('../support/program');

const ROOT = path.join(__dirname, '..', '..');
const REGISTER = require.resolve('ferroport/register');
const REGISTER_URL = pathToFileURL(REGISTER).href;

/**
 * Code that defines `kinds()`: of each thing that a program can get from Node, whether it is ferroport's. The last two
 * entries say it of a message: that it has come, and that no port of Node's has carried it.
 */
const KINDS = `
  const wt = require('node:worker_threads');
  const kinds = async () => {
    const ours = require(${JSON.stringify(FERROPORT)});
    const original = require(${JSON.stringify(path.join(ROOT, 'lib', 'node', 'threads.js'))}).original;
    const module = await import('node:worker_threads');
    const native = original.MessagePort.prototype;
    const { postMessage } = native;
    let posts = 0;
    native.postMessage = function (...values) { posts++; return postMessage.apply(this, values); };
    const { port1, port2 } = new MessageChannel();
    const heard = new Promise((resolve) => port2.once('message', resolve));
    port1.postMessage({ a: [1] });
    const { a: [one] } = await heard;
    native.postMessage = postMessage;
    port1.close();
    return [
      ['MessageChannel', 'MessagePort', 'Worker', 'receiveMessageOnPort'].every((name) =>
        wt[name] === ours[name] && ours[name] !== original[name] && module[name] === ours[name] && require('worker_threads')[name] === ours[name]),
      globalThis.MessageChannel === ours.MessageChannel && globalThis.MessagePort === ours.MessagePort,
      wt.parentPort === null || wt.parentPort instanceof MessagePort,
      one === 1,
      posts === 0,
    ];
  };`;

/** What `kinds()` gives where the hook is. */
const ALL = [true, true, true, true, true];

/** Code: what a worker with an environment of its own must have in it all the same, which build of the addon is tested. */
const ADDON_ENV = `NAPI_RS_NATIVE_LIBRARY_PATH: process.env.NAPI_RS_NATIVE_LIBRARY_PATH ?? ''`;

/** Every thread has the hook, and knows it. */
const everywhere = { execArgv: ['-r', REGISTER] };
/** Nobody knows which threads have it. */
const later = { execArgv: ['--import', REGISTER_URL] };

/** `node` is Node's own module, as it is without the hook. */
const HEAD = `const wt = require('node:worker_threads');
  const node = require(${JSON.stringify(path.join(ROOT, 'lib', 'node', 'threads.js'))}).original;
  const { once } = require('node:events');
  const isOurs = (port) => port.constructor === require(ferroport).MessagePort;`;

/** Declares that the body of an async function, run as a program, returns `expected`. */
const showing =
  (test) =>
  (title, body, expected, options = everywhere) =>
    endsWell(
      test,
      title,
      `${HEAD} (async () => { ${body} })().then((value) => console.log(JSON.stringify(value)))`,
      [JSON.stringify(expected)],
      options,
    );

module.exports = { ADDON_ENV, ALL, HEAD, KINDS, REGISTER, ROOT, REGISTER_URL, everywhere, later, showing };
