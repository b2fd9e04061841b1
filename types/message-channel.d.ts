// A channel, and receiving from a port without waiting.

/// <reference types="node" />

import * as node from 'node:worker_threads';
import { BroadcastChannel } from './broadcast-channel';
import { MessagePort } from './message-port';

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
  constructor();
  readonly port1: MessagePort;
  readonly port2: MessagePort;
}

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
