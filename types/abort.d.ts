// Signals that threads share.

/// <reference types="node" />

// Only what is marked `export` is exported.
export {};

/** What reading `onabort` gives: a handler or null. */
type AbortHandler = ((this: SharedAbortSignal, event: Event) => any) | null;

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
type Listener = ((event: Event) => void) | { handleEvent(event: Event): void };

/**
 * Aborts a signal that any number of threads share.
 *
 * ```js
 * const controller = new SharedAbortController();
 * worker.postMessage({ job, signal: controller.signal });
 * controller.abort(); // `signal.aborted` is true in the worker now, though the worker may be in the middle of a loop
 * ```
 *
 * The controller stays in its thread: in a message it is refused (`DataCloneError`). When it was collected, or its thread has ended,
 * nobody can abort its signal any more.
 *
 * Not in `node:worker_threads`. Source: ferroport's own; after the DOM standard,
 * [AbortController](https://dom.spec.whatwg.org/#interface-abortcontroller).
 */
export declare class SharedAbortController {
  constructor();

  /** Its signal, always the same object. */
  readonly signal: SharedAbortSignal;

  /**
   * Aborts the signal, if it is not aborted. When this returns, {@link SharedAbortSignal.aborted} is true in every thread that has the
   * signal, and this thread's listeners have been called; those of other threads hear of it in their event loops, as of a message.
   *
   * @param reason what {@link SharedAbortSignal.reason} is; it is cloned, once for each other thread that asks for it. If it is missing or
   *   undefined, a `DOMException` whose `name` is `'AbortError'`
   * @throws {DataCloneError} for a reason that cannot be cloned, or that holds what only the engine can move, ports or signals; nothing has
   *   changed then
   * @throws whatever a getter in the reason throws
   */
  abort(reason?: any): void;
}

/**
 * A signal that any number of threads share. It can be cloned: in messages over ports, workers and broadcast channels of ferroport, and in
 * `workerData`, anywhere in a value. It stays the same signal over every hop, and a thread has one object for it: a signal that comes back
 * to a thread is `===` to the one that was sent.
 *
 * ```js
 * parentPort.on('message', ({ job, signal }) => {
 *   for (const step of job) {
 *     if (signal.aborted) return; // some nanoseconds
 *     compute(step);
 *   }
 * });
 * ```
 *
 * It is an `EventTarget`; its one event is `'abort'`. It has what an `AbortSignal` has, and {@link SharedAbortSignal.toAbortSignal} gives one
 * for functions that take no other. It does not keep its thread running. While it has listeners, it is not collected as long as anybody can
 * abort it.
 *
 * `serialize`, `structuredClone` and ports of `node:worker_threads` cannot carry it, and refuse it (`DataCloneError`; Node 20's own make an
 * empty object of it, as of an `AbortSignal`).
 *
 * Not in `node:worker_threads`. Source: ferroport's own; after the DOM standard,
 * [AbortSignal](https://dom.spec.whatwg.org/#interface-AbortSignal).
 */
export declare class SharedAbortSignal extends EventTarget {
  /** @throws {TypeError} `ERR_ILLEGAL_CONSTRUCTOR` */
  private constructor();

  /**
   * A signal that is aborted after a time, also while its threads are busy. The reason is a `DOMException` whose `name` is `'TimeoutError'`.
   *
   * @param delay in milliseconds, an integer from 0 to 4,294,967,295
   * @throws as `AbortSignal.timeout`: {TypeError} `ERR_INVALID_ARG_TYPE`, {RangeError} `ERR_OUT_OF_RANGE`
   */
  static timeout(delay: number): SharedAbortSignal;

  /**
   * A signal that is aborted with the first of some signals, for the same reason; at once, if one of them is aborted. Plain signals are
   * followed by this thread's event loop. If the reason of a plain one cannot be cloned, other threads get the error that says so.
   *
   * @param signals shared signals and plain ones, in any mixture; none at all gives a signal that nobody can abort
   * @throws {TypeError} `ERR_INVALID_ARG_TYPE` for what is not iterable, or no signal
   */
  static any(signals: Iterable<SharedAbortSignal | AbortSignal>): SharedAbortSignal;

  /**
   * Whether the signal is aborted: true in every thread as soon as `abort()` has returned anywhere, also in one that never yields to its event
   * loop. Reading it takes some nanoseconds and allocates nothing.
   */
  readonly aborted: boolean;

  /**
   * Why the signal was aborted: in the thread that has done it, the very value that was given; in each other thread its own clone, the same
   * each time. `undefined` while the signal is not aborted.
   */
  readonly reason: any;

  /** @throws {any} the {@link SharedAbortSignal.reason}, if the signal is aborted */
  throwIfAborted(): void;

  /** Called when the signal is aborted; `null` removes it. What is no function is not called. */
  onabort: AbortHandler;

  /**
   * A plain signal of this thread that is aborted with this one when the event comes, or is aborted already: for `fetch`, timers, streams, and
   * whatever knows only those. Always the same object.
   */
  toAbortSignal(): AbortSignal;

  /**
   * Adds a listener that gets the event. One that is added when the signal is aborted already is not called, unless the event is still to come
   * to listeners that were added before.
   */
  addEventListener(type: 'abort', listener: Listener | null, options?: AddListenerOptions | boolean): void;
  addEventListener(type: string, listener: Listener | null, options?: AddListenerOptions | boolean): void;

  /** Removes a listener that was added with `addEventListener`. */
  removeEventListener(type: 'abort', listener: Listener | null, options?: { capture?: boolean } | boolean): void;
  removeEventListener(type: string, listener: Listener | null, options?: { capture?: boolean } | boolean): void;
}
