// A worker, and what it sees of the thread that started it.

/// <reference types="node" />

import { ReadableStream, WritableStream } from 'node:stream/web';
import * as node from 'node:worker_threads';
import { StructuredSerializeOptions, Transferable } from './clone';
import { BlockingOptions, HighWaterMark, MessagePort, MessagesOptions, PortStats } from './message-port';

// Only what is marked `export` is exported.
export {};

/**
 * The options of {@link Worker}: Node's, with ferroport's ports in `workerData` and `transferList`.
 *
 * Source: Node.js, [new Worker(filename[, options])](https://nodejs.org/api/worker_threads.html#class-worker).
 */
export interface WorkerOptions extends Omit<node.WorkerOptions, 'transferList'> {
  /** What moves to the worker with `workerData`. */
  transferList?: readonly Transferable[] | undefined;
  /**
   * How much may wait in each direction, see {@link MessagePort.highWaterMark}. Not in `node:worker_threads`.
   */
  highWaterMark?: number | HighWaterMark | null | undefined;
}

/**
 * Node's `Worker`, whose messages go through ferroport, both ways; same options, events, methods. Its `workerData` and
 * messages may hold ferroport ports. In the worker, `require('ferroport')` gives the other ends: {@link parentPort} and
 * {@link workerData}.
 *
 * Messages posted before the worker is up wait. All that a worker posted arrives before its `'error'` and `'exit'`. A
 * worker that never loads ferroport finds `parentPort` and `workerData` in `node:worker_threads`, as ever.
 *
 * Source: Node.js, [Class: Worker](https://nodejs.org/api/worker_threads.html#class-worker).
 */
export declare class Worker extends node.Worker {
  /**
   * @param filename the path of the worker's script, absolute or beginning with `./` or `../`; a `file:` or `data:`
   *   URL; the script itself if `options.eval`
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE`, `ERR_WORKER_PATH` if the filename is unfit
   * @throws {DataCloneError} if `workerData` cannot be cloned; then no worker starts
   */
  constructor(filename: string | URL, options?: WorkerOptions);

  /**
   * Sends a value to the worker's {@link parentPort}. Clones, transfers and throws as {@link MessagePort.postMessage}.
   *
   * Source: Node.js,
   * [worker.postMessage(value[, transferList])](https://nodejs.org/api/worker_threads.html#class-worker).
   */
  postMessage(value: any, transfer?: Iterable<Transferable> | StructuredSerializeOptions): void;

  /**
   * As {@link MessagePort.tryPostMessage}, to the worker's {@link parentPort}; `'drain'` is emitted on the worker when there is
   * room again.
   */
  tryPostMessage(value: any, transfer?: Iterable<Transferable> | StructuredSerializeOptions): boolean;

  /** As {@link MessagePort.postMessageSync}, to the worker's {@link parentPort}; `false` once the worker has ended. */
  postMessageSync(value: any, options?: BlockingOptions & StructuredSerializeOptions): boolean;

  /**
   * As {@link MessagePort.receiveSync}: takes what the worker has posted on its {@link parentPort}. Once the worker has ended,
   * `ERR_FERROPORT_CLOSED` is thrown.
   */
  receiveSync(options?: BlockingOptions): any;

  /** As {@link MessagePort.highWaterMark}: of what comes from the worker. */
  get highWaterMark(): HighWaterMark | null;
  set highWaterMark(mark: number | HighWaterMark | null);

  /** As {@link MessagePort.bufferedAmount}: of what was posted to the worker. */
  readonly bufferedAmount: number;

  /** As {@link MessagePort.bufferedMessages}. */
  readonly bufferedMessages: number;

  /** As {@link MessagePort.ready}; `false` once the worker has ended. */
  readonly ready: Promise<boolean>;

  /** As {@link MessagePort.stats}: of what goes between the worker's {@link parentPort} and its parent. */
  stats(): PortStats;

  /** As {@link MessagePort.pause}: of what comes from the worker. */
  pause(): this;

  /** As {@link MessagePort.resume}. */
  resume(): this;

  /** As {@link MessagePort.isPaused}. */
  isPaused(): boolean;

  /**
   * As {@link MessagePort.messages}: what the worker posts. All that it had posted before it ended is read first. From the first call
   * on, messages for which neither somebody asks nor a listener is there wait, and are not lost. `next()` does not keep the thread
   * running, because the worker does.
   */
  messages(options?: MessagesOptions): AsyncIterableIterator<any>;

  /** As {@link MessagePort.messages}, for `for await`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<any>;

  /** As {@link MessagePort.readable}: what the worker writes to its {@link parentPort}'s `writable`, or posts. */
  readonly readable: ReadableStream<any>;

  /** As {@link MessagePort.writable}, to the worker's {@link parentPort}. */
  readonly writable: WritableStream<any>;
}

/**
 * In a thread that ferroport's {@link Worker} started: the port to its parent. In one that Node's own `Worker` started:
 * Node's port. In the main thread: `null`.
 *
 * Source: Node.js, [worker_threads.parentPort](https://nodejs.org/api/worker_threads.html#workerparentport).
 */
export declare const parentPort: MessagePort | null;

/**
 * The clone of what the parent gave as `workerData`, with its ports; in the main thread `null`.
 *
 * Source: Node.js, [worker_threads.workerData](https://nodejs.org/api/worker_threads.html#workerworkerdata).
 */
export declare const workerData: any;
