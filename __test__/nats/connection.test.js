'use strict';

// How much may be with NATS's client, which keeps everything: the connection in between, with a client that is played.

const test = require('ava');
const { Connection } = require('../../lib/nats/connection');

/** A client that hands nothing on until it is told to. */
class Client {
  /** @type {{ subject: string, bytes: number, reply: string | undefined }[]} */
  published = [];
  /** @type {(() => void)[]} */
  #flushes = [];
  /** @type {((status: any) => void) | undefined} */
  #told;
  info = { max_payload: 1000 };
  failing = false;

  publish(/** @type {string} */ subject, /** @type {Uint8Array} */ bytes, /** @type {any} */ options) {
    if (this.failing) throw new Error('closing');
    this.published.push({ subject, bytes: bytes.length, reply: options?.reply });
  }

  flush = () => new Promise((resolve) => this.#flushes.push(() => resolve(undefined)));

  /** The server has got everything that was published before the oldest question. */
  answer() {
    this.#flushes.shift()?.();
    return new Promise((resolve) => setImmediate(resolve));
  }

  get questions() {
    return this.#flushes.length;
  }

  closed = () => new Promise(() => {});

  async *status() {
    for (;;) yield await new Promise((resolve) => (this.#told = resolve));
  }

  async tell(/** @type {any} */ status) {
    this.#told?.(status);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function scene(limit = 1000) {
  const client = new Client();
  /** @type {string[]} */
  const heard = [];
  const watcher = {
    up: () => void heard.push('up'),
    down: () => void heard.push('down'),
    closed: () => void heard.push('closed'),
    refused: (/** @type {string} */ subject) => void heard.push(`refused ${subject}`),
  };
  const connection = new Connection(/** @type {any} */ (client), limit, watcher);
  /** @param {number} length */
  const fill = (length, sender = { pump() {} }) => {
    let sent = 0;
    while (connection.hasRoom(sender)) {
      connection.send('to', new Uint8Array(length));
      sent += length;
    }
    return sent;
  };
  return { client, connection, fill, heard };
}

test('no more than the limit is with the client before the server has answered', async (t) => {
  const { client, connection, fill } = scene();
  t.is(fill(100), 1000);
  t.true(client.questions > 0 && client.questions <= 4, `${client.questions}`);
  await client.answer();
  t.true(connection.pending < 1000);
  const more = fill(100);
  t.true(more > 0 && more <= 500, `${more}`);
  t.true(connection.pending <= 1000);
});

test('who has found no room is told when there is some, in turn', async (t) => {
  const { client, connection, fill } = scene();
  /** @type {string[]} */
  const turns = [];
  const senderOf = (/** @type {string} */ name) => {
    const sender = {
      pump() {
        turns.push(name);
        fill(100, sender);
      },
    };
    return sender;
  };
  const [a, b, c] = ['a', 'b', 'c'].map(senderOf);
  fill(100, a);
  for (const sender of [b, c]) t.false(connection.hasRoom(sender));
  await client.answer();
  // The first has taken all of the room: the others have looked, and wait on.
  t.deepEqual(turns, ['a', 'b', 'c']);
  connection.forget(b);
  await client.answer();
  t.deepEqual(turns.slice(3), ['a', 'c']);
});

test('while there is no connection nothing is handed over, and everything counts as gone when there is one again', async (t) => {
  const { client, connection, fill, heard } = scene();
  fill(100);
  await client.tell({ type: 'disconnect' });
  t.deepEqual(heard, ['down']);
  const before = client.published.length;
  let pumped = 0;
  const sender = { pump: () => pumped++ };
  t.false(connection.hasRoom(sender));
  t.false(connection.send('to', new Uint8Array(1)));
  t.is(client.published.length, before);
  await client.tell({ type: 'reconnect' });
  t.deepEqual(heard, ['down', 'up']);
  t.is(pumped, 1);
  t.is(connection.pending, 0);
  t.true(connection.send('to', new Uint8Array(1), 'reply'));
  t.deepEqual(client.published.at(-1), { subject: 'to', bytes: 1, reply: 'reply' });
});

test('a client that takes nothing any more is no error, and what the server refuses is told', async (t) => {
  const { client, connection, heard } = scene();
  client.failing = true;
  t.false(connection.send('to', new Uint8Array(1)));
  t.is(connection.maxPayload, 1000);
  await client.tell({ type: 'error', error: Object.assign(new Error('no'), { operation: 'publish', subject: 'to' }) });
  await client.tell({
    type: 'error',
    error: Object.assign(new Error('no'), { operation: 'subscription', subject: 'to' }),
  });
  await client.tell({ type: 'error', error: new Error('no') });
  t.deepEqual(heard, ['refused to']);
});
