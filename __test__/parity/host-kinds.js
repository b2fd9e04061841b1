'use strict';

// Objects whose insides are the runtime's: how to make one, and what to show of one that has arrived.

const crypto = require('node:crypto');
const fs = require('node:fs');
const net = require('node:net');
const { createHistogram, monitorEventLoopDelay } = require('node:perf_hooks');
const util = require('node:util');
const { MessageChannel, receiveMessageOnPort } = require('node:worker_threads');

const certificate = `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUJX3OCNebFdR9SzDWTHf9kXdY95AwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJZmVycm9wb3J0MCAXDTI2MTEyMDEyMDAwOFoYDzIxMjYxMDI3
MTIwMDA4WjAUMRIwEAYDVQQDDAlmZXJyb3BvcnQwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATAvwOOx/BPPyESZknb7CbWWpNuAo7kOYjuCyTDhqHdQu/6bqDCUlrb
TtrNAu+WO+fK7DOMka6BuXESo+M39M2ao1MwUTAdBgNVHQ4EFgQUk0eRveIjl68I
7WIgdhfNwpl3bR4wHwYDVR0jBBgwFoAUk0eRveIjl68I7WIgdhfNwpl3bR4wDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEApXbKFTtNE2WeBz40Hbow
mjKT82QEr2a/UIKq5ZxBghICIG+dZIo0p3YXx8Tp8EkcstjE7ZFQXimw79awY0fO
+kNA
-----END CERTIFICATE-----`;

/** The module `(module (func (export "f") (result i32) i32.const 42))`. */
const wasm = Uint8Array.of(
  ...[
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 6, 1, 4, 0, 65, 42, 11,
  ],
);

const shared = (length, options) => {
  const buffer = new SharedArrayBuffer(length, options);
  new Uint8Array(buffer).forEach((_, index, bytes) => (bytes[index] = index * 7 + 1));
  return buffer;
};

const bytesOf = (buffer) => [
  Object.prototype.toString.call(buffer),
  buffer.byteLength,
  buffer.growable,
  buffer.growable ? buffer.maxByteLength : 0,
  Buffer.from(buffer).toString('hex'),
];

const viewOf = (view) => [view.constructor.name, view.byteOffset, view.byteLength, ...bytesOf(view.buffer)];

/** What a view shows when its buffer has grown. */
const growing = (view) => {
  const before = viewOf(view);
  if (view.buffer.byteLength < view.buffer.maxByteLength) view.buffer.grow(view.buffer.byteLength + 4);
  return [before, viewOf(view)];
};

const keyOf = (key) => [
  key.constructor.name,
  key instanceof crypto.KeyObject,
  key.type,
  key.asymmetricKeyType,
  key.export(key.type === 'secret' ? undefined : { format: 'pem', type: key.type === 'public' ? 'spki' : 'pkcs8' }),
];

const pair = crypto.generateKeyPairSync('ed25519');

const histogramOf = (histogram) => [
  histogram.constructor.name,
  ...[histogram.count, histogram.min, histogram.max, histogram.percentile(50), typeof histogram.record],
  [typeof histogram.enable, typeof histogram.disable],
];

const textOf = async (blob) => [blob.constructor.name, blob.size, blob.type, blob.name, await blob.text()];

const signalOf = (signal) => [signal.constructor.name, signal.aborted, signal.reason];

async function chunksOf(readable) {
  const chunks = [];
  for await (const chunk of readable) chunks.push(chunk);
  return [readable.constructor.name, chunks];
}

/**
 * @typedef {object} Kind
 * @property {() => any} make one, or a promise of one
 * @property {(arrived: any) => unknown} show plain data, or a promise of it
 * @property {(object: any) => unknown} [left] what is left of one that was posted
 * @property {boolean} [losable] whether it may arrive where nobody sees it
 */

/** @type {Record<string, Kind>} */
const kinds = {
  SharedArrayBuffer: { make: () => shared(24), show: bytesOf },
  'empty SharedArrayBuffer': { make: () => shared(0), show: bytesOf },
  'growable SharedArrayBuffer': { make: () => shared(8, { maxByteLength: 32 }), show: bytesOf },
  'view over shared memory': { make: () => new Int32Array(shared(24), 4, 3), show: viewOf },
  'Buffer over shared memory': { make: () => Buffer.from(shared(24), 4, 3), show: viewOf },
  'DataView over shared memory': { make: () => new DataView(shared(24), 5), show: viewOf },
  'view that follows growable memory': {
    make: () => new Uint8Array(shared(8, { maxByteLength: 32 }), 4),
    show: growing,
  },
  'DataView that follows growable memory': {
    make: () => new DataView(shared(8, { maxByteLength: 32 }), 1),
    show: growing,
  },
  'view of fixed length over growable memory': {
    make: () => new Uint16Array(shared(8, { maxByteLength: 32 }), 4, 2),
    show: growing,
  },
  'WebAssembly.Module': {
    make: () => new WebAssembly.Module(wasm),
    show: (module) => [module.constructor.name, new WebAssembly.Instance(module).exports.f()],
  },
  'shared WebAssembly.Memory': {
    make: () => new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }),
    show: (memory) => [memory.constructor.name, memory.buffer.constructor.name, memory.buffer.byteLength],
  },
  CryptoKey: {
    make: () => crypto.subtle.importKey('raw', Buffer.alloc(16, 7), 'AES-GCM', true, ['encrypt', 'decrypt']),
    show: async (key) => [
      ...[key.constructor.name, key.type, key.extractable, key.algorithm, key.usages],
      Buffer.from(await crypto.subtle.exportKey('raw', key)).toString('hex'),
    ],
  },
  'secret KeyObject': { make: () => crypto.createSecretKey(Buffer.from('secret')), show: keyOf },
  'public KeyObject': { make: () => pair.publicKey, show: keyOf },
  'private KeyObject': { make: () => pair.privateKey, show: keyOf },
  X509Certificate: {
    make: () => new crypto.X509Certificate(certificate),
    show: (arrived) => [arrived.constructor.name, arrived.subject, arrived.fingerprint256],
  },
  FileHandle: {
    make: () => fs.promises.open(__filename),
    show: async (handle) => {
      const { buffer } = await handle.read(Buffer.alloc(12), 0, 12, 0);
      await handle.close();
      return [handle.constructor.name, buffer.toString()];
    },
    left: (handle) => {
      const { fd } = handle;
      handle.close().catch(() => {});
      return fd < 0;
    },
    // Lost on the way, it would be closed by the garbage collector, which Node 26 takes for an error.
    losable: false,
  },
  'recordable Histogram': {
    make: () => {
      const histogram = createHistogram();
      for (const value of [1, 5, 9, 9, 12]) histogram.record(value);
      return histogram;
    },
    show: (histogram) => {
      const before = histogramOf(histogram);
      histogram.record(3);
      return [before, histogramOf(histogram)];
    },
    left: histogramOf,
  },
  'Histogram of monitorEventLoopDelay': { make: () => monitorEventLoopDelay(), show: histogramOf },
  BlockList: {
    make: () => {
      const list = new net.BlockList();
      list.addRange('10.0.0.1', '10.0.0.10');
      list.addSubnet('2001:db8::', 32, 'ipv6');
      return list;
    },
    show: (list) => [
      list.constructor.name,
      list.rules,
      ['10.0.0.5', '10.0.0.11'].map((address) => list.check(address)),
    ],
    left: (list) => list.rules,
  },
  SocketAddress: {
    make: () => new net.SocketAddress({ address: '::1', port: 80, family: 'ipv6', flowlabel: 3 }),
    show: ({ constructor, address, port, family, flowlabel }) => [constructor.name, address, port, family, flowlabel],
  },
  Blob: { make: () => new Blob(['some ', 'text'], { type: 'text/plain' }), show: textOf },
  'sliced Blob': { make: () => new Blob(['0123456789']).slice(2, 5), show: textOf },
  File: { make: () => new File(['text'], 'name.txt', { type: 'text/x', lastModified: 7 }), show: textOf },
  DOMException: {
    make: () => new DOMException('gone', 'AbortError'),
    show: (error) => [error.constructor.name, error.name, error.message, error.code],
  },
  ReadableStream: {
    make: () =>
      new ReadableStream({
        start(controller) {
          controller.enqueue('one');
          controller.enqueue({ two: new Map([[2, 2]]) });
          controller.close();
        },
      }),
    show: chunksOf,
    left: (stream) => stream.locked,
  },
  WritableStream: {
    make: () => new WritableStream({}),
    show: async (stream) => {
      const writer = stream.getWriter();
      await writer.write('written');
      return [stream.constructor.name, await writer.close()];
    },
    left: (stream) => stream.locked,
  },
  TransformStream: {
    make: () => new TransformStream({ transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()) }),
    show: async (stream) => {
      const writer = stream.writable.getWriter();
      writer.write('text').then(() => writer.close());
      return [stream.constructor.name, await chunksOf(stream.readable)];
    },
    left: (stream) => [stream.readable.locked, stream.writable.locked],
  },
  'transferable AbortSignal': {
    make: () => util.transferableAbortController().signal,
    show: signalOf,
    left: signalOf,
  },
  'aborted transferable AbortSignal': {
    make: () => util.transferableAbortSignal(AbortSignal.abort({ reason: [1] })),
    show: signalOf,
    left: signalOf,
  },
  AbortSignal: { make: () => new AbortController().signal, show: signalOf, left: signalOf },
  'port of Node': {
    make: () => {
      const { port1, port2 } = new MessageChannel();
      port2.postMessage('waiting');
      port1.other = port2;
      return port1;
    },
    show: (port) => {
      const received = [receiveMessageOnPort(port), receiveMessageOnPort(port)];
      port.close();
      return received;
    },
    left: (port) => port.other.close(),
  },
};

/**
 * Closes what must not be left to the garbage collector, in a value that has arrived.
 * @template T
 * @param {T} value
 * @returns {T}
 */
function release(value, seen = new Set()) {
  if (typeof value !== 'object' || value === null || seen.has(value)) return value;
  seen.add(value);
  if (value.constructor?.name === 'FileHandle') value.close().catch(() => {});
  else if (typeof value.postMessage === 'function') value.close();
  else for (const key of Object.keys(value)) release(value[key], seen);
  return value;
}

module.exports = { kinds, release };
