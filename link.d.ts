// ferroport/link: a port whose other end is in another process, over a stream.

/// <reference types="node" />

import { Duplex, Readable, Writable } from 'node:stream';
import { HighWaterMark, MessagePort } from './index';

// Only what is marked `export` is exported.
export {};

/** A stream that is read and one that is written, where these are two: the stdio of a child process, say. */
export interface StreamPair {
  readonly readable: Readable;
  readonly writable: Writable;
}

/** What {@link link} takes beside the stream. Each side has its own; what the other side must keep to is told when they meet. */
export interface LinkOptions {
  /**
   * The longest message that this side takes, in bytes: an integer from 1 to 2^32; 67,108,864 (64 MiB) by default. A port on which the other
   * side posts a longer one closes at both ends, for the reason `'refused'`.
   */
  maxMessage?: number | undefined;
  /**
   * How much may be under way to this side on each port: the other side stops when so much has been sent for which there was no room in the queue of the
   * port here. 1,024 messages and 1,048,576 bytes (1 MiB) by default, also for the one of the two that is not given. It is the
   * {@link MessagePort.highWaterMark} of the link's port at first.
   */
  window?: number | HighWaterMark | undefined;
  /** After how many milliseconds without anything else to send this side says that it is there: an integer; 2,000 by default. */
  heartbeat?: number | undefined;
  /**
   * After how many milliseconds of silence the other side counts as dead: an integer, not less than `heartbeat`; 10,000 by default. If it is given,
   * it holds also for a side that can only answer while its thread is free; otherwise such a side is waited for.
   */
  deadAfter?: number | undefined;
}

/** What has gone over a link. */
export interface LinkStats {
  /** How many ports are open over it, its own among them. */
  readonly ports: number;
  /** Messages of all ports that have been sent. */
  readonly sent: number;
  /** Their bytes. */
  readonly sentBytes: number;
  /** Messages that have come, and stand in the queues of their ports or were read. */
  readonly received: number;
  /** Their bytes. */
  readonly receivedBytes: number;
  /** How many of `sent` stand in queues at the other side, or were read, as far as the other side has said. It says so with its heartbeats. */
  readonly acknowledged: number;
}

/** A connection to another process. {@link link} makes it. */
export interface Link {
  /** This side's port; its other end is the port of the link at the other side. */
  readonly port: MessagePort;

  /**
   * Resolves when the link has ended: to undefined if a side has closed it, or the last of its ports; to an error if not. It never rejects.
   *
   * - `ERR_FERROPORT_LINK_LOST`: the stream has ended or failed; `cause` is what it has failed with
   * - `ERR_FERROPORT_LINK_DEAD`: nothing was heard for `deadAfter`, or the stream has not connected in that time
   * - `ERR_FERROPORT_LINK_PROTOCOL`: a side has broken the rules of links, or is none; the message says how
   */
  readonly closed: Promise<Error | undefined>;

  /** What has gone over the link until now. */
  stats(): LinkStats;

  /**
   * Ends the link, and closes all ports that go over it: here for the reason `'closed'`, there for `'peer closed'`. What was posted goes first, as far as
   * the other side takes it within `deadAfter`.
   *
   * @returns a promise that is resolved when the link has ended. The thread goes on running until then
   */
  close(): Promise<void>;
}

/**
 * Makes a port of a stream: what is posted on it arrives at the port that the other side has made of the stream's other end. Both sides call
 * this.
 *
 * ```js
 * // in the parent
 * const child = spawn(process.execPath, ['child.js'], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
 * const { port } = link(child.stdio[3]);
 * // in child.js
 * const { port } = link(new net.Socket({ fd: 3 }));
 * ```
 *
 * A port like any other, but for what cannot leave the process: shared memory, handles, functions, signals are refused by `postMessage`, with a
 * `DataCloneError` that has the path. ArrayBuffers in the transfer list are detached here, and copied. Ports in messages become
 * ports over the link, and their queues go along. The port's `'close'` event has a `reason`.
 *
 * The stream belongs to the link from here on: it is not to be read, written or closed by anybody else. A socket or pipe without TLS goes to
 * a thread of the link's own, so that this side answers while its JavaScript is busy; the stream object is destroyed then, which
 * does not close the connection.
 *
 * The port keeps the thread running as any port does, when it has a `'message'` listener and is not unref'ed; nothing else of the link does.
 *
 * @param stream of bytes: a socket, a TLS socket, any Duplex; or two streams, one to read and one to write
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` for something else than streams, or options of a wrong type; `ERR_INVALID_ARG_VALUE` for a stream in
 *   object mode, or with an encoding
 * @throws {RangeError} `ERR_OUT_OF_RANGE` for options that are too small, too large or no integers
 * @throws {Error} `ERR_FERROPORT_LINK` if there is a link over the stream already, or the stream has ended
 *
 * Nothing has changed when it throws. Not in `node:worker_threads`. Source: ferroport's own.
 */
export declare function link(stream: Duplex | StreamPair, options?: LinkOptions): Link;
