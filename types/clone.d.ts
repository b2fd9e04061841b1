// What can be sent, the error of what cannot, and values as bytes.

/// <reference types="node" />

import * as node from 'node:worker_threads';
import { MessagePort } from './message-port';

// Only what is marked `export` is exported.
export {};

/**
 * What may stand in a transfer list: it moves to the receiver and is unusable in the sender afterwards.
 *
 * - `ArrayBuffer`: its memory moves without copying, whatever its size. It is detached in the sender: its length and
 *   that of every view of it become 0. (A `SharedArrayBuffer` is not transferable, nor is a view: list the view's
 *   `buffer`.)
 * - `MessagePort` of ferroport: its queue goes with it, in order.
 * - What `node:worker_threads` transfers: its own ports, file handles, streams, abort signals made transferable
 *   (`util.transferableAbortController()`). Which of them there are depends on the running Node.
 *
 * Source: HTML standard,
 * [Transferable objects](https://html.spec.whatwg.org/multipage/structured-data.html#transferable-objects).
 */
export type Transferable = MessagePort | node.Transferable | GlobalTransferable;

/** With the types of the DOM, the global classes are not those of Node's list. */
type GlobalTransferable = AbortSignal | ReadableStream | WritableStream | TransformStream;

/** The other form of `postMessage`'s second argument. */
export interface StructuredSerializeOptions {
  /** What to move instead of cloning it. Any iterable, read once. */
  transfer?: Iterable<Transferable> | undefined;
}

/**
 * The error of a value that cannot be cloned or transferred: a `DOMException` whose `name` is `'DataCloneError'` and
 * whose `code` is 25. It is a type only; recognise it by its name.
 *
 * Message and class are those of the running Node's `node:worker_threads`; a few cases are `TypeError`s with a `code`
 * on Node 20 and `DataCloneError`s from Node 22 on.
 *
 * Source: HTML standard,
 * [StructuredSerializeInternal](https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal).
 */
export interface DataCloneError extends DOMException {
  readonly name: 'DataCloneError';
  readonly code: 25;
  /**
   * Where in the value the culprit stands, as one would write it in JavaScript, from the value on: `.jobs[2].onDone`;
   * the empty string for the value itself. Absent when the culprit is not in the value.
   *
   * Not in `node:worker_threads`.
   */
  readonly path?: string;
}

/**
 * Writes a value as bytes, in ferroport's portable message format (docs/wire-format.md): everything that structured
 * clone keeps, in a form that {@link deserialize} reads in any process and on any machine.
 *
 * @param value what {@link MessagePort.postMessage} clones, except what only the engine can move: shared memory,
 *   WebAssembly modules, and Node's own objects, such as keys, blobs and streams
 * @returns bytes of its own; they begin with a header that holds the format's version
 * @throws {DataCloneError} if the value holds what cannot be cloned, or not as bytes; for a port, a stream or a file
 *   handle, what `postMessage` throws for one that is not listed
 * @throws whatever a getter in the value throws
 *
 * Source: ferroport's own; what is kept, HTML standard,
 * [StructuredSerialize](https://html.spec.whatwg.org/multipage/structured-data.html#structuredserialize).
 */
export declare function serialize(value: any): Uint8Array;

/**
 * Reads what {@link serialize} wrote. Everything is checked: bytes from anywhere are safe to read.
 *
 * @param bytes one message, whole: an `ArrayBuffer`, or the part of one that a view shows (a `Buffer`, a `Uint8Array`).
 *   They are not changed, and nothing in the result shares them
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if it is neither
 * @throws {DataCloneError} if the bytes are not a message; its message says what was wrong, and at which byte
 *
 * Source: ferroport's own.
 */
export declare function deserialize(bytes: ArrayBuffer | ArrayBufferView): unknown;
