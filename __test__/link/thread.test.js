'use strict';

// The thread of links: what becomes of links when it ends, and what it says of a stream that fails.

const net = require('node:net');
const { once } = require('node:events');
const test = require('ava');
const { isNode } = require('../../lib/runtime/ticks');
const { KINDS } = require('./streams');

const { link } = require('../../dist/link.js');

/** The threads that were started. @type {any[]} */
const threads = [];
process.on('worker', (worker) => threads.push(worker));

// Where links have no thread, there is nothing to see here.
const serial = isNode && process.platform !== 'win32' ? test.serial : test.serial.skip;

/** @param {any} made a link whose ports answer themselves @returns {any} */
function answering(made) {
  made.port.on('message', (/** @type {any} */ message) => made.port.postMessage(message));
  return made;
}

serial('links whose thread ends are lost, and later ones have another thread', async (t) => {
  const [left, right] = await KINDS['a Unix socket']();
  const [made, other] = [link(left), answering(link(right))];
  made.port.postMessage('there and back');
  t.deepEqual(await once(made.port, 'message'), ['there and back']);
  t.is(threads.length, 1);
  const closes = [once(made.port, 'close'), once(other.port, 'close')];
  const [late, unread] = await KINDS['a Unix socket']();
  const ends = threads[0].terminate();
  // Nobody has noticed yet.
  const last = link(late);
  const codes = (await Promise.all([made.closed, other.closed, last.closed])).map((error) => error?.code);
  t.deepEqual(codes, Array(3).fill('ERR_FERROPORT_LINK_LOST'));
  await Promise.all(closes);
  await ends;
  unread.destroy();
  await new Promise((resolve) => setTimeout(resolve, 100));

  const [one, two] = await KINDS['a Unix socket']();
  const again = link(one);
  answering(link(two));
  again.port.postMessage('again');
  t.deepEqual(await once(again.port, 'message'), ['again']);
  t.is(threads.length, 2);
  await again.close();
});

serial('the cause of a lost link is what the stream says, with its code', async (t) => {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const socket = net.connect(/** @type {any} */ (server.address()).port, '127.0.0.1');
  const [peer] = await accepted;
  if (socket.connecting) await once(socket, 'connect');
  const made = link(socket);
  // The thread has the socket when it has said hello.
  await once(peer, 'data');
  peer.resetAndDestroy();
  const error = /** @type {any} */ (await made.closed);
  t.deepEqual([error.code, error.cause?.code, error.cause?.syscall], ['ERR_FERROPORT_LINK_LOST', 'ECONNRESET', 'read']);
  server.close();
});
