// The values that are sent, one row each: what people post, from a number to a megabyte.
'use strict';

/** A small deterministic generator, so that every run sends the same values. */
let state = 12345;
const random = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;

const text = (/** @type {number} */ length) =>
  Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');

const mixedText = (/** @type {number} */ length) =>
  Array.from({ length }, (_, i) => 'aé日本語жλ 字x'[Math.floor(random() * 10)] ?? String(i % 10)).join('');

const bytes = (/** @type {number} */ length) => Uint8Array.from({ length }, () => random() * 256);

const smallObject = () => ({ id: 17, type: 'update', payload: { x: 1.5, y: -2, name: 'thing' }, ok: true });

const jsonRpc = () => ({
  jsonrpc: '2.0',
  id: 4711,
  method: 'textDocument/rename',
  params: {
    textDocument: { uri: 'file:///home/user/project/main.c', version: 3 },
    position: { line: 12, character: 34 },
    newName: 'counter',
    dryRun: false,
    limit: null,
  },
});

const piscinaTask = () => ({
  task: { customer: 'customer 17', currency: 'EUR', items: [{ sku: 'A-1', quantity: 2, price: 4.5 }] },
  taskId: 17,
  filename: '/home/user/project/dist/worker.js',
  name: 'price',
  histogramEnabled: 0,
});

const logLine = () => ({
  level: 30,
  time: 1.7e12,
  pid: 4711,
  hostname: 'web-1',
  req: { method: 'GET', url: '/item/17', remotePort: 40_000 },
  responseTime: 2.5,
  msg: 'request completed',
});

const builtinsObject = () => ({
  at: new Date(1.7e12),
  map: new Map([
    ['a', 1],
    ['b', 2],
  ]),
  set: new Set([1, 2, 3]),
  big: 123456789012345678901234567890n,
});

const records = () =>
  Array.from({ length: 1000 }, (_, id) => ({
    id,
    name: `record ${id}`,
    score: random() * 100,
    active: id % 3 === 0,
    group: `g${id % 7}`,
  }));

/**
 * @param {number} depth
 * @returns {object} a node with three children a level: 364 nodes for a depth of 5
 */
const tree = (depth) => ({
  name: text(8),
  value: Math.floor(random() * 1000),
  children: depth === 0 ? [] : Array.from({ length: 3 }, () => tree(depth - 1)),
});

/**
 * @typedef {object} Payload
 * @property {string} name
 * @property {() => unknown} make
 * @property {number} count how many are posted in one round: enough for milliseconds
 * @property {import('./rounds').Floor} [target] as a case's
 * @property {boolean} [isFresh] every message is a value of its own, made before the clock starts
 */

/** What programs send most, held to the same on every Node. */
const SMALL = { ratio: 5, ratio24: 5 };

/** @type {Payload[]} */
const PAYLOADS = [
  { name: 'number', make: () => 42, count: 40_000, target: SMALL },
  { name: 'small object', make: smallObject, count: 20_000, target: SMALL, isFresh: true },
  { name: 'JSON-RPC request', make: jsonRpc, count: 10_000, target: SMALL, isFresh: true },
  { name: 'Piscina task', make: piscinaTask, count: 5_000, target: { ratio24: 5 }, isFresh: true },
  { name: 'log line', make: logLine, count: 10_000, target: { ratio24: 5 }, isFresh: true },
  { name: 'string of 64', make: () => text(64), count: 40_000, target: { ratio: 4 } },
  { name: 'object with Date, Map, Set, BigInt', make: builtinsObject, count: 5_000, target: { ratio: 2 } },
  { name: 'Latin-1 string of 1 KiB', make: () => text(1024), count: 20_000, target: { ratio: 3 } },
  { name: 'mixed-script string of 1 KiB', make: () => mixedText(1024), count: 10_000, target: { ratio: 2 } },
  { name: 'Uint8Array of 1 KiB', make: () => bytes(1024), count: 10_000, target: { ratio: 4 } },
  {
    name: 'object with a Uint8Array of 4 KiB',
    make: () => ({ id: 1, data: bytes(4096) }),
    count: 5_000,
    target: { ratio: 3 },
  },
  {
    name: 'array of 1,000 doubles',
    make: () => Array.from({ length: 1000 }, random),
    count: 2_000,
    target: { ratio: 5 },
  },
  { name: '1,000 records of 5 fields', make: records, count: 100, target: { ratio: 3 } },
  { name: 'tree of 364 objects', make: () => tree(5), count: 200, target: { ratio: 3 } },
  { name: 'Uint8Array of 1 MiB, copied', make: () => bytes(2 ** 20), count: 100, target: { ratio: 0.9 } },
  { name: 'string of 1 MiB', make: () => text(2 ** 20), count: 50, target: { ratio: 3 } },
];

module.exports = { PAYLOADS, bytes, mixedText, random, smallObject, text };
