'use strict';

// Random graphs for the differ: `graph(seed)` builds the same value, with the same sharing, every time it is called.

const { createSecretKey } = require('node:crypto');
const { BlockList, SocketAddress } = require('node:net');
const { MessageChannel } = require('node:worker_threads');
const { randomOf } = require('../support/random');

const KEYS = [
  ...[
    'a',
    'b',
    'c',
    'name',
    'value',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'length',
    'then',
    'stack',
  ],
  ...['', '0', '1', '7', '01', '-1', '-0', '1.5', '4294967294', '4294967295', '4294967296', '9007199254740993', 'NaN'],
  ...[
    'a b',
    'quo"te',
    "apos'trophe",
    'back\\slash',
    'line\nfeed',
    '\u2028',
    'é',
    'Ā',
    '日本',
    '😀',
    '\ud800',
    '\udc00x',
    '\0',
  ],
  ...['k'.repeat(300), '長'.repeat(300)],
];
const NUMBERS = [
  ...[0, -0, 1, -1, 255, 256, 65_535, 2 ** 23 - 1, 2 ** 23, -(2 ** 23), -(2 ** 23) - 1, 2 ** 30, 2 ** 31 - 1, 2 ** 31],
  ...[-(2 ** 31), -(2 ** 31) - 1, 2 ** 32, 2 ** 53, 0.5, -1.25, 1e300, 5e-324, NaN, Infinity, -Infinity],
];
const BIGINTS = [0n, 1n, -1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 64n, -(2n ** 200n), 7n ** 300n];
const TEXTS = [
  '',
  'a',
  'text',
  'é',
  'ÿÿÿ',
  'Ā',
  '日本語',
  '😀',
  '\ud800',
  'x\udfffy',
  '\0',
  '\ufeff',
  'l'.repeat(1000),
  '長'.repeat(500),
];
const SOURCES = ['a', '', '[/]', '(?<n>x)|y', '\\d+', '日', '/'];
const ERRORS = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError];
const VIEWS = [
  ...[
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ],
  ...[BigInt64Array, BigUint64Array, DataView, ...(globalThis.Float16Array ? [globalThis.Float16Array] : [])],
];

class Instance {
  #hidden = 1;
  own = 'own';
  get computed() {
    return this.#hidden;
  }
}

const set = (object, key, value) =>
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });

const REFUSED = [
  () => () => {},
  () => function named() {},
  () => class Refused {},
  () => Symbol('refused'),
  () => Object(Symbol('boxed')),
  () => new Proxy({}, {}),
  () => new Proxy([], {}),
  () => new WeakMap(),
  () => new WeakSet(),
  () => new WeakRef({}),
  () => new (class Later extends Promise {})(() => {}),
  () => (function* () {})(),
  () => [].values(),
  () => new Map().keys(),
  () =>
    (function () {
      return arguments;
    })(1),
];

/** Objects whose insides are the runtime's; `ports` collects those that must be closed. */
const HOSTS = [
  () => new DOMException('gone', 'AbortError'),
  () => createSecretKey(Buffer.from('secret')),
  () => new BlockList(),
  () => new SocketAddress({ port: 80 }),
  () => new Blob(['text']),
  () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
  (ports) => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port2);
    return port1;
  },
];

/** One graph under construction: how many objects are `left` to make, the `objects` and `buffers` made so far. */
function builder(seed) {
  const { below, chance, pick } = randomOf(seed);
  const objects = [];
  const buffers = [];
  const hosts = [];
  const ports = [];
  const refuses = chance(30);
  const hosted = chance(25);
  let left = chance(5) ? 150 : 1 + below(25);

  const text = () => {
    if (chance(70)) return pick(TEXTS);
    return chance(50) ? pick(TEXTS) + pick(TEXTS) : (pick(TEXTS) + 'sliced'.repeat(5)).slice(below(4));
  };
  const number = () => (chance(60) ? below(1000) - 500 : pick(NUMBERS));
  const key = () => (chance(30) ? `key${below(20)}` : pick(KEYS));

  const primitive = () => {
    const kinds = [number, number, text, text, () => chance(50), () => null, () => undefined, () => pick(BIGINTS)];
    return pick(kinds)();
  };

  const kept = (object) => (objects.push(object), object);

  const fill = (object, count) => {
    for (let index = 0; index < count; index++) {
      const name = key();
      if (name !== 'length' || !Array.isArray(object)) set(object, name, value());
    }
    return object;
  };

  const buffer = () => {
    if (buffers.length > 0 && chance(60)) return pick(buffers);
    const byteLength = pick([0, 1, 8, 16, 24, 64, 100]);
    const Type = hosted && chance(40) ? SharedArrayBuffer : ArrayBuffer;
    const made = chance(20) ? new Type(byteLength, { maxByteLength: byteLength + below(32) }) : new Type(byteLength);
    new Uint8Array(made).forEach((_, index, bytes) => (bytes[index] = below(256)));
    buffers.push(made);
    return kept(made);
  };

  const view = () => {
    const Type = pick(VIEWS);
    const on = buffer();
    const size = Type.BYTES_PER_ELEMENT ?? 1;
    const offset = Math.min(below(4) * size, Math.floor(on.byteLength / size) * size);
    const room = Math.floor((on.byteLength - offset) / size);
    if ((on.byteLength - offset) % size === 0 && chance(on.resizable ? 50 : 30)) return kept(new Type(on, offset));
    return kept(new Type(on, offset, below(room + 1)));
  };

  const error = () => {
    const Type = pick(ERRORS);
    const made = kept(Type === AggregateError ? new Type([], text()) : new Type(text()));
    made.stack = `stack of ${below(10)}`;
    if (chance(20)) delete made.message;
    if (chance(20)) delete made.stack;
    if (chance(30)) Object.defineProperty(made, 'cause', { value: value(), configurable: true, writable: true });
    if (chance(20)) made.name = pick(['TypeError', 'Error', 'CustomError', '', 'RangeError']);
    if (chance(10)) Object.setPrototypeOf(made, pick([null, Object.prototype, SyntaxError.prototype]));
    if (chance(20)) fill(made, 1);
    return made;
  };

  const list = () => {
    const made = kept(chance(10) ? new (class List extends Array {})() : []);
    const length = chance(10) ? below(60) : below(6);
    const only = pick([value, value, value, number, () => below(100), () => below(9) / 4, text, primitive]);
    const holes = chance(25);
    for (let index = 0; index < length; index++) {
      if (holes && chance(40)) made.length++;
      else made[index] = only();
    }
    if (chance(5)) made.length += 1 + below(4000);
    if (chance(15)) fill(made, 1 + below(3));
    return made;
  };

  const plain = () => {
    const made = kept(pick([() => ({}), () => ({}), () => ({}), () => Object.create(null), () => new Instance()])());
    fill(made, chance(5) ? 40 : below(6));
    if (chance(8)) Object.defineProperty(made, key(), { value: () => {}, enumerable: false, configurable: true });
    if (chance(8)) made[Symbol('dropped')] = () => {};
    if (chance(8)) {
      const read = value();
      Object.defineProperty(made, key(), { get: () => read, enumerable: true, configurable: true });
    }
    if (refuses && chance(3)) {
      const get = () => {
        throw new RangeError('thrown by a getter');
      };
      Object.defineProperty(made, key(), { get, enumerable: true, configurable: true });
    }
    return made;
  };

  const alike = () => {
    const keys = Array.from({ length: 1 + below(4) }, key);
    return kept(
      Array.from({ length: 2 + below(6) }, () => keys.reduce((made, name) => set(made, name, primitive()), {})),
    );
  };

  const map = () => {
    const made = kept(new Map());
    for (let count = below(5); count > 0; count--) made.set(value(), value());
    return chance(10) ? Object.setPrototypeOf(made, pick([null, Object.prototype, Set.prototype])) : made;
  };

  const collection = () => {
    const made = kept(new Set());
    for (let count = below(5); count > 0; count--) made.add(value());
    return made;
  };

  const slotted = () =>
    kept(
      pick([
        () => new Date(pick([0, -0, 1.5, NaN, 8.64e15, -1, 1_700_000_000_000])),
        () => new RegExp(pick(SOURCES), pick(['', 'g', 'gi', 'su', 'y', 'dm'])),
        () => Object(pick([true, false, number(), text(), pick(BIGINTS)])),
        () => Buffer.from(new Uint8Array([1, 2, 3, below(256)]).buffer, below(3)),
      ])(),
    );

  function value() {
    if (objects.length > 0 && chance(15)) return pick(objects);
    if (left <= 0 || chance(45)) return primitive();
    return object();
  }

  const host = () => {
    const made = pick(HOSTS)(ports);
    hosts.push(made);
    return kept(made);
  };

  function object() {
    left--;
    if (hosted && chance(15)) return host();
    if (refuses && chance(10)) return pick(REFUSED)();
    const made = pick([
      plain,
      plain,
      plain,
      list,
      list,
      alike,
      map,
      collection,
      error,
      slotted,
      slotted,
      view,
      buffer,
    ])();
    if (chance(5) && !ArrayBuffer.isView(made)) Object.freeze(made);
    return made;
  }

  return { object, objects, buffers, hosts, ports, hosted, chance };
}

/**
 * The graph of `seed`, and what its post is to transfer: usually what can be moved.
 * @param {number} seed
 * @param {number} [part] the number of an object in it, to have that one, with what hangs on it, instead of the whole
 */
function graph(seed, part) {
  const { object, objects, buffers, hosts, ports, hosted, chance } = builder(seed);
  const root = object();
  const isMovable = (item) => item instanceof ArrayBuffer || (typeof item.postMessage === 'function' && chance(90));
  const transferList = [...buffers, ...hosts].filter((item) =>
    isMovable(item) ? chance(hosted ? 50 : 15) : chance(1),
  );
  return {
    value: part === undefined ? root : objects[part],
    parts: objects.length,
    buffers,
    transferList,
    hosted,
    /** To be called when it has been posted. */
    done: () => ports.forEach((port) => port.close()),
  };
}

module.exports = { graph };
