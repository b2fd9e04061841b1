// A port: what it emits, how it is listened to, and all its methods.

/// <reference types="node" />

import { ReadableStream, WritableStream } from 'node:stream/web';
import * as node from 'node:worker_threads';
import { SharedAbortSignal } from './abort';
import { StructuredSerializeOptions, Transferable } from './clone';

// Only what is marked `export` is exported.
export {};

/**
 * Node's `worker_threads.MessagePort`: what {@link MessagePort.toNode} gives and {@link MessagePort.fromNode} takes.
 */
type NodeMessagePort = node.MessagePort;

/** The `MessageEvent` that a port's event listeners get; `port.on('message')` listeners get its `data` alone. */
export type PortMessageEvent = {
  /**
   * The ports that were in the transfer list, in its order. If Node's own were listed they are among them:
   * `instanceof` tells them apart.
   */
  readonly ports: readonly MessagePort[];
  /** The port that received the message. */
  readonly target: MessagePort | null;
  readonly currentTarget: MessagePort | null;
} & MessageEvent;

/** How much may wait on a port before it counts as full, whichever is reached first. */
export interface HighWaterMark {
  /** How many messages: an integer, or `Infinity`. */
  messages?: number;
  /** How many bytes, see {@link MessagePort.bufferedAmount}: an integer, or `Infinity`. */
  bytes?: number;
}

/** How long {@link MessagePort.receiveSync} and its like block the thread. */
export interface BlockingOptions {
  /** In milliseconds; `Infinity` by default. */
  timeout?: number | undefined;
  /**
   * Ends the call when it is aborted, in whatever thread: with an `AbortError`, `ABORT_ERR`, whose `cause` is the reason. A blocked thread does not
   * hear of a plain `AbortSignal`.
   */
  signal?: SharedAbortSignal | undefined;
}

/** What {@link MessagePort.stats} counts. Bytes are counted as {@link MessagePort.bufferedAmount} counts them. */
export interface PortStats {
  /** Messages ever posted on this end of the channel. */
  sent: number;
  /** Messages ever taken from this end's queue. */
  received: number;
  sentBytes: number;
  receivedBytes: number;
  /** Messages that wait to be read here. */
  waitingMessages: number;
  waitingBytes: number;
  /** Where the other end is: `'this thread'`, `'thread 3'` by its `threadId`, `'in a message'`, `'native'` in an addon, `'parked'`, `'closed'`. */
  peer: string;
}

/** How {@link MessagePort.messages} ends. */
export interface MessagesOptions {
  /** Ends the iteration when it aborts. */
  signal?: AbortSignal | SharedAbortSignal | undefined;
}

/**
 * Why a port of a link between processes has closed: its own program has closed it; the program at the other end has; the connection broke; the
 * other end was silent for too long; the other end has broken the rules, or refused the port.
 *
 * Not in `node:worker_threads`.
 */
export type PortCloseReason = 'closed' | 'peer closed' | 'lost' | 'dead' | 'refused';

/** The event `'close'` of a port. */
export type PortCloseEvent = Event & {
  /**
   * Only of ports whose messages leave the process; others have no such property.
   *
   * Not in `node:worker_threads`.
   */
  readonly reason?: PortCloseReason;
};

/** What each event gives to a listener added with `addEventListener` or an `on…` attribute. */
export interface MessagePortEventMap {
  message: PortMessageEvent;
  messageerror: PortMessageEvent;
  close: PortCloseEvent;
  /** There is room at the other end again. Not in `node:worker_threads`. */
  drain: Event;
}

/** The arguments of a listener added with `on`, `once`, `addListener` and the like, for each event. */
export interface MessagePortEmitterMap {
  /** The clone of what was posted. */
  message: [value: any];
  /** Why the message could not be deserialized: what Node threw, say, when it revived one of its objects. */
  messageerror: [error: Error];
  /** The event object, as in `node:worker_threads`. */
  close: [event: PortCloseEvent];
  /** There is room at the other end again. Not in `node:worker_threads`. */
  drain: [];
  /** The event that gets a listener; emitted before it is added. Not in `node:worker_threads`. */
  newListener: [event: string | symbol, listener: Function];
  /** The event that lost a listener; emitted after it is removed. Not in `node:worker_threads`. */
  removeListener: [event: string | symbol, listener: Function];
}

/** A name that the maps above do not know: its listeners take whatever `emit` or `dispatchEvent` gives them. */
type OtherName<Name extends string | symbol, Known> = Name extends keyof Known ? never : Name;

/** A listener object or function, as `addEventListener` takes it. */
type Listener<E> = ((event: E) => void) | { handleEvent(event: E): void };

/** What an `on…` attribute may be set to. */
type Handler<E> = ((this: MessagePort, event: E) => any) | null;

/**
 * What reading an `on…` attribute gives. Looser than what may be set, because a port must be assignable to Node's type,
 * whose handlers take events that hold Node's ports.
 */
type AnyHandler = ((this: MessagePort, event: any) => any) | null;

/** What tells listeners of the same function apart, when they are removed. */
interface RemoveListenerOptions {
  capture?: boolean;
}

/** How a listener is called. */
interface AddListenerOptions extends RemoveListenerOptions {
  /** Removed before its first call. */
  once?: boolean;
  /** `preventDefault()` does nothing in this listener. */
  passive?: boolean;
  /** Removed when this aborts. */
  signal?: AbortSignal | SharedAbortSignal;
}

/**
 * One end of a channel: an `EventTarget` with the methods of an `EventEmitter`. Ports come from a
 * {@link MessageChannel}, in messages, and from {@link MessagePort.fromNode}; `new MessagePort()` throws a `TypeError`,
 * `ERR_CONSTRUCT_CALL_INVALID`.
 *
 * Events: `'message'`, for each message; `'messageerror'`, for a message that could not be deserialized (later ones
 * still come); `'close'`, once, when the channel ends (one end was closed or collected, or its thread ended) or this
 * port was transferred away.
 *
 * Listeners of both styles are called in the order in which they were added. The same function added twice for one
 * event counts once. Ticks and microtasks run between two messages; what a listener throws becomes
 * `'uncaughtException'`, and the next message comes.
 *
 * A port keeps its thread running while it is ref'ed: from the first `'message'` listener to the removal of the last.
 *
 * Source: HTML standard, [Message ports](https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports);
 * Node.js, [Class: MessagePort](https://nodejs.org/api/worker_threads.html#class-messageport).
 */
export declare class MessagePort extends EventTarget {
  private constructor();

  /**
   * Turns a port into one of `node:worker_threads`, to be sent through anything that knows only those: the `workerData`
   * or transfer list of Node's own `Worker`, a library's port. The receiver turns it back with
   * {@link MessagePort.fromNode}; until then the messages for it wait.
   *
   * The given port is unusable afterwards, as if transferred, and emits `'close'`. If the Node port is closed unread or
   * its thread ends, the channel closes and the other end hears it.
   *
   * @param port a port of ferroport that is neither closed nor transferred
   * @returns a fresh Node port; transfer it, do not use it
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if it is not a port of ferroport,
   *   `ERR_FERROPORT_TWO_COPIES` if it is one of another version
   * @throws {DataCloneError} if it is closed or was transferred already
   *
   * Source: ferroport's own; named after Node.js,
   * [stream.Readable.toWeb](https://nodejs.org/api/stream.html#streamreadabletowebstreamreadable-options).
   */
  static toNode(port: MessagePort): NodeMessagePort;

  /**
   * Takes the port out that {@link MessagePort.toNode} packed, in this thread or another one. It has its queue, is not
   * started and not ref'ed. The Node port is closed.
   *
   * @param nodePort what `toNode` gave, arrived by whatever way
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if it is not a Node port, `ERR_INVALID_ARG_VALUE` if no port waits in
   *   it: it was not made by `toNode`, or was taken before. If another message waited there first, the error has it as
   *   `received`, in the shape that `receiveMessageOnPort` gives. `ERR_FERROPORT_TWO_COPIES`, with the same, if a copy
   *   of ferroport in another folder has packed it
   *
   * Source: ferroport's own; named after Node.js,
   * [stream.Readable.fromWeb](https://nodejs.org/api/stream.html#streamreadablefromwebreadablestream-options).
   */
  static fromNode(nodePort: NodeMessagePort): MessagePort;

  /**
   * Clones a value and queues it for the other end; never waits. The clone is taken before the call returns. If
   * anything throws, nothing is sent, nothing is detached, and the port still works.
   *
   * On a port that is closed or was transferred the value is validated, cloned and detached as ever, then dropped.
   *
   * @param value what to send; see docs/api.md for what arrives as what
   * @param transfer what to move instead of cloning it ({@link Transferable}): any iterable, or an object that has it
   *   as `transfer`. Moved even if it is not in `value`
   * @throws {TypeError} `ERR_MISSING_ARGS` without arguments; `ERR_INVALID_ARG_TYPE` if the list is not iterable
   * @throws {DataCloneError} if the value holds what cannot be cloned, or the list what cannot be transferred:
   *   something twice, a detached buffer, a closed port, this port itself
   * @throws {TypeError} `ERR_FERROPORT_TWO_COPIES` for a port of another version of ferroport
   * @throws whatever a getter in the value throws
   *
   * Source: HTML standard,
   * [postMessage(message, transfer) and postMessage(message, options)](https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-postmessage);
   * Node.js, [port.postMessage(value[, transferList])](https://nodejs.org/api/worker_threads.html#class-messageport).
   */
  postMessage(value: any, transfer?: Iterable<Transferable> | StructuredSerializeOptions): void;

  /**
   * Begins delivery. Adding a `'message'` listener in either style and setting `onmessage` do it too, so it is seldom
   * needed. Until then messages queue, without limit.
   *
   * Source: HTML standard, [start()](https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-start).
   */
  start(): void;

  /**
   * Ends the channel. What is queued for the other end is still delivered to it; what is queued for this port is
   * dropped. Both ends emit `'close'` once, asynchronously, this one first. On a closed port nothing happens.
   *
   * @param callback added as a `once('close')` listener
   *
   * Source: Node.js, [port.close()](https://nodejs.org/api/worker_threads.html#class-messageport).
   */
  close(callback?: (event: PortCloseEvent) => void): void;

  /**
   * Lets this port keep its thread running. Adding the first `'message'` listener does it.
   *
   * Source: Node.js, [port.ref()](https://nodejs.org/api/worker_threads.html#class-messageport).
   */
  ref(): void;

  /**
   * Lets the thread end even if this port is open. Removing the last `'message'` listener does it.
   *
   * Source: Node.js, [port.unref()](https://nodejs.org/api/worker_threads.html#class-messageport).
   */
  unref(): void;

  /**
   * Whether this port keeps its thread running.
   *
   * Source: Node.js, [port.hasRef()](https://nodejs.org/api/worker_threads.html#class-messageport).
   */
  hasRef(): boolean;

  /**
   * How much may wait to be read on this port; `null`, as at first, for any amount. A number that is set is a number of
   * messages. The mark can be changed at any time and goes with the port wherever that is sent; nothing is dropped or refused
   * because of it, `postMessage` never waits. The other end asks: by {@link tryPostMessage} and {@link ready}. An empty queue
   * takes a message of any size. On a closed port setting does nothing. Not in `node:worker_threads`.
   *
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if it is neither a number nor an object with `messages` or `bytes`
   * @throws {RangeError} `ERR_OUT_OF_RANGE` if a number is negative, not an integer, or NaN
   */
  get highWaterMark(): HighWaterMark | null;
  set highWaterMark(mark: number | HighWaterMark | null);

  /**
   * How many bytes were posted here that the other end has not taken; 0 once it has closed. A message counts for the bytes
   * that it takes in the queue, and for the buffers that it moves. Not in `node:worker_threads`.
   */
  readonly bufferedAmount: number;

  /** How many messages those are. Not in `node:worker_threads`. */
  readonly bufferedMessages: number;

  /**
   * Posts a value, as {@link postMessage}, if there is room at the other end. Not in `node:worker_threads`.
   *
   * @returns whether it was posted. `false`: the other end is full, or the channel has ended, and nothing was cloned, moved
   *   or detached; {@link ready} tells which
   * @throws as `postMessage`
   */
  tryPostMessage(value: any, transfer?: Iterable<Transferable> | StructuredSerializeOptions): boolean;

  /**
   * A promise of `true`, once there is room at the other end, or of `false`, once the channel has ended or this port has left
   * the thread. It never rejects. While it is pending and the other end is in another thread, it keeps this thread running. Not in `node:worker_threads`.
   */
  readonly ready: Promise<boolean>;

  /**
   * Posts a value, as {@link postMessage}, as soon as there is room at the other end. Until then the thread is blocked, as in
   * `Atomics.wait`; also the main thread. Not in `node:worker_threads`.
   *
   * @param options.transfer what moves, as in {@link StructuredSerializeOptions}
   * @param options.timeout how many milliseconds the thread is blocked at most; any number by default
   * @returns whether the value was posted. `false`: the channel has ended, and nothing was cloned, moved or detached
   * @throws {DOMException} `TimeoutError` if there was no room in time
   * @throws {Error} `AbortError`, `ABORT_ERR`, if the signal is aborted, with its reason as the `cause`
   * @throws {Error} `ERR_FERROPORT_DEADLOCK` if nobody can make room: both ends are in this thread, or all threads that could
   *   read are blocked
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if `options` is no object or `timeout` no number
   * @throws {RangeError} `ERR_OUT_OF_RANGE` if `timeout` is negative or NaN
   * @throws as `postMessage`; nothing was posted, whatever is thrown
   */
  postMessageSync(value: any, options?: BlockingOptions & StructuredSerializeOptions): boolean;

  /**
   * Takes the oldest message out of this port's queue, started or not. While there is none the thread is blocked, as in
   * `Atomics.wait`; also the main thread. No `'message'` event is emitted for a message that is taken so. Not in
   * `node:worker_threads`.
   *
   * @returns the message, cloned into this thread
   * @throws {DOMException} `TimeoutError` if no message has come in time
   * @throws {Error} `AbortError`, `ABORT_ERR`, if the signal is aborted, with its reason as the `cause`
   * @throws {Error} `ERR_FERROPORT_CLOSED` if the channel has ended and its last message was taken; `ERR_FERROPORT_DEADLOCK` if
   *   nobody can post: the other end is in this thread, or all threads that could post are blocked without limit
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if `options` is no object or `timeout` no number
   * @throws {RangeError} `ERR_OUT_OF_RANGE` if `timeout` is negative or NaN
   * @throws what a `'messageerror'` event would tell; the message is gone
   */
  receiveSync(options?: BlockingOptions): any;

  /**
   * Lets messages wait that would go to listeners; they count for the mark as all that wait. Messages that are asked for one by one,
   * by an iterator or a stream, still come, and so does `'close'` once all has been read. The port keeps its thread running as
   * before. `events.on(port, 'message', { highWaterMark, lowWaterMark })` of Node calls it. Not in `node:worker_threads`.
   *
   * Source: named after Node.js, [readable.pause()](https://nodejs.org/api/stream.html#readablepause).
   */
  pause(): this;

  /** Lets messages go to listeners again, beginning with those that wait. Not in `node:worker_threads`. */
  resume(): this;

  /** Whether {@link pause} was called, and {@link resume} not since. Not in `node:worker_threads`. */
  isPaused(): boolean;

  /**
   * The messages of this port, each taken from the queue when it is asked for. A message goes to the iterator, or stream, that has
   * asked first; listeners get it if nobody has asked. While `next()` waits it keeps the thread running, as a `'message'` listener
   * does. Not in `node:worker_threads`.
   *
   * The loop ends when the channel closes, after all that was posted has been read; when this port is closed or sent away; and by
   * `break`, which leaves the port open. A message that cannot be deserialized makes `next()` reject and ends the iterator; a new one
   * goes on with the next message.
   *
   * @param options `signal`: when it aborts, `next()` rejects with its reason, once, and the iterator has ended
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if `options` is no object or `signal` no signal
   */
  messages(options?: MessagesOptions): AsyncIterableIterator<any>;

  /** The same as {@link messages} without options, for `for await`. Not in `node:worker_threads`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<any>;

  /**
   * A stream of what is posted at the other end, always the same one. It reads a message when a chunk is asked for, and nothing
   * before. It ends when the other end's {@link writable} is closed, and fails with the reason when that is aborted; with
   * `ERR_FERROPORT_CLOSED` when the channel ends otherwise. Cancelling it makes the other end's `writable` fail with the reason. If
   * the port has no {@link highWaterMark}, it gets one of 1,024 messages and 1 MiB. Not in `node:worker_threads`.
   *
   * Source: WHATWG Streams, [ReadableStream](https://streams.spec.whatwg.org/#rs-class).
   */
  readonly readable: ReadableStream<any>;

  /**
   * A stream whose chunks are posted, always the same one; it takes no transfer lists. A write waits while the other end is full,
   * and keeps the thread running meanwhile. If the other end has no {@link highWaterMark}, it gets one of 1,024 messages and 1 MiB.
   * Closing or aborting the stream ends the other end's {@link readable}, behind all chunks, and leaves the port open. It fails with
   * the reason with which the other end's `readable` was cancelled; with a `DataCloneError` for a chunk that cannot be cloned, as the
   * `readable` does then; with `ERR_FERROPORT_CLOSED` when the channel ends before. Not in `node:worker_threads`.
   *
   * Source: WHATWG Streams, [WritableStream](https://streams.spec.whatwg.org/#ws-class).
   */
  readonly writable: WritableStream<any>;

  /** What has gone over this end of the channel, and what waits. Not in `node:worker_threads`. */
  stats(): PortStats;

  /** The same as {@link close}, for `using`. */
  [Symbol.dispose](): void;

  /**
   * Called when there is room at the other end again, after {@link tryPostMessage} has returned `false` or more was posted than
   * the other end's mark allows. Not in `node:worker_threads`.
   */
  get ondrain(): AnyHandler;
  set ondrain(handler: Handler<Event>);

  /**
   * Called for each message; setting it starts the port, setting `null` removes it.
   *
   * Source: HTML standard,
   * [onmessage](https://html.spec.whatwg.org/multipage/web-messaging.html#handler-messageport-onmessage).
   */
  get onmessage(): AnyHandler;
  set onmessage(handler: Handler<PortMessageEvent>);

  /**
   * Called for each message that could not be deserialized; the event's `data` is the error.
   *
   * Source: HTML standard,
   * [onmessageerror](https://html.spec.whatwg.org/multipage/web-messaging.html#handler-messageport-onmessageerror).
   */
  get onmessageerror(): AnyHandler;
  set onmessageerror(handler: Handler<PortMessageEvent>);

  /**
   * Called once, when the channel ends. Not in `node:worker_threads`.
   *
   * Source: HTML standard,
   * [onclose](https://html.spec.whatwg.org/multipage/web-messaging.html#handler-messageeventtarget-onclose).
   */
  get onclose(): AnyHandler;
  set onclose(handler: Handler<PortCloseEvent>);

  /**
   * Adds a listener that gets the event object. For `'message'` it also starts and refs the port, if it is the first.
   *
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if the listener is neither a function nor an object
   *
   * Source: Node.js,
   * [eventTarget.addEventListener(type, listener[, options])](https://nodejs.org/api/events.html#class-eventtarget).
   */
  addEventListener<Name extends keyof MessagePortEventMap>(
    type: Name,
    listener: Listener<MessagePortEventMap[Name]> | null,
    options?: AddListenerOptions | boolean,
  ): void;
  addEventListener<Name extends string>(
    type: OtherName<Name, MessagePortEventMap>,
    listener: Listener<Event> | null,
    options?: AddListenerOptions | boolean,
  ): void;

  /**
   * Removes a listener, of either style. Without a `'message'` listener left, delivery stops, messages queue, and the
   * port no longer keeps its thread running.
   *
   * Source: Node.js,
   * [eventTarget.removeEventListener(type, listener[, options])](https://nodejs.org/api/events.html#class-eventtarget).
   */
  removeEventListener<Name extends keyof MessagePortEventMap>(
    type: Name,
    listener: Listener<MessagePortEventMap[Name]> | null,
    options?: RemoveListenerOptions | boolean,
  ): void;
  removeEventListener<Name extends string>(
    type: OtherName<Name, MessagePortEventMap>,
    listener: Listener<Event> | null,
    options?: RemoveListenerOptions | boolean,
  ): void;

  /**
   * Calls this port's listeners with an event, here and now; nothing goes to the other end.
   *
   * @returns `false` if a listener called `preventDefault()` on a cancelable event, else `true`
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if it is not an `Event`
   *
   * Source: Node.js, [eventTarget.dispatchEvent(event)](https://nodejs.org/api/events.html#class-eventtarget).
   */
  dispatchEvent(event: Event): boolean;

  /**
   * Adds a listener at the end. It gets one argument, for `'message'` the value itself. Adding the first `'message'`
   * listener starts and refs the port.
   *
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if the listener is neither a function nor an object
   *
   * Source: Node.js, [Class: NodeEventTarget](https://nodejs.org/api/events.html#class-nodeeventtarget), as is the rest
   * of the `EventEmitter` methods unless they say otherwise.
   */
  on<Name extends keyof MessagePortEmitterMap>(
    event: Name,
    listener: (...args: MessagePortEmitterMap[Name]) => void,
  ): this;
  on<Name extends string | symbol>(event: OtherName<Name, MessagePortEmitterMap>, listener: (value: any) => void): this;

  /** The same as `on`. */
  addListener<Name extends keyof MessagePortEmitterMap>(
    event: Name,
    listener: (...args: MessagePortEmitterMap[Name]) => void,
  ): this;
  addListener<Name extends string | symbol>(
    event: OtherName<Name, MessagePortEmitterMap>,
    listener: (value: any) => void,
  ): this;

  /** As `on`, but the listener is removed before its first call. */
  once<Name extends keyof MessagePortEmitterMap>(
    event: Name,
    listener: (...args: MessagePortEmitterMap[Name]) => void,
  ): this;
  once<Name extends string | symbol>(
    event: OtherName<Name, MessagePortEmitterMap>,
    listener: (value: any) => void,
  ): this;

  /**
   * As `on`, but before all others. Not in `node:worker_threads`.
   *
   * Source: Node.js,
   * [emitter.prependListener(eventName, listener)](https://nodejs.org/api/events.html#class-eventemitter).
   */
  prependListener<Name extends keyof MessagePortEmitterMap>(
    event: Name,
    listener: (...args: MessagePortEmitterMap[Name]) => void,
  ): this;
  prependListener<Name extends string | symbol>(
    event: OtherName<Name, MessagePortEmitterMap>,
    listener: (value: any) => void,
  ): this;

  /**
   * As `once`, but before all others. Not in `node:worker_threads`.
   *
   * Source: Node.js,
   * [emitter.prependOnceListener(eventName, listener)](https://nodejs.org/api/events.html#class-eventemitter).
   */
  prependOnceListener<Name extends keyof MessagePortEmitterMap>(
    event: Name,
    listener: (...args: MessagePortEmitterMap[Name]) => void,
  ): this;
  prependOnceListener<Name extends string | symbol>(
    event: OtherName<Name, MessagePortEmitterMap>,
    listener: (value: any) => void,
  ): this;

  /** Removes a listener, of either style; as `removeEventListener`, but gives the port. */
  off<Name extends keyof MessagePortEmitterMap>(
    event: Name,
    listener: (...args: MessagePortEmitterMap[Name]) => void,
    options?: RemoveListenerOptions,
  ): this;
  off<Name extends string | symbol>(
    event: OtherName<Name, MessagePortEmitterMap>,
    listener: (value: any) => void,
    options?: RemoveListenerOptions,
  ): this;

  /** The same as `off`. */
  removeListener<Name extends keyof MessagePortEmitterMap>(
    event: Name,
    listener: (...args: MessagePortEmitterMap[Name]) => void,
    options?: RemoveListenerOptions,
  ): this;
  removeListener<Name extends string | symbol>(
    event: OtherName<Name, MessagePortEmitterMap>,
    listener: (value: any) => void,
    options?: RemoveListenerOptions,
  ): this;

  /**
   * Removes all listeners, of both styles: those of one event, or those of all. Without `'message'` listeners messages
   * queue, and go to the next listener; `node:worker_threads` loses them.
   */
  removeAllListeners(event?: string | symbol): this;

  /**
   * Calls this port's listeners, of both styles, with one value, here and now; nothing goes to the other end.
   * `emit('error', …)` does not throw.
   *
   * @returns whether there was a listener
   */
  emit<Name extends keyof MessagePortEmitterMap>(event: Name, ...args: MessagePortEmitterMap[Name]): boolean;
  emit<Name extends string | symbol>(event: OtherName<Name, MessagePortEmitterMap>, value?: any): boolean;

  /** How many listeners an event has, of both styles. */
  listenerCount(event: string | symbol): number;

  /**
   * The listeners of an event, in the order in which they are called. Not in `node:worker_threads`.
   *
   * Source: Node.js, [emitter.listeners(eventName)](https://nodejs.org/api/events.html#class-eventemitter).
   */
  listeners(event: string | symbol): Function[];

  /**
   * The same as `listeners`: there are no wrappers here. Not in `node:worker_threads`.
   *
   * Source: Node.js, [emitter.rawListeners(eventName)](https://nodejs.org/api/events.html#class-eventemitter).
   */
  rawListeners(event: string | symbol): Function[];

  /** The names of the events that have listeners; symbols too, which the type leaves out because Node's does. */
  eventNames(): string[];

  /** How many listeners of one event are allowed before a `MaxListenersExceededWarning`; 10 unless set. */
  getMaxListeners(): number;

  /**
   * Sets how many listeners of one event are allowed before a `MaxListenersExceededWarning`.
   *
   * @param count a number, not negative; 0 for any number
   * @throws {RangeError} `ERR_OUT_OF_RANGE`
   */
  setMaxListeners(count: number): void;
}
