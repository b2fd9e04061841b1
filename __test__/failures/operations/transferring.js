'use strict';

// Posting with a transfer list: what is listed must stay where it is when that fails.

const path = require('node:path');
const { blockList } = require('../values');
const { isSame } = require('../world');
const { isCloneError } = require('./posting');

const INDEX = require.resolve('../../../index.js');

const bytesOf = (length, n) => new Uint8Array(length).fill(n % 251);

const isIntact = (bytes, length, n) => bytes.byteLength === length && isSame(bytes, bytesOf(length, n));

/**
 * @typedef {object} Parcel what one attempt posts, and what there is to see afterwards
 * @property {any} value
 * @property {any} list
 * @property {() => void} stays checks that nothing has moved
 * @property {(message: any) => void} moves checks what has arrived
 */

/**
 * A buffer that is listed.
 * @param {import('../world').World} world
 */
function bufferOf(world, length, n) {
  const bytes = bytesOf(length, n);
  return {
    bytes,
    buffer: bytes.buffer,
    stays: () => void world.expect(isIntact(bytes, length, n), 'a listed buffer has lost its bytes', bytes.byteLength),
    moves(arrived, name = 'a buffer') {
      const view = arrived instanceof ArrayBuffer ? new Uint8Array(arrived) : arrived;
      world.expect(view && isIntact(view, length, n), `${name} has not arrived whole`, arrived);
      world.expect(bytes.byteLength === 0, `${name} has arrived and is still here`);
    },
  };
}

/**
 * A port that is listed, on which messages may wait, one with a buffer beside it.
 * @param {import('../world').World} world
 */
function portOf(world, n, isUsed, api = world.api) {
  const { port1, port2 } = new api.MessageChannel();
  const waiting = [];
  if (isUsed) {
    const { buffer } = bytesOf(100, n);
    port2.postMessage({ waits: n });
    port2.postMessage({ buffer, more: [n] }, [buffer]);
    port2.postMessage(bytesOf(9, n).buffer);
    waiting.push({ waits: n }, { buffer: bytesOf(100, n).buffer, more: [n] }, bytesOf(9, n).buffer);
  }
  return {
    port: port1,
    stays() {
      world.expectArrivals(port1, waiting, 'a listed port, after it has thrown');
      world.expectWorks({ port1, port2 }, 'a listed port, after it has thrown');
      port1.close();
    },
    moves(arrived) {
      if (!world.expect(typeof arrived?.postMessage === 'function', 'a port has not arrived', arrived)) return;
      world.expectArrivals(arrived, waiting, 'a port that has arrived');
      world.expectWorks({ port1: arrived, port2 }, 'a port that has arrived');
      port2.close();
    },
  };
}

/** @type {any} */
let other;

/** A copy of ferroport beside the one that is driven, over the same addon. */
function otherCopy() {
  const isIts = (name) => name === INDEX || name.startsWith(path.join(INDEX, '..', 'lib', path.sep));
  const taken = Object.keys(require.cache).filter(isIts).map((name) => require.cache[name]); // prettier-ignore
  for (const { filename } of taken) delete require.cache[filename];
  other = require(INDEX);
  for (const each of taken) require.cache[each.filename] = each;
  return other;
}

/** @type {Record<string, (world: any, n: number) => Parcel & { isRefused?: boolean }>} */
const parcels = {
  'a buffer': (world, n) => {
    const one = bufferOf(world, 1000, n);
    return { value: one.buffer, list: [one.buffer], stays: one.stays, moves: one.moves };
  },
  'a buffer of 1 MiB': (world, n) => {
    const one = bufferOf(world, 1 << 20, n);
    return { value: one.bytes, list: [one.buffer], stays: one.stays, moves: one.moves };
  },
  'a buffer and an object': (world, n) => {
    const one = bufferOf(world, 500, n);
    return {
      value: { n, text: 'x'.repeat(3000), bytes: one.bytes, list: [1, { n }] },
      list: { transfer: [one.buffer] },
      stays: one.stays,
      moves(message) {
        world.expect(message?.n === n && isSame(message.list, [1, { n }]), 'not what was posted', message);
        one.moves(message?.bytes);
      },
    };
  },
  'two buffers': (world, n) => {
    const [one, two] = [bufferOf(world, 64, n), bufferOf(world, 70_000, n + 1)];
    return {
      value: [one.buffer, { two: two.buffer }],
      list: [one.buffer, two.buffer],
      stays: () => (one.stays(), two.stays()),
      moves(message) {
        one.moves(message?.[0], 'the first buffer');
        two.moves(message?.[1]?.two, 'the second buffer');
      },
    };
  },
  'a buffer that the value does not hold': (world, n) => {
    const one = bufferOf(world, 64, n);
    return {
      value: { n },
      list: [one.buffer],
      stays: one.stays,
      moves(message) {
        world.expect(isSame(message, { n }), 'not what was posted', message);
        world.expect(one.buffer.byteLength === 0, 'a listed buffer is still here');
      },
    };
  },
  'a port': (world, n) => {
    const one = portOf(world, n, false);
    return { value: one.port, list: [one.port], stays: one.stays, moves: one.moves };
  },
  'a port that has messages': (world, n) => {
    const one = portOf(world, n, true);
    return {
      value: { port: one.port, n },
      list: [one.port],
      stays: one.stays,
      moves: (message) => one.moves(message?.port),
    };
  },
  'two ports and a buffer': (world, n) => {
    const [one, two, buffer] = [portOf(world, n, true), portOf(world, n + 1, false), bufferOf(world, 64, n)];
    return {
      value: { two: two.port, list: [one.port, buffer.bytes] },
      list: [one.port, buffer.buffer, two.port],
      stays: () => (one.stays(), two.stays(), buffer.stays()),
      moves(message) {
        one.moves(message?.list?.[0]);
        two.moves(message?.two);
        buffer.moves(message?.list?.[1]);
      },
    };
  },
  'a buffer beside a BlockList': (world, n) => {
    const one = bufferOf(world, 64, n);
    return {
      value: { list: blockList(n), bytes: one.bytes, shared: new SharedArrayBuffer(4) },
      list: [one.buffer],
      stays: one.stays,
      moves(message) {
        world.expect(isSame(message?.list?.rules, blockList(n).rules), 'not what was posted', message);
        one.moves(message?.bytes);
      },
    };
  },
  'a stream': (world, n) => {
    const stream = new ReadableStream({ start: (controller) => controller.enqueue(n) });
    return {
      value: { stream, n },
      list: [stream],
      // A stream is locked when it prepares itself to be moved, with the built-in, too.
      stays() {},
      moves: (message) =>
        void world.expect(message?.stream instanceof ReadableStream, 'no stream has arrived', message),
    };
  },
  'a list whose last is refused': (world, n) => {
    const [one, port] = [bufferOf(world, 64, n), portOf(world, n, true)];
    return {
      value: { port: port.port, bytes: one.bytes },
      list: [one.buffer, port.port, {}],
      isRefused: true,
      stays: () => (one.stays(), port.stays()),
      moves() {},
    };
  },
  'a value that is refused at its end': (world, n) => {
    const [one, port] = [bufferOf(world, 64, n), portOf(world, n, true)];
    return {
      value: { port: port.port, bytes: one.bytes, text: 'secret'.repeat(9000), f: () => {} },
      list: [one.buffer, port.port],
      isRefused: true,
      stays: () => (one.stays(), port.stays()),
      moves() {},
    };
  },
  'a buffer twice': (world, n) => {
    const one = bufferOf(world, 64, n);
    return {
      value: one.buffer,
      list: [one.buffer, one.buffer],
      isRefused: true,
      stays: one.stays,
      moves() {},
    };
  },
};

/**
 * The built-in has nothing like it.
 * @type {typeof parcels}
 */
const ofOtherCopies = {
  'a port of another copy': (world, n) => {
    const one = portOf(world, n, false, other ?? otherCopy());
    return { value: one.port, list: [one.port], stays: one.stays, moves: one.moves };
  },
  'ports of two copies that have messages, and a buffer': (world, n) => {
    const [one, two] = [portOf(world, n, true, other ?? otherCopy()), portOf(world, n + 1, true)];
    const buffer = bufferOf(world, 64, n);
    return {
      value: { two: two.port, list: [one.port, buffer.bytes] },
      list: [two.port, buffer.buffer, one.port],
      stays: () => (one.stays(), two.stays(), buffer.stays()),
      moves(message) {
        one.moves(message?.list?.[0]);
        two.moves(message?.two);
        buffer.moves(message?.list?.[1]);
      },
    };
  },
  'a port of another copy in a value that is refused at its end': (world, n) => {
    const one = portOf(world, n, true, other ?? otherCopy());
    return { value: [one.port, () => {}], list: [one.port], isRefused: true, stays: one.stays, moves() {} };
  },
};

const isOfList = (error) => isCloneError(error) || error?.code === 'ERR_INVALID_TRANSFER_OBJECT';

/** @type {import('./index').Operation[]} */
const transferring = Object.entries({ ...parcels, ...ofOtherCopies }).map(([name, make]) => ({
  name: `transfer ${name}`,
  group: 'transferring',
  isOwn: name in ofOtherCopies,
  prepare(world, n) {
    const channel = world.channel();
    const { port1, port2 } = channel;
    const { value, list, stays, moves, isRefused } = make(world, n);
    return {
      act: () => port1.postMessage(value, list),
      threw(error) {
        world.expectError(error, isRefused ? isOfList : undefined);
        world.expectArrivals(port2, [], 'its own channel, after it has thrown');
        stays();
      },
      returned() {
        if (isRefused) world.tally.complain('it has not thrown');
        const arrived = world.take(port2);
        world.expect(arrived.length === 1, 'its own channel: not one message has arrived', ...arrived);
        moves(arrived[0]);
      },
      done() {
        world.expectWorks(channel, 'its own channel, afterwards');
        world.giveBack(channel);
      },
    };
  },
}));

/** @type {import('./index').Operation} */
const structuredCloning = {
  name: 'structuredClone with a port',
  group: 'hook',
  prepare(world, n) {
    const [one, buffer] = [portOf(world, n, true), bufferOf(world, 64, n)];
    return {
      act: () => structuredClone({ port: one.port, bytes: buffer.bytes }, { transfer: [one.port, buffer.buffer] }),
      threw(error) {
        world.expectError(error);
        // What overflows when all has been moved, while the clone is made, is lost with the built-in, too.
        if (buffer.bytes.byteLength > 0) one.stays();
        else one.port.close();
      },
      returned(clone) {
        one.moves(clone?.port);
        buffer.moves(clone?.bytes);
      },
    };
  },
};

module.exports = { transferring: [...transferring, structuredCloning] };
