// link: a port whose other end is in another process, over a stream.
'use strict';

const mailbox = require('../channel/mailbox');
const { invalidArgType, nodeError } = require('../node/errors');
const { globals, isObject, methods, uncurry } = require('../language/originals');
const { markAsLinked } = require('../post/hand-over');
const { makePair } = require('../post/message-port');
const { setMarks } = require('../port/flow');
const { isOpen } = require('../port/port');
const { host } = require('./hosted');
const { PLACES, places } = require('./counts');
const { Inner } = require('./inner');
const { PumpTransport } = require('./pumped');
const { StreamTransport } = require('./streams');
const { bareOf, isDescriptor } = require('./bare');
const { arrived, lostError } = require('./errors');
const { isQuiet, whenQuiet } = require('./quiet');
const { readSettings } = require('./settings');
const local = require('./local');
const thread = require('./thread');

const { Promise } = globals;

/** @typedef {import('./session').Settings} Settings */
/** @typedef {import('./bare').Bare} Bare */
/** @typedef {import('./quiet').Way} Way how a link goes on */

/** @type {(set: WeakSet<object>, stream: object) => boolean} */
const has = uncurry(methods.weakSetHas);

/** @type {(set: WeakSet<object>, stream: object) => unknown} */
const add = uncurry(methods.weakSetAdd);

/** The streams that a link reads, and those that one writes. */
const taken = { reads: new globals.WeakSet(), writes: new globals.WeakSet() };

class Link {
  /** @type {Way | undefined} */
  #way;
  #counts = new Float64Array(new globals.SharedArrayBuffer(PLACES * 8));
  /** @type {(error: Error | undefined) => void} */
  #settle = () => {};
  #hasEnded = false;
  /** Whether the program waits for the end. */
  #isAwaited = false;
  #isClosing = false;

  /**
   * @param {{ readable: any, writable: any }} streams
   * @param {Settings} settings
   */
  constructor(streams, settings) {
    const pair = makePair();
    // From now on, what cannot leave the process is refused where it is posted.
    markAsLinked([pair[0]]);
    setMarks(pair, settings.window);
    this.port = pair[0];
    this.closed = new Promise((/** @type {(error: Error | undefined) => void} */ resolve) => {
      this.#settle = resolve;
    });
    if (!isDescriptor(streams.readable) || !isDescriptor(streams.writable)) {
      this.#way = this.#goHere(streams, settings, pair[1]);
    } else if (isQuiet(streams)) {
      this.#begin(streams, settings, pair[1]);
    } else {
      this.#way = whenQuiet(streams, settings.deadAfter, {
        onQuiet: () => this.#beginLate(streams, settings, pair[1]),
        onFailure: (reason, error) => this.#fail(pair[1], reason, error),
      });
    }
  }

  /**
   * The streams have become quiet. The program may have closed the port in the meantime: the other side hears of that.
   * @param {{ readable: any, writable: any }} streams
   * @param {Settings} settings
   * @param {any} far the other end of the port's channel
   */
  #beginLate(streams, settings, far) {
    if (isOpen(far)) {
      this.#begin(streams, settings, far);
      return;
    }
    const pair = makePair();
    markAsLinked([pair[0]]);
    this.#begin(streams, settings, pair[1]);
    pair[0].close();
  }

  /**
   * The streams have never become quiet.
   * @param {any} far the other end of the port's channel
   * @param {any} reason
   * @param {Error | undefined} error
   */
  #fail(far, reason, error) {
    if (!isOpen(far)) {
      // The program has closed the port before, and with it the link.
      this.#end(undefined);
      return;
    }
    Inner.of(far).close(reason);
    this.#end(error);
  }

  /**
   * The streams are open, and everything that the program has written to them has been written.
   * @param {{ readable: any, writable: any }} streams
   * @param {Settings} settings
   * @param {any} far the other end of the port's channel
   */
  #begin(streams, settings, far) {
    const bare = bareOf(streams);
    if (bare === undefined) this.#way = this.#goHere(streams, settings, far);
    else this.#way = this.#goToThread(bare, settings, far) ?? this.#goOverPump(streams, bare, settings, far);
    // Whoever goes on has descriptors of its own of what the streams let go.
    if (bare !== undefined) destroy(streams);
    if (this.#isClosing) this.#way.close();
  }

  /**
   * The link goes on in this thread.
   * @param {{ readable: any, writable: any }} streams
   * @param {Settings} settings
   * @param {any} far
   * @returns {Way}
   */
  #goHere({ readable, writable }, settings, far) {
    const transport = new StreamTransport(readable, writable);
    // The port keeps the thread running, if the program wants that, and the streams do not.
    readable.unref?.();
    writable.unref?.();
    const session = host(transport, { ...settings, answersAlways: false }, Inner.of(far), this.#counts, (_, error) => {
      local.remove(session);
      this.#end(error);
    });
    local.add(session, local.overStream(writable));
    return { close: () => session.close() };
  }

  /**
   * The link goes on in the thread of links.
   * @param {Bare} bare
   * @param {Settings} settings
   * @param {any} far
   * @returns {Way | undefined} undefined if there can be no such thread
   */
  #goToThread({ descriptors, first }, settings, far) {
    const data = { port: far, descriptors, settings, counts: this.#counts, first };
    const control = thread.serve('link', data, [far]);
    if (control === undefined) return undefined;
    let hasSaid = false;
    control.on('message', (/** @type {{ error: any }} */ { error }) => {
      hasSaid = true;
      this.#end(arrived(error));
    });
    control.on('close', () => {
      if (!hasSaid) this.#end(lostError());
    });
    control.unref();
    return { close: () => control.postMessage('close') };
  }

  /**
   * The link goes on in this thread, and threads of Rust read and write for it.
   * @param {{ readable: any, writable: any }} streams
   * @param {Bare} bare
   * @param {Settings} settings
   * @param {any} far
   * @returns {Way}
   */
  #goOverPump(streams, { descriptors, first }, settings, far) {
    let transport;
    try {
      transport = new PumpTransport(descriptors);
    } catch (error) {
      destroy(streams, error);
      return this.#goHere(streams, settings, far);
    }
    const session = host(transport, settings, Inner.of(far), this.#counts, (_, error) => this.#end(error));
    local.add(session, transport);
    transport.onFinish = () => local.remove(session);
    // The greeting, after which the other side hears of this one also while this thread is busy.
    session.flush();
    for (let i = 0; i < first.length; i++) transport.hear(first[i]);
    return { close: () => session.close() };
  }

  /** @param {Error | undefined} error */
  #end(error) {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.#isAwaited) mailbox.countRef(-1);
    this.#settle(error);
  }

  /** What has gone over the link until now. */
  stats() {
    const counts = this.#counts;
    return {
      ports: counts[places.PORTS],
      sent: counts[places.SENT],
      sentBytes: counts[places.SENT_BYTES],
      received: counts[places.RECEIVED],
      receivedBytes: counts[places.RECEIVED_BYTES],
      acknowledged: counts[places.ACKNOWLEDGED],
    };
  }

  /** Ends the link, when what was posted has gone. The thread goes on until then. */
  async close() {
    if (!this.#hasEnded && !this.#isAwaited) {
      this.#isAwaited = true;
      mailbox.countRef(1);
    }
    this.#isClosing = true;
    this.#way?.close();
    await this.closed;
  }
}

/**
 * @param {{ readable: any, writable: any }} streams
 * @param {unknown} [error] what their listeners are told
 */
function destroy({ readable, writable }, error) {
  readable.destroy(error);
  writable.destroy(error);
}

/**
 * @param {any} stream a Duplex, or two streams
 * @returns {{ readable: any, writable: any }}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
 * @throws {Error} ERR_FERROPORT_LINK if there is a link over it already, or it has ended
 */
function streamsOf(stream) {
  const isPair = isObject(stream) && isReadable(stream.readable) && isWritable(stream.writable);
  const readable = isPair ? stream.readable : stream;
  const writable = isPair ? stream.writable : stream;
  if (!isReadable(readable) || !isWritable(writable)) throw invalidArgType('stream', 'a Duplex of node:stream', stream);
  if (readable.readableObjectMode || writable.writableObjectMode || readable.readableEncoding) {
    const message = "The argument 'stream' must be a stream of bytes, without object mode or encoding";
    throw nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', message);
  }
  if (has(taken.reads, readable) || has(taken.writes, writable)) {
    throw nodeError(Error, 'ERR_FERROPORT_LINK', 'There is a link over the stream already');
  }
  if (readable.destroyed || writable.destroyed || writable.writableEnded || readable.readableEnded) {
    throw nodeError(Error, 'ERR_FERROPORT_LINK', 'The stream has ended');
  }
  return { readable, writable };
}

/** @param {any} value */
const isReadable = (value) => isObject(value) && typeof value.read === 'function' && typeof value.on === 'function';

/** @param {any} value */
const isWritable = (value) => isObject(value) && typeof value.write === 'function' && typeof value.end === 'function';

/**
 * Makes a port of a stream. Both ends of the stream call it.
 * @param {any} stream
 * @param {any} [options]
 * @throws as streamsOf and readSettings; nothing has changed then
 */
function link(stream, options) {
  const streams = streamsOf(stream);
  const settings = readSettings(options);
  add(taken.reads, streams.readable);
  add(taken.writes, streams.writable);
  return new Link(streams, settings);
}

module.exports = link;
