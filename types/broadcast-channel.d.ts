// A broadcast channel: a member of a name.

/// <reference types="node" />

import { SharedAbortSignal } from './abort';

// Only what is marked `export` is exported.
export {};

/** What each event gives to a listener. */
export interface BroadcastChannelEventMap {
  /** `data` is the clone of what was posted. */
  message: MessageEvent;
  /** `data` is why the message could not be deserialized. */
  messageerror: MessageEvent;
}

/** What reading an `on…` attribute gives: a handler or null. Loose, because a channel must be assignable to Node's type. */
type AnyHandler = any;

/** What may be set. */
type Handler = ((this: BroadcastChannel, event: MessageEvent) => any) | null;

/** How a listener is called. */
interface AddListenerOptions {
  capture?: boolean;
  /** Removed before its first call. */
  once?: boolean;
  passive?: boolean;
  /** Removed when this aborts. */
  signal?: AbortSignal | SharedAbortSignal;
}

/** A listener object or function, as `addEventListener` takes it. */
type Listener<E> = ((event: E) => void) | { handleEvent(event: E): void };

/**
 * A member of a name: what it posts, all other members of that name in the process get, in whatever thread they are, each a
 * clone of its own. Messages come in the order of posting, and each reaches all members of a thread, in the order in which they
 * were made, before the next one does; `node:worker_threads` lets one member after the other hear all that waits. The sender
 * gets nothing, and who joins later has missed what was posted before.
 *
 * ```js
 * const news = new BroadcastChannel('news');
 * news.onmessage = ({ data }) => console.log(data);
 * news.postMessage({ hello: 'everybody else' });
 * ```
 *
 * It is an `EventTarget` and no `EventEmitter`. Events: `'message'`, for each message; `'messageerror'`, for one that could
 * not be deserialized. What comes while nobody listens is lost.
 *
 * It keeps its thread running until it is closed or unref'ed. One that is unref'ed, without listeners and held by nobody is
 * collected; `node:worker_threads` keeps it for the life of the thread.
 *
 * Its members are ferroport's: `BroadcastChannel` of `node:worker_threads`, and the global one, have names of their own.
 *
 * Source: HTML standard,
 * [Broadcasting to other browsing contexts](https://html.spec.whatwg.org/multipage/web-messaging.html#broadcasting-to-other-browsing-contexts);
 * Node.js,
 * [Class: BroadcastChannel](https://nodejs.org/api/worker_threads.html#class-broadcastchannel-extends-eventtarget).
 */
export declare class BroadcastChannel extends EventTarget {
  /**
   * Joins a name, which exists while it has members.
   *
   * @param name anything that can be a string. As in Node, names are the same that are the same UTF-8 up to the first zero
   * @throws {TypeError} `ERR_MISSING_ARGS` without an argument; for a symbol, one without a code
   * @throws whatever making it a string throws
   */
  constructor(name: any);

  /** The name, as the string it was made. */
  readonly name: string;

  /**
   * Clones a value and queues it for all other members; never waits. The clone is taken before the call returns. If
   * anything throws, nothing is sent, and the channel still works.
   *
   * What Node sends by `BroadcastChannel` goes: whatever {@link MessagePort.postMessage} clones without a transfer list,
   * shared memory and WebAssembly modules among it. Node's own objects, such as keys and blobs, go to one other member
   * only.
   *
   * @param message what to send
   * @throws {TypeError} `ERR_MISSING_ARGS` without an argument
   * @throws {DOMException} `InvalidStateError` if the channel is closed; `Message could not be posted.` for an object of
   *   Node's and more than one receiver
   * @throws {DataCloneError} if the value cannot be cloned
   * @throws whatever a getter in the value throws
   *
   * Source: HTML standard,
   * [postMessage(message)](https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-postmessage).
   */
  postMessage(message: any): void;

  /**
   * Leaves the name. What it posted still arrives; what waits for it is dropped. On a closed channel nothing happens.
   *
   * Source: HTML standard,
   * [close()](https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-close).
   */
  close(): void;

  /**
   * Lets the channel keep its thread running, as it does from the start.
   *
   * Source: Node.js, [broadcastChannel.ref()](https://nodejs.org/api/worker_threads.html#broadcastchannelref).
   */
  ref(): this;

  /**
   * Lets the thread end although the channel is open.
   *
   * Source: Node.js, [broadcastChannel.unref()](https://nodejs.org/api/worker_threads.html#broadcastchannelunref).
   */
  unref(): this;

  /**
   * Called for each message; `null` removes it.
   *
   * Source: HTML standard,
   * [onmessage](https://html.spec.whatwg.org/multipage/web-messaging.html#handler-broadcastchannel-onmessage).
   */
  get onmessage(): AnyHandler;
  set onmessage(handler: Handler);

  /**
   * Called for each message that could not be deserialized.
   *
   * Source: HTML standard,
   * [onmessageerror](https://html.spec.whatwg.org/multipage/web-messaging.html#handler-broadcastchannel-onmessageerror).
   */
  get onmessageerror(): AnyHandler;
  set onmessageerror(handler: Handler);

  /** Adds a listener that gets the event. */
  addEventListener<K extends keyof BroadcastChannelEventMap>(
    type: K,
    listener: Listener<BroadcastChannelEventMap[K]> | null,
    options?: AddListenerOptions | boolean,
  ): void;
  addEventListener(type: string, listener: Listener<any> | null, options?: AddListenerOptions | boolean): void;

  /** Removes a listener that was added with `addEventListener`. */
  removeEventListener<K extends keyof BroadcastChannelEventMap>(
    type: K,
    listener: Listener<BroadcastChannelEventMap[K]> | null,
    options?: { capture?: boolean } | boolean,
  ): void;
  removeEventListener(type: string, listener: Listener<any> | null, options?: { capture?: boolean } | boolean): void;
}
