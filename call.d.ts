// ferroport/call: functions of another thread, called over a port.

/// <reference types="node" />

import { MessagePort, SharedAbortSignal, Transferable, Worker } from './index';

// Only what is marked `export` is exported.
export {};

/** Whether a type is `any`: of what is not typed, anything can be called. */
type IsAny<T> = 0 extends 1 & T ? true : false;

/** The names of the functions among a type's members. */
type Names<Remote> =
  IsAny<Remote> extends true
    ? string
    : { [Name in keyof Remote]-?: Remote[Name] extends (...args: any[]) => any ? Name : never }[keyof Remote] & string;

/** The arguments of a function of `Remote`; its `this` is none of them. */
type Arguments<Remote, Name> =
  IsAny<Remote> extends true
    ? any[]
    : Name extends keyof Remote
      ? Remote[Name] extends (this: any, ...args: infer List) => any
        ? Readonly<List>
        : never
      : never;

/** What a call gives: a promise is waited for at the other end. */
type Result<Remote, Name> =
  IsAny<Remote> extends true
    ? any
    : Name extends keyof Remote
      ? Remote[Name] extends (...args: any[]) => infer Value
        ? Awaited<Value>
        : never
      : never;

/** `args` can be left out where the function needs none. */
type ArgumentsAndOptions<List, Options> = [] extends List
  ? [args?: List, options?: Options]
  : [args: List, options?: Options];

/** What {@link Peer.callSync} takes beside name and arguments. */
export interface CallSyncOptions {
  /** Ends the call when it is aborted, in whatever thread: the call throws its reason. */
  signal?: SharedAbortSignal | undefined;
  /** After how many milliseconds the call ends with a `TimeoutError`; `Infinity` by default. */
  timeout?: number | undefined;
  /** What of the arguments moves, as in `postMessage`. */
  transfer?: Iterable<Transferable> | undefined;
}

/** What {@link Peer.call} takes beside name and arguments. */
export interface CallOptions extends Omit<CallSyncOptions, 'signal'> {
  /** Ends the call when it is aborted: the promise is rejected with its reason. */
  signal?: AbortSignal | SharedAbortSignal | undefined;
}

/** `this` of a function that serves a call. */
export interface CallContext {
  /**
   * Aborted when the caller gives up: because its signal is aborted, its time is over, or it has closed or ended. `aborted` is right also in
   * a function that never yields.
   */
  readonly signal: AbortSignal;
}

/** One end of a connection. {@link connect} makes it. */
export interface Peer<Remote = any> {
  /**
   * Calls a function at the other end.
   *
   * A pending call keeps the thread running. Nothing is thrown at once: whatever is wrong rejects the promise.
   *
   * @param name of an own function of the other end's `api`
   * @param args its arguments, cloned as by `postMessage`
   * @returns a promise of what the function returns, cloned; of what its promise resolves to, if it returns one. It is rejected
   *   - with what the function throws: an error as itself, with its cause, its own properties, and the stacks of both threads
   *   - `ERR_FERROPORT_NO_SUCH_CALL` if there is no such function
   *   - `ERR_FERROPORT_NOT_SYNC` if the function is asynchronous and its thread is blocked by a {@link callSync} of this connection
   *   - `DataCloneError` if arguments or result cannot be cloned; `path` says where
   *   - `TimeoutError` (a `DOMException`) after `timeout`; an answer that has arrived by then counts, also if the thread was busy
   *   - the reason of `signal`
   *   - `ERR_FERROPORT_CLOSED` when either end closes or ends; `cause` is the error with which a worker has failed
   *   - `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE` for bad arguments; nothing was sent then
   */
  call<Name extends Names<Remote>>(
    name: Name,
    ...rest: ArgumentsAndOptions<Arguments<Remote, Name>, CallOptions>
  ): Promise<Result<Remote, Name>>;

  /**
   * As {@link call}, but blocks the thread until there is an answer; also the main thread. Asynchronous functions at the other end are
   * waited for.
   *
   * Meanwhile calls that come from the other end over this connection are served, by the functions of `api` that are synchronous; these may
   * use `callSync` again. Timers, other ports and promises wait.
   *
   * @throws what `call` rejects with; `ERR_FERROPORT_DEADLOCK` if nobody can answer: the other end is in this thread, say
   */
  callSync<Name extends Names<Remote>>(
    name: Name,
    ...rest: ArgumentsAndOptions<Arguments<Remote, Name>, CallSyncOptions>
  ): Result<Remote, Name>;

  /** The functions of the other end as methods: `peer.remote.add(1, 2)` is `peer.call('add', [1, 2])`. A name of `then` is not there. */
  readonly remote: {
    readonly [Name in Exclude<Names<Remote>, 'then'>]: (
      ...args: Arguments<Remote, Name> extends readonly [...infer List] ? List : any[]
    ) => Promise<Result<Remote, Name>>;
  };

  /**
   * Ends the connection, at both ends: pending calls are rejected with `ERR_FERROPORT_CLOSED`, and the signals of those that are being
   * served are aborted. The port is closed, unless it is a worker or `parentPort`.
   */
  close(): void;

  /** The same as {@link close}, for `using`. */
  [Symbol.dispose](): void;
}

/**
 * Lets functions be called over a port. Both ends call it, each with what the other may call.
 *
 * ```ts
 * // in the worker
 * const host: Peer<HostApi> = connect<HostApi, CompilerApi>(parentPort, { api: { compile } });
 * // in its parent
 * const compiler = connect<CompilerApi>(new Worker('./compiler.js'), { api: { readFile } });
 * const output = compiler.callSync('compile', ['main.ts']);
 * ```
 *
 * A peer with an `api` keeps its thread running until it is closed, as a `'message'` listener does: `port.unref()` afterwards, if it is
 * not to. One without does so only while calls are pending. Calls that arrive before the other end is connected wait.
 *
 * @param port a port, `parentPort` or a `Worker`. Messages that are not of calls are left to its other users
 * @param options.api what the other end may call: own functions of the object, and nothing that it inherits. Functions that are added later
 *   can be called, too
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if something else is given
 * @throws {Error} `ERR_FERROPORT_CONNECTED` if the port has a peer already
 *
 * Source: ferroport's own.
 */
export declare function connect<Remote = any, Local = {}>(
  port: MessagePort | Worker,
  options?: { api?: (Local & ThisType<CallContext>) | undefined },
): Peer<Remote>;

/**
 * Says what moves with a value when a call sends it: as the result of a function, or as an argument where there is no `transfer` option.
 *
 * ```js
 * render() {
 *   const pixels = new Uint8Array(1 << 20);
 *   return transfer({ pixels }, [pixels.buffer]);
 * }
 * ```
 *
 * @param value an object: the argument or the result itself
 * @param list as `postMessage` takes it; read when the value is sent
 * @returns the same value
 * @throws {TypeError} `ERR_INVALID_ARG_TYPE` if `value` is no object, or `list` none
 */
export declare function transfer<T extends object>(value: T, list: Iterable<Transferable>): T;
