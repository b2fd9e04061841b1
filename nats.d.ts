// ferroport/nats: ports to other machines, over NATS.

/// <reference types="node" />

import { ConnectionOptions } from '@nats-io/transport-node';
import { HighWaterMark, MessagePort } from './index';

// Only what is marked `export` is exported.
export {};

/**
 * The options of {@link connect}: those of NATS's client, which go to the client as they are, and ferroport's own.
 *
 * The client runs in a thread of its own, so that its options must be such as can be cloned. What takes a function there, is given by
 * {@link creds}, {@link nkey}, {@link jwt} or {@link optionsFrom}.
 *
 * Some of the client's have other defaults here: `maxReconnectAttempts` is -1, `reconnectTimeWait` 250, and `pingInterval` and `timeout` fit
 * `deadAfter`, so that a server that is back, or another member of its cluster, is found in time. `inboxPrefix` is where all addresses of
 * the hub begin: permissions need it.
 */
export interface HubOptions extends Omit<
  ConnectionOptions,
  'authenticator' | 'reconnectDelayHandler' | 'reconnectToServer'
> {
  /** After how many milliseconds without another sign of life a hub says to another one that it is there; 2,000 by default. */
  heartbeat?: number | undefined;
  /**
   * After how many milliseconds without a sign of life another hub counts as dead; 10,000 by default. What comes back earlier goes on without
   * loss.
   */
  deadAfter?: number | undefined;
  /**
   * How much may be under way to a port, or wait there; 1,024 messages and 1 MiB by default. It is the `highWaterMark` of the ports. No more
   * than that many bytes are with NATS's client at a time, either.
   */
  window?: number | HighWaterMark | undefined;
  /** The longest message that is taken, in bytes; 64 MiB by default. A longer one closes its port as `'refused'`. */
  maxMessage?: number | undefined;
  /** What stands in a file of credentials (`.creds`): a token and its key. */
  creds?: string | Uint8Array | undefined;
  /** The seed of a key of NATS's, by which the hub is known, or which belongs to {@link jwt}. */
  nkey?: string | Uint8Array | undefined;
  /** A token by which the hub is known. */
  jwt?: string | undefined;
  /**
   * A module that gives more options, for what cannot be cloned: its default export, or what that returns, if it is a function, when it is called
   * with the options that there are. A path, a `file:` URL, or the name of a package. It is loaded in the client's thread.
   */
  optionsFrom?: string | URL | undefined;
}

/** What a hub says of itself. It is not proved: permissions of the server say who can be there. */
export interface PeerInfo {
  /** A random number of the hub, in hexadecimals. Another hub of the same process has another one. */
  readonly id: string;
  /** The option `name` of its `connect`. */
  readonly name: string | undefined;
  /** The name of its machine. */
  readonly host: string;
  readonly pid: number;
  /** Such as `'node 24.1.0'`. */
  readonly runtime: string;
}

/** The options of {@link Hub.listen}. */
export interface ListenOptions {
  /** Listeners with the same name and the same queue share what is dialled: each dial goes to one of them. */
  queue?: string | undefined;
  /** Ends listening when it is aborted. */
  signal?: AbortSignal | undefined;
}

/** The options of {@link Hub.dial}. */
export interface DialOptions {
  /** After how many milliseconds the dial is given up with a `TimeoutError`; `deadAfter` by default. */
  timeout?: number | undefined;
  /** Ends the dial when it is aborted: the promise is rejected with its reason. */
  signal?: AbortSignal | undefined;
}

/** What {@link Hub.listen} gives: it ends listening. Ports that are there stay. */
export interface Listening {
  /** Ends listening. A second call does nothing. */
  close(): void;
  /** The same as {@link close}, for `using`. */
  [Symbol.dispose](): void;
}

/** A connection to NATS, by which processes get ports to one another. {@link connect} makes it. */
export interface Hub {
  /**
   * Lets others dial a name. While a hub listens, it keeps its thread running.
   *
   * @param name words with dots between them, without spaces, `*` and `>`, of at most 200 characters: `'prices'`, `'prices.eu'`
   * @param onPort called for each dial, with a port whose other end the dialling process has. What it throws is an uncaught exception
   * @returns a promise of what ends listening, which is resolved when the server knows of the listener. It is rejected with
   *   - `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` for bad arguments
   *   - `ERR_FERROPORT_NATS_REFUSED` if the server does not allow it
   *   - `ERR_FERROPORT_HUB_CLOSED` on a closed hub
   */
  listen(
    name: string,
    onPort: (port: MessagePort, from: PeerInfo) => void,
    options?: ListenOptions,
  ): Promise<Listening>;

  /**
   * Gets a port to whoever listens to a name. While it is pending, it keeps its thread running.
   *
   * If several listen, one of them gets the other end: with a queue, one that the server chooses; without, the first that answers.
   *
   * @returns a promise of a port. It is rejected with
   *   - `ERR_FERROPORT_NO_LISTENER` at once, if nobody listens
   *   - the reason of `signal`, or a `DOMException`, `TimeoutError`
   *   - `ERR_FERROPORT_NATS_REFUSED` if the server does not allow it
   *   - `ERR_FERROPORT_UNREACHABLE` if who listens answers, but what goes on between the two does not get through; `cause` says why
   *   - `ERR_FERROPORT_HUB_CLOSED` on a closed hub
   *   - `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE` for bad arguments
   */
  dial(name: string, options?: DialOptions): Promise<MessagePort>;

  /**
   * Ends listening, closes all ports of the hub, and ends the connection to NATS. What was posted before arrives, as far as the others
   * take it within `deadAfter`.
   *
   * @returns a promise that is resolved when that is done. It is never rejected
   */
  close(): Promise<void>;

  /** The same as {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;

  /**
   * Resolves when the hub has ended: to undefined after {@link close}, to an error, `ERR_FERROPORT_NATS_LOST`, if the client has given up, because the
   * server does not know its user any more, say.
   */
  readonly closed: Promise<Error | undefined>;
}

/**
 * Connects to NATS. Not in `node:worker_threads`.
 *
 * The ports are ordinary ones: what was posted arrives in order, without a gap and without a double, or the port closes and its `'close'` event says
 * why: `reason` is `'closed'`, `'peer closed'`, `'lost'`, `'dead'` or `'refused'`. The package `@nats-io/transport-node` must be installed.
 *
 * @returns a promise of a hub, which is resolved when there is a connection. It is rejected with
 *   - `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE` for bad options, before anything happens
 *   - `ERR_FERROPORT_NATS_CLIENT` if the package is not there
 *   - `ERR_FERROPORT_NATS_CONNECT` if there is no connection; `cause` is the client's error
 *   - `ERR_FERROPORT_NATS_REFUSED` if the server does not let the hub listen at its own addresses (`inboxPrefix`)
 */
export declare function connect(options?: HubOptions): Promise<Hub>;
