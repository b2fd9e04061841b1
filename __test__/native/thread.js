'use strict';

// What the addon in examples/native is asked in the main thread, and in each of several workers.

const assert = require('node:assert');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { once } = require('node:events');

/**
 * Hashes files and bytes over a bounded channel, and gives one up.
 * @param {any} ferroport
 * @param {any} addon
 * @param {string} file that exists, of some megabytes
 */
async function hashes({ MessageChannel, SharedAbortController }, addon, file) {
  const expected = createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  const { port1, port2 } = new MessageChannel({ highWaterMark: 16 });
  addon.start(port2);
  /** @type {Map<number, any>} */
  const answers = new Map();
  let progress = 0;
  let others = 0;
  const COUNT = 40;
  /** @type {Promise<void>} */
  const all = new Promise((resolve) => {
    port1.on('message', (/** @type {any} */ { done, failed, progress: step }) => {
      if (step !== undefined) progress++;
      else if (failed?.id === undefined && failed !== undefined) others++;
      else answers.set((done ?? failed).id, done?.hash ?? failed.reason);
      if (answers.size === COUNT + 2 && others === 1) resolve();
    });
  });
  const data = Buffer.from('some bytes');
  const controller = new SharedAbortController();
  controller.abort();
  await post(port1, { op: 'File', id: COUNT, path: file, signal: controller.signal });
  await post(port1, { op: 'File', id: COUNT + 1, path: `${file}.none` });
  await post(port1, { op: 'Bytes', id: 'no number', data });
  for (let id = 0; id < COUNT; id++) {
    await post(port1, id % 2 === 0 ? { op: 'File', id, path: file } : { op: 'Bytes', id, data });
  }
  await all;
  for (let id = 0; id < COUNT; id++) {
    const hash = id % 2 === 0 ? expected : createHash('sha256').update(data).digest('hex');
    assert.strictEqual(answers.get(id), hash);
  }
  assert.strictEqual(answers.get(COUNT), 'aborted');
  assert.match(answers.get(COUNT + 1), /No such file|cannot find/i);
  assert.ok(progress > 0, 'there is progress');
  port1.close();
  await once(port1, 'close');
}

/**
 * Posts a message when there is room for it.
 * @param {any} port
 * @param {unknown} message
 */
async function post(port, message) {
  while (!port.tryPostMessage(message)) await port.ready;
}

module.exports = { hashes, post };
