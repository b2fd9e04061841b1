'use strict';

// What a link that is closed still sends, and for how long.

const { once } = require('node:events');
const { PassThrough, Writable } = require('node:stream');
const test = require('ava');

const { link } = require('../../dist/link.js');

/**
 * A stream that is written slowly.
 * @param {PassThrough} to where it comes out
 * @param {number} rate in bytes for a second
 */
const slow = (to, rate) =>
  new Writable({
    write(/** @type {Buffer} */ chunk, _, done) {
      setTimeout(
        () => {
          to.write(chunk);
          done();
        },
        (chunk.length / rate) * 1000,
      );
    },
    final(done) {
      to.end();
      done();
    },
  });

test('what was posted before a link is closed goes over a slow connection, too', async (t) => {
  const there = new PassThrough();
  const back = new PassThrough();
  // For longer than the answer to a goodbye is waited for.
  const left = link({ readable: back, writable: slow(there, 80_000) });
  const right = link({ readable: there, writable: back });
  let count = 0;
  right.port.on('message', () => count++);
  left.port.postMessage(0);
  await once(right.port, 'message');
  for (let i = 0; i < 10; i++) left.port.postMessage(new Uint8Array(25_000));
  const closed = once(right.port, 'close');
  const from = Date.now();
  await left.close();
  const [{ reason }] = await closed;
  t.deepEqual([reason, count], ['peer closed', 11]);
  t.true(Date.now() - from > 2500);
  t.is(await left.closed, undefined);
});
