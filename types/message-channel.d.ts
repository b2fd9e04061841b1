// A channel, and receiving from a port without waiting.

/// <reference types="node" />

import * as node from 'node:worker_threads';
import { BroadcastChannel } from './broadcast-channel';
import { BlockingOptions, HighWaterMark, MessagePort, PortStats } from './message-port';

// Only what is marked `export` is exported.
export {};

/**
 * Two ports, entangled: what is posted on one arrives at the other, in order, each message exactly once.
 *
 * ```js
 * const { port1, port2 } = new MessageChannel();
 * port2.once('message', (value) => console.log(value));
 * port1.postMessage({ hello: 'world' });
 * ```
 *
 * A channel that nobody listens to and nobody holds is collected; `node:worker_threads` keeps it for the life of the
 * thread.
 *
 * Calling it without `new` throws a `TypeError`, `ERR_CONSTRUCT_CALL_REQUIRED`.
 *
 * Source: HTML standard,
 * [Message channels](https://html.spec.whatwg.org/multipage/web-messaging.html#message-channels); Node.js,
 * [Class: MessageChannel](https://nodejs.org/api/worker_threads.html#class-messagechannel).
 */
export declare class MessageChannel {
  /**
   * @param options.highWaterMark how much may wait on each of the two ports, see {@link MessagePort.highWaterMark}. Not in
   *   `node:worker_threads`, which passes over whatever it is given
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if that is neither a number nor an object with `messages` or `bytes`
   * @throws {RangeError} `ERR_OUT_OF_RANGE` if a number is negative, not an integer, or NaN
   */
  constructor(options?: { highWaterMark?: number | HighWaterMark | null });
  readonly port1: MessagePort;
  readonly port2: MessagePort;
}

/** What {@link inspectPorts} tells of a port. */
export interface PortInspection {
  /** No other port of the thread has had it; 0 if the port's channel has not been made yet. */
  id: number;
  /** The `threadId` of the thread. */
  thread: number;
  /** How many listeners the port has, for whatever event. */
  listeners: number;
  /** Whether the port keeps its thread running. */
  isRefed: boolean;
  stats: PortStats;
  /** The line of the program that made the port, or the message in which the port has come: with `FERROPORT_DEBUG=ports` only. */
  createdAt?: string;
}

/**
 * The open ports of this thread whose channels have been used, also those that nobody can reach any more and that are not
 * collected yet; with `FERROPORT_DEBUG=ports` also ports of channels that have not been used. Looking changes nothing. Not in
 * `node:worker_threads`.
 */
export declare function inspectPorts(): PortInspection[];

/**
 * As {@link MessagePort.receiveSync}, for several ports: takes the oldest message of one of them. Where several have messages, the
 * port is chosen that this function has served least recently. Ports whose channels have ended are passed over. Not in
 * `node:worker_threads`.
 *
 * @param ports one or more
 * @throws {Error} `ERR_FERROPORT_CLOSED` once all channels have ended; `ERR_FERROPORT_DEADLOCK` if nobody can post to any of them
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if something is given that is no port of ferroport's; `ERR_INVALID_ARG_VALUE` if there
 *   are no ports
 * @throws as {@link MessagePort.receiveSync} otherwise
 */
export declare function receiveAnySync(
  ports: Iterable<MessagePort>,
  options?: BlockingOptions,
): { port: MessagePort; message: any };

/**
 * Takes the oldest message out of a port's queue, synchronously, started or not; no `'message'` event is emitted.
 *
 * @param port a port or an open `BroadcastChannel` of ferroport, or one of Node's
 * @returns the message in an object, or `undefined` if none waits
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if it is not a port
 * @throws whatever kept the message from being deserialized; it is consumed
 *
 * Source: Node.js,
 * [worker_threads.receiveMessageOnPort(port)](https://nodejs.org/api/worker_threads.html#workerreceivemessageonportport).
 */
export declare function receiveMessageOnPort(
  port: MessagePort | BroadcastChannel | node.MessagePort | node.BroadcastChannel,
): { message: any } | undefined;
