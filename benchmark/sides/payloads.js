// What people send, one row each, for measuring what a message costs its sender and what it costs its receiver.
'use strict';

const { bytes, chain, classNode, fields, flat, list, mixedText, path } = require('./values');
const { plainNode, syntaxTree, text, tree } = require('./values');

/**
 * @typedef {object} Payload
 * @property {string} name
 * @property {number} count messages a round: few enough that it is over in half a millisecond, where a message does not take longer, so
 *   that on a shared machine nobody else runs meanwhile
 * @property {(seed: number, threads: typeof import('node:worker_threads')) => any} make a value that has nothing in common
 *   with another call's
 * @property {(value: any) => any[]} [moved] the transfer list for it
 * @property {(value: any) => unknown} [drop] frees what arrived
 * @property {true} [isRefused] it cannot be sent, and has no receiver
 * @property {Floor} [floor] instead of the one for all
 * @property {'small messages' | 'trees and records'} [group] with a mean of its own
 *
 * @typedef {{ post?: number, receive?: number, both?: number }} Floor as ratios to the built-in
 */

/** For each payload, unless it says otherwise. */
const FLOOR = { post: 0.95, receive: 0.95 };

const SMALL = /** @type {const} */ ({ group: 'small messages', floor: { ...FLOOR, both: 3 } });
const TREE = /** @type {const} */ ({ group: 'trees and records', floor: { ...FLOOR, both: 1.8 } });
const LONG = { ...FLOOR, both: 2.5 };

class Point {
  /**
   * @param {number} x
   * @param {number} y
   */
  constructor(x, y) {
    this.x = x;
    this.y = y;
    this.label = `point ${x}`;
  }
}

/** @type {(id: number) => object} */
const smallObject = (id) => ({ id, type: 'update', payload: { x: id + 0.5, y: -2, name: `thing ${id}` }, ok: true });

/** @type {(id: number) => object} */
const rpcRequest = (id) => ({
  jsonrpc: '2.0',
  id,
  method: 'textDocument/rename',
  params: {
    textDocument: { uri: flat('file:///home/user/project/main-', id, '.c'), version: 3 },
    position: { line: id, character: 34 },
    newName: 'counter',
    dryRun: false,
    limit: null,
  },
});

/** @type {(id: number) => object} */
const order = (id) => ({
  customer: `customer ${id}`,
  currency: 'EUR',
  items: [
    { sku: 'A-1', quantity: (id % 5) + 1, price: 4.5 },
    { sku: 'B-2', quantity: 1, price: 12 },
  ],
});

/** @type {(id: number) => object} */
const logLine = (id) => ({
  level: 30,
  time: 1.7e12 + id,
  pid: 4711,
  hostname: 'web-1',
  reqId: `req-${id}`,
  req: { method: 'GET', url: `/item/${id}`, remotePort: 40_000 + id },
  responseTime: id / 8,
  msg: 'request completed',
});

/** @type {(seed: number) => object[]} */
const records = (seed) =>
  list(1000, (id) => ({
    id,
    name: `record ${id}`,
    score: (seed + id) / 7,
    active: id % 3 === 0,
    group: `g${id % 7}`,
  }));

/** @type {(seed: number, sources: number) => object} */
const sourceMap = (seed, sources) => ({
  version: 3,
  file: `bundle-${seed}.js`,
  sources: list(sources, (index) => path(seed + index)),
  sourcesContent: list(sources, (index) => text(2000, index)),
  names: list(sources * 8, (index) => `name${index}`),
  mappings: text(sources * 1200, seed, 'AAAA,SAASA,GAAG,CAACC,IAAI;EACf,OAAOA,KAAK,CAACC;IAEpB'),
});

/** @type {(seed: number) => object} as ESLint has it for a file */
const lintResult = (seed) => ({
  filePath: path(seed),
  messages: list(8, (index) => ({
    ruleId: index % 2 ? 'no-unused-vars' : 'prefer-const',
    severity: 2,
    message: flat("'value", index, "' is assigned a value but never used."),
    line: seed + index,
    column: 7,
    nodeType: 'Identifier',
    messageId: 'unusedVar',
    endLine: seed + index,
    endColumn: 12,
    fix: index % 2 ? undefined : { range: [index, index + 3], text: 'const' },
  })),
  suppressedMessages: [],
  errorCount: 8,
  fatalErrorCount: 0,
  warningCount: 0,
  fixableErrorCount: 4,
  fixableWarningCount: 0,
  usedDeprecatedRules: [],
});

/** @type {(seed: number) => object[]} as ESLint's threads hand in all that they have, with what it took */
const lintResults = (seed) =>
  Object.assign(
    list(10, (index) => ({ ...lintResult(seed + index), index })),
    { netLintingDuration: 10n ** 9n + BigInt(seed) },
  );

/** @type {(seed: number) => object} as compilers and type checkers have them for a file */
const diagnostics = (seed) => ({
  fileName: path(seed),
  diagnostics: list(5, (index) => ({
    code: 2322,
    category: 1,
    start: seed + index * 40,
    length: 12,
    messageText: {
      messageText: flat("Type 'string' is not assignable to type 'number", index, "'."),
      category: 1,
      code: 2322,
      next: [{ messageText: "Types of property 'id' are incompatible.", category: 1, code: 2326, next: undefined }],
    },
    relatedInformation: undefined,
    source: undefined,
  })),
});

/** @type {(seed: number) => object} as V8 counts them for the tests of a file */
const coverage = (seed) => ({
  result: list(4, (script) => ({
    scriptId: `${seed + script}`,
    url: flat('file://', path(seed + script)),
    functions: list(20, (index) => ({
      functionName: `fn${index}`,
      ranges: list(3, (range) => ({ startOffset: index * 100 + range, endOffset: index * 100 + 90, count: range })),
      isBlockCoverage: true,
    })),
  })),
});

/** @type {(seed: number) => object} as Vitest's workers tell what has become of tests */
const taskUpdate = (seed) => ({
  t: 'q',
  i: `call${seed}`,
  m: 'onTaskUpdate',
  a: [
    list(10, (index) => [
      `${1_000_000 + seed}_${index}`,
      { state: 'pass', startTime: 1.7e12 + index, duration: index / 3, retryCount: 0, repeatCount: 0 },
      {},
    ]),
    list(10, (index) => [`${1_000_000 + seed}_${index}`, 'test-finished', undefined]),
  ],
});

/** @type {(seed: number) => object} as a server hands it to a renderer */
const httpRequest = (seed) => ({
  method: 'POST',
  url: flat('/api/customers/', seed, '/orders?page=2&limit=50'),
  headers: {
    host: 'shop.example.org',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0',
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'accept-language': 'en-US,en;q=0.5',
    'accept-encoding': 'gzip, deflate, br',
    cookie: flat('session=', 1e15 + seed, '; theme=dark; consent=all'),
    'content-type': 'application/json',
    'content-length': '512',
  },
  query: { page: '2', limit: '50' },
  body: text(512, seed),
});

/** @type {(seed: number) => object} as build tools hand it to their workers */
const options = (seed) => ({
  cwd: flat('/home/user/project-', seed),
  mode: 'production',
  env: fields(40, 'npm_config_key_', (index) => `value ${index}`),
  resolve: {
    alias: fields(6, '@alias', (index) => path(index)),
    extensions: ['.ts', '.tsx', '.mjs', '.js', '.jsx', '.json'],
    conditions: ['import', 'module', 'node'],
  },
  build: { target: ['es2022'], minify: true, sourcemap: true, outDir: 'dist', assetsInlineLimit: 4096 },
  define: { 'process.env.NODE_ENV': '"production"', __DEV__: 'false' },
  plugins: list(8, (index) => ({ name: `plugin-${index}`, enforce: index % 2 ? 'pre' : undefined, options: {} })),
});

/** @type {(seed: number) => object} as JSON has it: the engine keeps it as an object, not as a table of keys */
const wideObject = (seed) => JSON.parse(JSON.stringify(fields(1000, 'name', (index) => seed + index)));

/** @type {(seed: number) => Map<string, object>} */
const moduleGraph = (seed) =>
  new Map(
    list(50, (index) => [
      path(seed + index),
      { imports: new Set(list(4, (other) => path(other))), size: 1000 + index, isEntry: index === 0 },
    ]),
  );

/** @type {(seed: number) => object} */
const builtins = (seed) => ({
  at: new Date(1.7e12 + seed),
  map: new Map([
    ['a', seed],
    ['b', 2],
  ]),
  set: new Set([1, 2, seed]),
  big: 123456789012345678901234567890n + BigInt(seed),
});

/** @param {number} seed */
const failure = (seed) => {
  const error = new RangeError(`step ${seed} failed`);
  return Object.assign(error, { code: 'ERR_STEP' });
};

/** @param {number} seed */
const wrappedFailure = (seed) => new TypeError('the build failed', { cause: new RangeError(`step ${seed} failed`) });

/** @type {Payload[]} */
const PAYLOADS = [
  { name: 'number', count: 1000, make: (seed) => seed, ...SMALL },
  { name: 'double', count: 1000, make: (seed) => seed + 0.5 },
  { name: 'boolean', count: 1000, make: (seed) => seed % 2 === 0 },
  { name: 'word', count: 1000, make: (seed) => (seed % 2 ? 'ready' : 'done') },
  { name: 'string of 64', count: 1000, make: (seed) => text(64, seed) },
  { name: 'string of 1 KiB', count: 500, make: (seed) => text(2 ** 10, seed) },
  { name: 'string of 1 KiB, two-byte', count: 500, make: (seed) => mixedText(2 ** 10, seed) },
  { name: 'BigInt', count: 1000, make: (seed) => 2n ** 60n + BigInt(seed) },
  { name: 'small object', count: 500, make: smallObject, ...SMALL },
  { name: 'RPC request', count: 250, make: rpcRequest, ...SMALL },
  { name: 'RPC answer', count: 500, make: (id) => ({ jsonrpc: '2.0', id, result: { changes: id, applied: true } }) },
  {
    name: 'Piscina task',
    count: 250,
    make: (taskId) => ({ task: order(taskId), taskId, filename: path(1), name: 'price', histogramEnabled: 0 }),
    ...SMALL,
  },
  {
    name: 'Piscina answer',
    count: 500,
    make: (taskId) => ({ taskId, result: { currency: 'EUR', total: taskId }, error: null, time: null }),
  },
  { name: 'jest-worker call', count: 500, make: (seed) => [1, false, 'transform', [path(seed), { cache: true }]] },
  { name: 'jest-worker answer', count: 500, make: (seed) => [0, { changed: seed, errors: [] }, undefined] },
  {
    name: 'Comlink call',
    count: 250,
    make: (seed) => ({
      id: flat('1a2b3c-4d5e6f-7a8b9c-', 100_000 + seed),
      type: 'APPLY',
      path: ['prices', 'of'],
      argumentList: [{ type: 'RAW', value: seed }],
    }),
  },
  { name: 'log line', count: 250, make: logLine, ...SMALL },
  { name: 'HTTP request', count: 100, make: httpRequest },
  { name: 'object with Date, Map, Set, BigInt', count: 200, make: builtins },
  { name: 'test results', count: 50, make: taskUpdate },
  { name: 'lint result', count: 50, make: lintResult },
  { name: 'lint results of a thread', count: 5, make: lintResults },
  { name: 'diagnostics', count: 50, make: diagnostics },
  { name: 'options of a build', count: 50, make: options },
  { name: 'coverage', count: 5, make: coverage },
  { name: 'tree of 364', count: 5, make: (seed) => tree(5, seed), ...TREE },
  { name: 'syntax tree', count: 5, make: (seed) => syntaxTree(plainNode, 6, seed), ...TREE },
  { name: 'syntax tree, instances', count: 10, make: (seed) => syntaxTree(classNode, 6, seed), ...TREE },
  { name: '1,000 records', count: 1, make: records, ...TREE },
  { name: '50 instances', count: 40, make: (seed) => list(50, (index) => new Point(seed + index, index)) },
  {
    name: '1,000 strings',
    count: 5,
    make: (seed) => list(1000, (index) => flat('item number ', 10_000 + seed + index)),
  },
  { name: '200 paths', count: 20, make: (seed) => list(200, (index) => path(seed + index)) },
  { name: 'source text', count: 40, make: (seed) => text(30_000, seed) },
  { name: 'code and map', count: 10, make: (seed) => ({ code: text(12_000, seed), map: sourceMap(seed, 3) }) },
  { name: 'source map', count: 10, make: (seed) => sourceMap(seed, 10) },
  { name: 'module graph', count: 5, make: moduleGraph },
  { name: 'string of 64 KiB', count: 20, make: (seed) => text(2 ** 16, seed) },
  { name: 'string of 1 MiB', count: 2, make: (seed) => text(2 ** 20, seed), floor: LONG },
  { name: 'string of 1 MiB, two-byte', count: 1, make: (seed) => mixedText(2 ** 20, seed), floor: LONG },
  { name: 'matrix of 50x50', count: 8, make: (seed) => list(50, (y) => list(50, (x) => seed + x * y + 0.5)) },
  { name: '1,000 doubles', count: 20, make: (seed) => list(1000, (index) => seed + index + 0.5) },
  { name: '1,000 integers', count: 50, make: (seed) => list(1000, (index) => seed + index) },
  { name: '100 arrays of 10', count: 20, make: (seed) => list(100, (y) => list(10, (x) => seed + x * y)) },
  {
    name: '100 rows of text',
    count: 10,
    make: (seed) => list(100, (y) => list(6, (x) => `r${(seed + y) % 97} c${x}`)),
  },
  { name: '100 Dates', count: 40, make: (seed) => list(100, (index) => new Date(1.7e12 + seed + index)) },
  { name: '1,000 booleans', count: 40, make: (seed) => list(1000, (index) => (seed + index) % 3 === 0) },
  { name: '1,000 BigInts', count: 10, make: (seed) => list(1000, (index) => 2n ** 60n + BigInt(seed + index)) },
  { name: 'mixed array', count: 200, make: (seed) => [seed, 'two', 3.5, null, true, { x: seed }, [2], undefined] },
  { name: 'object of 1,000 keys', count: 2, make: wideObject },
  { name: 'dictionary of 1,000 keys', count: 2, make: (seed) => fields(1000, 'key', (index) => seed + index) },
  { name: 'chain of 1,000', count: 1, make: (seed) => chain(1000, seed) },
  { name: 'Map of 1,000', count: 5, make: (seed) => new Map(list(1000, (index) => [`key ${index}`, seed + index])) },
  { name: 'Set of 1,000', count: 10, make: (seed) => new Set(list(1000, (index) => seed + index)) },
  { name: 'error', count: 100, make: failure },
  { name: 'error with a cause', count: 100, make: wrappedFailure },
  { name: 'Uint8Array of 1 KiB', count: 200, make: (seed) => bytes(2 ** 10, seed) },
  { name: 'object with 4 KiB of bytes', count: 100, make: (seed) => ({ id: seed, data: bytes(2 ** 12, seed) }) },
  { name: 'Uint8Array of 64 KiB', count: 20, make: (seed) => bytes(2 ** 16, seed) },
  { name: 'Uint8Array of 1 MiB', count: 2, make: (seed) => bytes(2 ** 20, seed) },
  { name: 'Float64Array of 1,000', count: 50, make: (seed) => new Float64Array(1000).fill(seed + 0.5) },
  { name: 'Buffer of 100 bytes', count: 200, make: (seed) => Buffer.from(text(100, seed)) },
  {
    name: 'SharedArrayBuffer in an object',
    count: 100,
    make: (id) => ({ id, memory: new SharedArrayBuffer(1024), from: 0, to: 1024 }),
  },
];

/** @type {(size: number, count: number, name: string) => Payload} */
const movedBuffer = (size, count, name) => ({
  name: `ArrayBuffer of ${name}, moved`,
  count,
  make: () => new ArrayBuffer(size),
  moved: (buffer) => [buffer],
});

/** @type {Payload[]} whose values are handed over, not copied */
const MOVED = [
  movedBuffer(2 ** 6, 100, '64 bytes'),
  movedBuffer(2 ** 16, 50, '64 KiB'),
  movedBuffer(2 ** 24, 4, '16 MiB'),
  {
    name: 'MessagePort, moved',
    count: 25,
    make: (_, { MessageChannel }) => new MessageChannel().port1,
    moved: (port) => [port],
    drop: (port) => port.close(),
    floor: { post: 0.9, receive: 0.9 },
  },
  {
    name: 'request with a port, moved',
    count: 25,
    make: (id, { MessageChannel }) => ({ id, args: ['format', 'code'], port: new MessageChannel().port1 }),
    moved: ({ port }) => [port],
    drop: ({ port }) => port.close(),
    floor: { post: 0.9, receive: 0.9 },
  },
];

/** @type {Payload[]} of which there is no receiver */
const REFUSED = [
  { name: 'function, refused', make: () => () => {} },
  {
    name: 'object with a function, refused',
    make: (/** @type {number} */ seed) => ({ ...smallObject(seed), done() {} }),
  },
  {
    name: 'getter that throws, refused',
    make: (/** @type {number} */ id) => ({
      id,
      get value() {
        throw new Error('no value');
      },
    }),
  },
  { name: 'options with a function, refused', make: (/** @type {number} */ seed) => ({ ...options(seed), done() {} }) },
].map((row) => ({ count: 50, isRefused: true, floor: { post: 0.8 }, ...row }));

module.exports = { FLOOR, PAYLOADS: [...PAYLOADS, ...MOVED, ...REFUSED] };
