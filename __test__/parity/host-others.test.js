'use strict';

// Everything else that the runtime makes: what it clones arrives alike, what it refuses is refused alike.

const { same } = require('../support/scenario');
const { describe } = require('../support/describe');

const others = {
  'web objects': () => [
    ...[new URL('http://a/b?c#d'), new URLSearchParams('a=1'), new Headers({ a: '1' }), new FormData()],
    ...[new Request('http://a/'), new Response('text'), new TextEncoder(), new TextDecoder(), performance],
    ...[new AbortController(), new MessageEvent('message', { data: 1 }), new Event('x')],
    ...[new CompressionStream('gzip'), new DecompressionStream('gzip'), new TextEncoderStream()],
    ...[new ByteLengthQueuingStrategy({ highWaterMark: 1 }), new CountQueuingStrategy({ highWaterMark: 1 })],
    ...[crypto, crypto.subtle, globalThis.navigator, globalThis.WebSocket?.prototype, new FormData().entries()],
  ],
  'EventTargets and their subclasses': () => [
    new EventTarget(),
    new (class Own extends EventTarget {
      field = 1;
    })(),
    new (class Deep extends class extends EventTarget {} {
      list = [1, new Date(0)];
    })(),
    new (class OwnEvent extends Event {
      field = { a: 1 };
    })('x'),
  ],
  'subclasses of host classes': () => [
    new (class OwnBlob extends Blob {
      field = 1;
    })(['x']),
    new (class OwnUrl extends URL {
      field = 1;
    })('http://a/'),
    new (class OwnException extends DOMException {
      field = 1;
    })('x', 'AbortError'),
    new (class OwnMemory extends SharedArrayBuffer {
      field = 1;
    })(4),
    new (class OwnModule extends WebAssembly.Module {
      field = 1;
    })(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
  ],
  'objects with changed prototypes': () => [
    Object.setPrototypeOf({ a: 1 }, Blob.prototype),
    Object.setPrototypeOf({ a: 1 }, new Blob(['x'])),
    Object.setPrototypeOf({ a: 1 }, URL.prototype),
    Object.setPrototypeOf(new SharedArrayBuffer(2), null),
    Object.setPrototypeOf({ a: 1 }, SharedArrayBuffer.prototype),
    Object.setPrototypeOf({ a: 1 }, EventTarget.prototype),
    Object.setPrototypeOf({ a: 1 }, WebAssembly.Module.prototype),
    Object.setPrototypeOf({ a: 1 }, Promise.prototype),
    Object.setPrototypeOf({ a: 1 }, Map.prototype),
  ],
  'objects of Node': () => {
    const [events, fs, http, zlib, vm, net, async_hooks, stream, cryptography, perf, util, v8, string] = [
      ...['events', 'fs', 'http', 'zlib', 'vm', 'net', 'async_hooks', 'stream', 'crypto', 'perf_hooks', 'util', 'v8'],
      'string_decoder',
    ].map((name) => require(`node:${name}`));
    const entry = perf.performance.mark('parity');
    Object.defineProperty(entry, 'startTime', { value: 1 });
    return [
      ...[
        new events.EventEmitter(),
        fs.statSync('/').constructor.prototype,
        new fs.Dirent('a', 1, '/'),
        new net.Socket(),
      ],
      ...[new http.Agent(), zlib.createGzip(), new vm.Script('1'), vm.createContext({ a: 1 }), new stream.Readable()],
      ...[new async_hooks.AsyncLocalStorage(), new async_hooks.AsyncResource('X'), entry, new util.TextDecoder()],
      ...[cryptography.createHash('sha256'), cryptography.createHmac('sha256', 'k'), cryptography.webcrypto],
      ...[new v8.Serializer(), new string.StringDecoder(), new util.MIMEType('text/plain'), new events.EventEmitter()],
      ...[new perf.PerformanceObserver(() => {}), net, fs.constants, process.versions, process.release],
    ];
  },
  'objects of the engine': () => [
    ...[Math, JSON, Reflect, Intl, Atomics, WebAssembly, new Intl.DateTimeFormat('en'), new Intl.Collator()],
    ...[new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)))],
    ...[globalThis.Iterator?.from?.([1]), globalThis.Temporal?.Now, globalThis.DisposableStack?.prototype],
  ],
};

for (const [title, values] of Object.entries(others)) {
  same(`${title} arrive, or are refused`, ({ log, attempt, trip }) => {
    const shown = (fn) => {
      const seen = attempt(fn);
      // A text with the time, or with a path, would differ from run to run.
      return JSON.stringify(seen).length > 20_000 ? 'much' : seen;
    };
    values().forEach((value, index) => {
      log(
        index,
        shown(() => describe(trip(value))),
        shown(() => describe(trip({ deep: [value, value] }))),
        shown(() => describe(trip(new Map([[value, 1]]), [value]))),
      );
    });
  });
}
