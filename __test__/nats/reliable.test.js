'use strict';

// A stream over datagrams that are lost, doubled, late and cut off: in order, whole, once. Time is simulated, so that a seed gives the same run.

const test = require('ava');
const { ENDED, HEADER, Reliable } = require('../../lib/nats/reliable');
const { randomOf } = require('../support/random');

/** @typedef {import('../support/random').Random} Random */

/** Time that passes only when it is told to. */
class Clock {
  #now = 0;
  /** By time, the latest first. @type {{ at: number, call: (() => void) | undefined }[]} */
  #timers = [];

  now = () => this.#now;

  after = (/** @type {number} */ milliseconds, /** @type {() => void} */ call) => {
    const timer = { at: this.#now + milliseconds, call };
    let low = 0;
    for (let high = this.#timers.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.#timers[middle].at > timer.at) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    return timer;
  };

  setTimer = (/** @type {() => void} */ call, /** @type {number} */ milliseconds) => this.after(milliseconds, call);

  clearTimer = (/** @type {any} */ timer) => {
    if (timer !== undefined) timer.call = undefined;
  };

  /** @returns {boolean} whether there was something to be done */
  step() {
    const next = this.#timers.pop();
    if (next === undefined) return false;
    this.#now = next.at;
    next.call?.();
    return true;
  }
}

/**
 * @typedef {object} Faults in percent
 * @property {number} [lost]
 * @property {number} [doubled]
 * @property {number} [late]
 */

class Side {
  /** @type {Buffer[]} */
  received = [];
  length = 0;
  sent = 0;
  isUp = true;
  isFull = false;
  /** @type {Error | undefined} */
  error;
  drains = 0;
  /** @type {Side} */
  other = this;

  /** @param {Clock} clock @param {Random} random @param {Faults} faults @param {{ size?: number, window?: number }} [options] */
  constructor(clock, random, { lost = 0, doubled = 0, late = 0 }, { size = 500, window = 4000 } = {}) {
    this.reliable = new Reliable(
      {
        size,
        isUp: () => this.isUp,
        canSend: () => this.isUp && !this.isFull,
        send: (bytes) => {
          this.sent++;
          const copies = random.chance(lost) ? 0 : random.chance(doubled) ? 2 : 1;
          for (let i = 0; i < copies; i++) {
            const copy = bytes.slice();
            clock.after(
              random.chance(late) ? 300 * random.next() : 5,
              () => this.other.isUp && this.other.reliable.arrived(copy),
            );
          }
        },
      },
      clock,
      {
        data: (bytes) => {
          this.received.push(Buffer.from(bytes));
          this.length += bytes.length;
        },
        drain: () => this.drains++,
        alive: () => {},
        end: (error) => (this.error = error),
      },
      window,
    );
  }
}

/** @param {Clock} clock @param {Random} random @param {Faults} faults @param {{ size?: number, window?: number }} [options] */
function pair(clock, random, faults, options) {
  const a = new Side(clock, random, faults, options);
  const b = new Side(clock, random, faults, options);
  a.other = b;
  b.other = a;
  return { a, b };
}

/** @param {number} from @param {number} length */
const bytesFrom = (from, length) => Uint8Array.from({ length }, (_, i) => ((from + i) * 31 + ((from + i) >> 8)) & 255);

for (const [name, faults] of /** @type {[string, Faults][]} */ ([
  ['nothing is lost', {}],
  ['a tenth is lost', { lost: 10 }],
  ['a third is doubled', { doubled: 33 }],
  ['a fifth comes late', { late: 20 }],
  ['a third is lost, and all of that', { lost: 33, doubled: 20, late: 20 }],
])) {
  test(`a stream arrives in order, without a gap and without a double, where ${name}`, (t) => {
    for (let run = 0; run < 10; run++) {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const random = randomOf(seed);
      const clock = new Clock();
      const { a, b } = pair(clock, random, faults, { size: HEADER + 50 + random.below(600) });
      const total = 10_000;
      for (const side of [a, b]) {
        let written = 0;
        let most = 0;
        const write = () => {
          if (written === total) return;
          const length = Math.min(total - written, random.below(1500));
          const goesOn = side.reliable.write([
            bytesFrom(written, length >> 1),
            bytesFrom(written + (length >> 1), length - (length >> 1)),
          ]);
          written += length;
          most = Math.max(most, side.reliable.unacknowledged);
          if (most > 4000 + 1500) t.fail(`${most} bytes are kept, seed ${seed}`);
          if (goesOn) clock.after(random.below(20), write);
          else waits = true;
        };
        let waits = false;
        const drained = side.drains;
        const look = () => {
          if (waits && side.drains > drained) {
            waits = false;
            side.drains = drained;
            write();
          }
          if (written < total) clock.after(10, look);
        };
        clock.after(0, write);
        clock.after(1, look);
      }
      // Cuts, in which both sides may learn that they are up again at different times.
      for (let cut = 0; cut < 3; cut++) {
        const side = random.pick([a, b]);
        clock.after(random.below(500), () => (side.isUp = false));
        clock.after(500 + random.below(3000), () => {
          side.isUp = true;
          side.reliable.resume();
        });
      }
      for (
        let steps = 0;
        steps < 1e6 &&
        (a.length < total || b.length < total || a.reliable.unacknowledged + b.reliable.unacknowledged > 0);
        steps++
      ) {
        if (!clock.step()) break;
      }
      for (const side of [a, b]) {
        t.is(side.error, undefined, `seed ${seed}`);
        t.true(Buffer.concat(side.received).equals(bytesFrom(0, total)), `seed ${seed}`);
        t.is(side.reliable.unacknowledged, 0, `seed ${seed}`);
      }
    }
  });
}

test('a side that hears nothing sends again only what it is asked for, and asks ever more seldom', (t) => {
  const clock = new Clock();
  const { a, b } = pair(clock, randomOf(1), {});
  b.isUp = false;
  a.reliable.write([bytesFrom(0, 3000)]);
  const first = a.sent;
  while (clock.now() < 20_000) clock.step();
  t.is(a.reliable.rewinds, 0);
  t.true(a.sent - first < 16, `${a.sent - first} datagrams in 20 seconds`);
  b.isUp = true;
  b.reliable.resume();
  while (a.reliable.unacknowledged > 0 && clock.step());
  t.is(b.length, 3000);
  t.is(a.reliable.rewinds, 1);
});

test('while it cannot send, it keeps no more than its window and what was written last', (t) => {
  const clock = new Clock();
  const { a } = pair(clock, randomOf(1), {});
  a.isUp = false;
  let count = 0;
  while (a.reliable.write([bytesFrom(0, 100)])) count++;
  t.true(count <= 40);
  t.is(a.sent, 0);
});

test('small writes that cannot be sent at once go together', (t) => {
  const clock = new Clock();
  const { a, b } = pair(clock, randomOf(1), {}, { size: 1000, window: 100_000 });
  a.isFull = true;
  for (let i = 0; i < 100; i++) a.reliable.write([bytesFrom(i * 10, 10)]);
  a.isFull = false;
  a.reliable.pump();
  t.is(a.sent, 2);
  while (a.reliable.unacknowledged > 0 && clock.step());
  t.true(Buffer.concat(b.received).equals(bytesFrom(0, 1000)));
});

test('a datagram that breaks a rule ends the stream, and nothing is read of it', (t) => {
  const datagram = (
    /** @type {number} */ flags,
    /** @type {bigint} */ offset,
    /** @type {bigint} */ ack,
    length = 0,
  ) => {
    const bytes = Buffer.alloc(HEADER + length);
    bytes[0] = flags;
    bytes.writeBigUInt64BE(offset, 1);
    bytes.writeBigUInt64BE(ack, 9);
    return bytes;
  };
  const bad = [
    Buffer.alloc(0),
    Buffer.alloc(HEADER - 1),
    datagram(8, 0n, 0n, 1),
    datagram(4, 0n, 0n, 1),
    datagram(255, 0n, 0n, 1),
    datagram(0, 0n, 1n, 1),
    datagram(0, 0n, 2n ** 64n - 1n, 1),
    datagram(0, 2n ** 53n - 1n, 0n, 1),
    datagram(0, 2n ** 64n - 1n, 0n, 1),
  ];
  for (const bytes of bad) {
    const { b } = pair(new Clock(), randomOf(1), {});
    b.reliable.arrived(bytes);
    t.is(/** @type {any} */ (b.error)?.code, 'ERR_FERROPORT_LINK_PROTOCOL', bytes.toString('hex'));
    b.reliable.arrived(datagram(0, 0n, 0n, 1));
    t.is(b.length, 0);
    t.false(b.reliable.write([bytesFrom(0, 1)]));
  }
});

test('of mutated datagrams and greetings none is read as what it is not, and none does harm', (t) => {
  const { readAnswer, readDial, writeAnswer, writeDial } = require('../../lib/nats/greeting');
  const { isAddress } = require('../../lib/nats/names');
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = randomOf(seed);
  const info = { id: 'a'.repeat(32), name: 'name', host: 'host', pid: 5, runtime: 'node 24.0.0' };
  const answer = { to: `_INBOX.${'b'.repeat(32)}.${'c'.repeat(32)}`, line: 'd'.repeat(32), knows: true, info };
  t.deepEqual(readDial(writeDial(info)), info);
  t.deepEqual(readAnswer(writeAnswer(answer)), answer);
  const greetings = [writeDial(info), writeAnswer(answer)];
  const mutated = (/** @type {Uint8Array} */ bytes) => {
    const copy = Uint8Array.from(bytes);
    for (let changes = 1 + random.below(4); changes > 0; changes--) copy[random.below(copy.length)] = random.below(256);
    return random.chance(10) ? copy.subarray(0, random.below(copy.length)) : copy;
  };
  for (let i = 0; i < 50_000; i++) {
    const bytes = mutated(random.pick(greetings));
    const dial = readDial(bytes);
    if (dial !== undefined) t.regex(dial.id, /^[0-9a-f]{32}$/);
    const read = readAnswer(bytes);
    if (read !== undefined && !(isAddress(read.to) && /^[0-9a-f]{32}$/.test(read.line))) t.fail(`seed ${seed}`);
  }
  for (let run = 0; run < 500; run++) {
    const clock = new Clock();
    const { a, b } = pair(clock, random, {});
    /** @type {Uint8Array[]} */
    const sent = [];
    const arrived = b.reliable.arrived.bind(b.reliable);
    b.reliable.arrived = (bytes) => {
      sent.push(bytes);
      arrived(bytes);
    };
    a.reliable.write([bytesFrom(0, 2000)]);
    for (let i = 0; i < 20; i++) clock.step();
    for (let i = 0; i < 200 && b.error === undefined; i++) {
      const count = b.sent;
      b.reliable.arrived(mutated(random.pick(sent)));
      if (b.sent > count + 1) t.fail(`one datagram was answered by several, seed ${seed}`);
    }
    t.true(b.length <= 2000 + 200 * 600);
  }
});

test('who is told that its stream is not there any more ends, without an error', (t) => {
  const { a } = pair(new Clock(), randomOf(1), {});
  let isOver = false;
  a.reliable.write([bytesFrom(0, 3000)]);
  a.reliable.finish(() => (isOver = true));
  t.false(isOver);
  a.reliable.arrived(ENDED);
  t.true(isOver);
  t.false(a.reliable.write([bytesFrom(0, 1)]));
});

test('what asks to be sent again and again is not answered each time', (t) => {
  const { a } = pair(new Clock(), randomOf(1), {});
  a.reliable.write([bytesFrom(0, 3000)]);
  const first = a.sent;
  const lacks = new Uint8Array(HEADER);
  lacks[0] = 1;
  for (let i = 0; i < 1000; i++) a.reliable.arrived(lacks);
  t.true(a.sent - first <= first, `${a.sent - first} datagrams`);
});
