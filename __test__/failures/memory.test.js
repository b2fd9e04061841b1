'use strict';

// Where there is no memory for a message, the error is the built-in's, and the next message is whole.

const test = require('ava');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { promisify } = require('node:util');

const entries = { 'node:worker_threads': 'node:worker_threads', ferroport: path.join(__dirname, '..', '..') };

/** Posts a large value until there is no memory for another message; then a small one. */
const program = `
  const { MessageChannel, receiveMessageOnPort } = require(process.env.ENTRY);
  const { port1, port2 } = new MessageChannel();
  const large = { of: new Float64Array(new ArrayBuffer(2 ** 29), 8) };
  let refused;
  let waiting = 0;
  for (; refused === undefined && waiting < 20; waiting++) {
    try {
      port1.postMessage(large);
    } catch ({ name, message }) {
      refused = { name, message };
      break;
    }
  }
  for (; waiting > 0; waiting--) {
    try {
      receiveMessageOnPort(port2);
    } catch {}
  }
  port1.postMessage({ next: 1 });
  console.log(JSON.stringify({ refused, next: receiveMessageOnPort(port2) }));
  process.exit();
`;

/** @param {string} entry */
async function run(entry) {
  // A process that may have 5 GB of addresses.
  const limited = 'ulimit -v 5000000; exec "$0" -e "$1"';
  const env = { ...process.env, ENTRY: entry };
  const { stdout } = await promisify(execFile)('sh', ['-c', limited, process.execPath, program], { env });
  return JSON.parse(stdout);
}

const onLinux = process.platform === 'linux' && !process.env.LD_PRELOAD ? test : test.skip;

onLinux('a message for which there is no memory is refused as by the built-in, and the next one arrives', async (t) => {
  const builtin = await run(entries['node:worker_threads']);
  t.deepEqual(builtin.refused, { name: 'DataCloneError', message: 'Data cannot be cloned, out of memory.' });
  t.deepEqual(await run(entries.ferroport), builtin);
});
