'use strict';

// A parcel whose message never came is skipped, and what it has brought is closed.

const test = require('ava');
const { once } = require('node:events');
const { open } = require('node:fs/promises');
const threads = require('node:worker_threads');
const { MessageChannel } = require('../../index.js');
const { keyOf } = require('../../lib/port/port');
const native = require('../../lib/native/native');
const sidecar = require('../../lib/channel/sidecar');

/** Numbers for so many parcels. */
const numbers = (count) => Array.from({ length: count }, () => native.nextParcel());

test('what is in a skipped parcel is closed: sidecars, ports of Node’s, file handles', async (t) => {
  const { port1, port2 } = new MessageChannel();
  const [key, peerKey] = [keyOf(port1), keyOf(port2)];
  const channels = Array.from({ length: 5 }, () => new threads.MessageChannel());
  const [companion, held, kept, listed, object] = channels;
  const file = await open(__filename);
  const { fd } = file;
  const list = [...channels.map(({ port2 }) => port2), file];
  const companions = [companion.port2, { sidecar: held.port2, kept: kept.port2 }, undefined];
  const closed = channels.map(({ port1 }) => once(port1, 'close'));
  const [first, second, number] = numbers(3);
  sidecar.send(key, first, [object.port2, file, { close: 'not a method' }], companions, [0, listed.port2], list);
  sidecar.sendWhole(key, second, new Uint8Array(4), []);
  sidecar.send(key, number, ['mine'], [], [], []);
  t.deepEqual(sidecar.take(peerKey, number)[3], ['mine']);
  await Promise.all(closed);
  await t.throwsAsync(async () => {
    for (;;) {
      require('node:fs').fstatSync(fd);
      await new Promise(setImmediate);
    }
  }, { code: 'EBADF' }); // prettier-ignore
  port1.close();
});

test('a whole value is found behind what is skipped', (t) => {
  const { port1, port2 } = new MessageChannel();
  const [key, peerKey] = [keyOf(port1), keyOf(port2)];
  const [zeroth, first, number, kept] = numbers(4);
  sidecar.send(key, zeroth, [1], [], [], []);
  sidecar.sendWhole(key, first, 'first', []);
  sidecar.sendWhole(key, number, 'second', []);
  sidecar.keep(peerKey, kept, 'third', new ArrayBuffer(1));
  t.is(sidecar.takeWhole(peerKey, kept), 'third');
  t.is(sidecar.takeWhole(peerKey, number), 'second');
  t.throws(() => sidecar.takeWhole(peerKey, number), { message: /have not come/ });
  port1.close();
});
