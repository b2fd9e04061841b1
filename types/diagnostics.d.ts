// What subscribers of ferroport's channels of node:diagnostics_channel get.

import { Transferable } from './clone';
import { MessagePort } from './message-port';
import { Worker } from './worker';

// Only what is marked `export` is exported.
export {};

/**
 * What is published on the channel `ferroport:post` of `node:diagnostics_channel` when a port or a {@link Worker} posts, before the value
 * is cloned. Not in `node:worker_threads`.
 */
export interface PostDiagnostics {
  /** Who posts. A subscriber in a worker gets `parentPort` itself, one in the parent the `Worker`. */
  port: MessagePort | Worker;
  /** What is posted: the sender's own value. */
  value: any;
  /** The objects that move, in an array of the subscriber's own; missing if there are none. */
  transfer?: Transferable[];
  /**
   * Set it to a string, and the string travels with the message, whatever its length; two bytes a unit count for what waits.
   * Anything else than a string or `undefined` makes the post throw `ERR_INVALID_ARG_TYPE`, and nothing is sent.
   */
  context: string | undefined;
}

/**
 * What is published on the channel `ferroport:message` when a message is handed out: before its listeners are called, or
 * `receiveMessageOnPort` returns it. Stores that are bound to the channel (`bindStore`) hold for the listeners. Not in
 * `node:worker_threads`.
 */
export interface MessageDiagnostics {
  /** Who has received the message. */
  readonly port: MessagePort | Worker;
  /** What has arrived: the value that the listeners get. */
  readonly value: any;
  /** The string that a subscriber of the sender's thread has set. */
  readonly context: string | undefined;
}
