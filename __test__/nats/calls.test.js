'use strict';

// ferroport/call over a port to another process.

const test = require('ava');
const { connect: connectCalls } = require('../../dist/call');
const { hubOf, peerOf } = require('./support/hubs');
const { startServer } = require('./support/server');

test('functions of another process are called, with errors, aborts and timeouts', async (t) => {
  const { url: servers } = await startServer(t);
  const there = await peerOf(t, 'calls', { options: { servers }, name: 'tests.calls' });
  const hub = await hubOf(t, { servers });
  const peer = connectCalls(await hub.dial('tests.calls'));
  t.is(await peer.call('add', [20, 22]), 42);
  t.deepEqual(
    await Promise.all(Array.from({ length: 1000 }, (_, i) => peer.call('add', [i, 1]))),
    Array.from({ length: 1000 }, (_, i) => i + 1),
  );
  const error = await t.throwsAsync(peer.call('fail'), { instanceOf: RangeError, message: 'as asked' });
  t.regex(String(error?.stack), /peer\.js/);
  await t.throwsAsync(peer.call('missing'), { code: 'ERR_FERROPORT_NO_SUCH_CALL' });
  const controller = new AbortController();
  const waiting = peer.call('wait', [], { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('changed my mind')), 100);
  await t.throwsAsync(waiting, { message: 'changed my mind' });
  t.regex((await there.until((message) => message.aborted)).aborted, /changed my mind|Abort/);
  const late = await t.throwsAsync(peer.call('wait', [], { timeout: 100 }), { any: true });
  t.is(late?.name, 'TimeoutError');
  await there.until(() => there.told.filter((message) => message.aborted).length === 2);
  const pending = peer.call('wait');
  await there.kill('SIGTERM');
  peer.close();
  await t.throwsAsync(pending, { code: 'ERR_FERROPORT_CLOSED' });
});

test('a blocking call reaches the other process, too', async (t) => {
  const { url: servers } = await startServer(t);
  await peerOf(t, 'calls', { options: { servers }, name: 'tests.sync' });
  const hub = await hubOf(t, { servers });
  const peer = connectCalls(await hub.dial('tests.sync'));
  t.is(peer.callSync('add', [20, 22]), 42);
  const late = t.throws(() => peer.callSync('wait', [], { timeout: 100 }), { any: true });
  t.is(late?.name, 'TimeoutError');
  peer.close();
});
