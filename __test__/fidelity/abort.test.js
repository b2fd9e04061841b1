'use strict';

// --abort-on-uncaught-exception: the process ends where something is thrown that nobody catches, and leaves a core to look into.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const test = require('ava');
const { FERROPORT } = require('../support/program');

const APIS = ['node:worker_threads', FERROPORT];

/**
 * @param {string} api
 * @param {string} body
 * @returns {Promise<string>} how the program ends
 */
async function ending(api, body) {
  const source = `const { MessageChannel } = require(${JSON.stringify(api)});
    const { port1, port2 } = new MessageChannel();
    ${body}`;
  const node = [process.execPath, '--abort-on-uncaught-exception', '-e', source];
  // No core is written here.
  const child = spawn('/bin/sh', ['-c', 'ulimit -c 0; exec "$@"', 'sh', ...node], { stdio: 'ignore' });
  const [code, signal] = await once(child, 'exit');
  return signal === null && code < 128 ? `code ${code}` : 'aborted';
}

const onUnix = process.platform === 'win32' ? test.skip : test;

/**
 * @param {string} title
 * @param {string} body
 * @param {string} expected
 */
const ends = (title, body, expected) =>
  onUnix(`${title}: ${expected}`, async (t) => {
    t.deepEqual(await Promise.all(APIS.map((api) => ending(api, body))), [expected, expected]);
  });

const throwing = "() => { throw new Error('thrown'); }";

ends('a listener throws', `port2.on('message', ${throwing}); port1.postMessage(1);`, 'aborted');
ends('an event’s listener throws', `port2.onmessage = ${throwing}; port1.postMessage(1);`, 'aborted');
ends(
  'a tick after a message throws',
  `port2.on('message', () => process.nextTick(${throwing})); port1.postMessage(1);`,
  'aborted',
);
ends('a listener of close throws', `port2.on('close', ${throwing}); port2.close();`, 'aborted');
ends(
  'a listener catches what it throws',
  "port2.once('message', () => { try { throw new Error('thrown'); } catch { port2.close(); } }); port1.postMessage(1);",
  'code 0',
);
