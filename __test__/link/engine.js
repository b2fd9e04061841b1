'use strict';

// What the engine of links needs around it in tests: channels in memory, a clock, and a transport that cuts and delays, all by a seed.

const { Session } = require('../../lib/link/session');

/** @param {number} seed @returns {() => number} 0 up to 1 */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Time that passes when a test lets it pass. */
class TestClock {
  time = 0;
  #timers = new Map();
  #next = 1;
  #soon = [];

  now = () => this.time;
  setTimer = (callback, delay) => {
    const id = this.#next++;
    this.#timers.set(id, { callback, at: this.time + delay });
    return id;
  };
  clearTimer = (id) => void this.#timers.delete(id);
  soon = (callback) => void this.#soon.push(callback);

  /** Does what is due now, and what that makes due. */
  settle() {
    while (this.#soon.length > 0) this.#soon.shift()();
  }

  /** @param {number} span in milliseconds */
  pass(span) {
    const until = this.time + span;
    for (;;) {
      this.settle();
      let first;
      for (const [id, { at }] of this.#timers) if (first === undefined || at < this.#timers.get(first).at) first = id;
      if (first === undefined || this.#timers.get(first).at > until) break;
      const { callback, at } = this.#timers.get(first);
      this.#timers.delete(first);
      this.time = Math.max(this.time, at);
      callback();
    }
    this.time = until;
    this.settle();
  }
}

/** A channel in memory: the user's end is the object itself, `inner` the other. */
class Channel {
  toInner = [];
  toUser = [];
  isClosed = false;
  reason = undefined;
  mark = Infinity;
  #listens = false;
  #asksRoom = false;
  #hasToldClose = false;
  /** @param {TestClock} clock */
  constructor(clock) {
    this.clock = clock;
    const channel = this;
    this.inner = {
      channel,
      onMessage() {},
      onRoom() {},
      onClose() {},
      take() {
        const message = channel.toInner.shift();
        if (message === undefined) {
          channel.#listens = true;
          channel.#tellClose();
        } else if (message.fails) throw new Error('cannot leave');
        return message;
      },
      put(bytes, outers) {
        if (bytes[0] === 0xbd) throw new Error('bad bytes');
        if (channel.isClosed) return false;
        channel.toUser.push({ bytes: Uint8Array.from(bytes), ports: outers });
        channel.onPut?.();
        return true;
      },
      bound: (here, there) => Object.assign(channel, { bounds: [here, there] }),
      notify: (bytes) => (channel.noticed = Uint8Array.from(bytes)),
      hasRoom() {
        if (channel.isClosed || channel.toUser.length < channel.mark) return true;
        channel.#asksRoom = true;
        return false;
      },
      close(reason) {
        channel.toInner.length = 0;
        channel.reason ??= reason;
      },
    };
  }
  post(bytes, ports = []) {
    if (this.isClosed || this.reason !== undefined) return;
    this.toInner.push({ bytes, ports: ports.map((port) => port.inner) });
    if (this.#listens) {
      this.#listens = false;
      this.clock.soon(() => this.inner.onMessage());
    }
  }
  /** Posts what cannot leave the process. */
  postBad() {
    this.toInner.push({ fails: true });
    this.clock.soon(() => this.inner.onMessage());
  }
  read() {
    const message = this.toUser.shift();
    if (message !== undefined && this.toUser.length < this.mark) this.#tellRoom();
    return message;
  }
  close() {
    if (this.isClosed) return;
    this.isClosed = true;
    this.reason ??= 'closed';
    this.#tellRoom();
    if (this.#listens) this.#tellClose();
  }
  #tellRoom() {
    if (!this.#asksRoom) return;
    this.#asksRoom = false;
    this.clock.soon(() => this.inner.onRoom());
  }
  #tellClose() {
    if (!this.isClosed || this.toInner.length > 0 || this.#hasToldClose) return;
    this.#hasToldClose = true;
    this.clock.soon(() => this.inner.onClose());
  }
}

/**
 * Two transports over one connection that cuts what goes over it anywhere, and delays it.
 * @param {TestClock} clock
 * @param {{ random?: () => number, delay?: number, whole?: boolean, capacity?: number }} [options]
 */
function wire(clock, { random = () => 0.5, delay = 0, whole = false, capacity = Infinity } = {}) {
  const ends = [0, 1].map(() => ({
    onData() {},
    onDrain() {},
    onEnd() {},
    isOpen: true,
    queued: 0,
    written: 0,
    isStopped: false,
  }));
  for (const [index, end] of ends.entries()) {
    const other = ends[1 - index];
    let last = 0;
    const at = (callback) => {
      last = Math.max(last, clock.time + Math.floor(random() * delay));
      if (delay === 0) clock.soon(callback);
      else clock.setTimer(callback, last - clock.time);
    };
    end.write = (chunks) => {
      for (const chunk of chunks) {
        end.written += chunk.length;
        for (let from = 0; from < chunk.length;) {
          const length = whole ? chunk.length : 1 + Math.floor(random() ** 3 * 70_000);
          const piece = chunk.subarray(from, from + length);
          from += length;
          end.queued += piece.length;
          at(() => {
            end.queued -= piece.length;
            if (other.isOpen && !other.isStopped) other.onData(piece);
            if (end.isFull && end.queued < capacity) {
              end.isFull = false;
              clock.soon(() => end.onDrain());
            }
          });
        }
      }
      end.isFull = end.queued >= capacity;
      return !end.isFull;
    };
    end.close = () => {
      if (!end.isOpen) return;
      end.isOpen = false;
      at(() => {
        if (!other.isOpen) return;
        other.isOpen = false;
        other.onEnd();
      });
    };
    /** The connection breaks. */
    end.cut = () => {
      for (const each of ends) {
        if (!each.isOpen) continue;
        each.isOpen = false;
        each.onEnd(new Error('cut'));
      }
    };
  }
  return ends;
}

const SETTINGS = {
  heartbeat: 2000,
  deadAfter: 10_000,
  maxMessage: 64 * 1024 * 1024,
  maxLines: 65_536,
  underWay: 128 * 1024 * 1024,
  window: { messages: 1024, bytes: 1024 * 1024 },
};

/**
 * A session over one end of a wire, with a root line.
 * @param {TestClock} clock
 * @param {any} transport
 * @param {any} [settings]
 */
function side(clock, transport, settings = {}, callbacks = {}) {
  const port = new Channel(clock);
  const made = { port, ended: undefined, error: undefined, isEmpty: false, discarded: 0 };
  made.session = new Session(transport, { ...SETTINGS, ...settings }, clock, {
    makeChannel() {
      const channel = new Channel(clock);
      return { inner: channel.inner, outer: channel };
    },
    discard: (outer) => {
      made.discarded++;
      outer.close();
    },
    onReady: () => made.session.lines.root(port.inner),
    onEmpty: () => (made.isEmpty = true),
    onEnd(reason, error) {
      Object.assign(made, { ended: reason, error });
      // The root line may not have begun.
      port.inner.close(reason);
    },
    ...callbacks,
  });
  return made;
}

/** @param {any} [options] of the wire, and settings of the sides */
function pair({ clock = new TestClock(), left = {}, right = {}, ...options } = {}) {
  const ends = wire(clock, options);
  const sides = [side(clock, ends[0], left), side(clock, ends[1], right)];
  return { clock, ends, left: sides[0], right: sides[1] };
}

module.exports = { Channel, SETTINGS, TestClock, pair, randomOf, side, wire };
