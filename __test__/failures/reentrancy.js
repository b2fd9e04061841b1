'use strict';

// Getters that post, receive, transfer, broadcast, serialize, close and overflow while a message is being written, up to five
// deep. What has been posted is noted when postMessage returns, and must arrive in this order.

const { PADDINGS, callAt } = require('./stack');
const { randomOf } = require('../support/random');
const { sentinel } = require('./sentinels');
const { isSame } = require('./world');
const { turns } = require('./trial');

const DEEPEST = 5;
const STEPS = 12;
const CHANNELS = 4;

class Abandoned extends Error {}

let topics = 0;

/** One run: some channels, and what waits on them. */
class Run {
  #depth = 0;
  #n = 0;

  constructor({ api, tally }, seed) {
    this.api = api;
    this.tally = tally;
    this.random = randomOf(seed);
    this.lines = Array.from({ length: CHANNELS }, () => {
      const { port1, port2 } = new api.MessageChannel();
      return { from: port1, to: port2, expected: [] };
    });
    const topic = `reentrancy ${topics++}`;
    const [sender, ...members] = Array.from({ length: 3 }, () => new api.BroadcastChannel(topic));
    this.group = { sender, members: members.map((to) => ({ to, expected: [] })) };
  }

  /**
   * A value with getters that do something, and what arrives of it.
   * @returns {{ value: any, expected: any }}
   */
  make(levels = 3) {
    const { random } = this;
    const n = this.#n++;
    const kind = levels === 0 ? 0 : random.below(6);
    if (kind === 0) return { value: sentinel(n), expected: sentinel(n) };
    const children = Array.from({ length: 1 + random.below(3) }, () => this.make(levels - 1));
    const both = (build) => ({
      value: build(children.map(({ value }) => value)),
      expected: build(children.map(({ expected }) => expected)),
    });
    if (kind === 1) return both((list) => list);
    if (kind === 2) return both((list) => new Map(list.map((value, index) => [index, value])));
    if (kind === 3) return both((list) => ({ n, text: 'x'.repeat(n % 3 === 0 ? 5000 : 3), list }));
    const value = { n };
    const expected = { n };
    children.forEach((child, index) => {
      const key = kind === 4 ? `key${index}` : `key ${n} ${index}`;
      expected[key] = child.expected;
      const get = () => {
        this.act();
        return child.value;
      };
      Object.defineProperty(value, key, { enumerable: true, get });
    });
    return { value, expected };
  }

  /** Does one thing, or none. */
  act() {
    if (this.#depth >= DEEPEST || this.random.chance(30)) return;
    this.#depth++;
    try {
      this.random.pick(this.#actions)();
    } finally {
      this.#depth--;
    }
  }

  /** Posts; what a getter abandons has not been sent. */
  #post(line, value, expected, list) {
    try {
      line.from.postMessage(value, list);
    } catch (error) {
      this.tally.count(true);
      if (!(error instanceof Abandoned)) throw error;
      if (this.random.chance(20)) throw error;
      return false;
    }
    this.tally.count(false);
    line.expected.push((message) => isSame(message, expected));
    return true;
  }

  post = () => {
    const { value, expected } = this.make();
    this.#post(this.random.pick(this.lines), value, expected);
  };

  receive = () => {
    this.#receive(this.random.pick([...this.lines, ...this.group.members]));
  };

  #receive({ to, expected }) {
    const is = expected.shift();
    const received = this.api.receiveMessageOnPort(to);
    if (is === undefined) {
      if (received !== undefined) this.tally.complain('more has arrived than was posted', received.message);
      return false;
    }
    if (received === undefined) this.tally.complain('less has arrived than was posted');
    else if (!is(received.message)) this.tally.complain('not what was posted', received.message);
    return true;
  }

  transferBuffer = () => {
    const bytes = new Uint8Array(200).fill(this.#n++);
    const copy = bytes.slice();
    const { value, expected } = this.make(2);
    const wasSent = this.#post(this.random.pick(this.lines), { bytes, value }, { bytes: copy, value: expected }, [
      bytes.buffer,
    ]);
    if (wasSent !== (bytes.byteLength === 0)) this.tally.complain('a buffer has moved without its message', bytes);
  };

  transferPort = () => {
    const { port1, port2 } = new this.api.MessageChannel();
    const { value, expected } = this.make(2);
    port2.postMessage({ waits: this.#n });
    const waits = { waits: this.#n };
    const line = this.random.pick(this.lines);
    try {
      line.from.postMessage({ value, port: port1 }, [port1]);
    } catch (error) {
      this.tally.count(true);
      if (!isSame(this.api.receiveMessageOnPort(port1)?.message, waits)) {
        this.tally.complain('a port has moved without its message');
      }
      port1.close();
      if (error instanceof Abandoned) return;
      throw error;
    }
    this.tally.count(false);
    line.expected.push((message) => {
      const received = this.api.receiveMessageOnPort(message.port);
      port2.close();
      return isSame(message.value, expected) && isSame(received?.message, waits);
    });
  };

  broadcast = () => {
    const { value, expected } = this.make(2);
    try {
      this.group.sender.postMessage(value);
    } catch (error) {
      this.tally.count(true);
      if (error instanceof Abandoned) return;
      throw error;
    }
    this.tally.count(false);
    for (const member of this.group.members) member.expected.push((message) => isSame(message, expected));
  };

  serialize = () => {
    const { serialize, deserialize } = this.api;
    if (serialize === undefined) return;
    const { value, expected } = this.make(2);
    try {
      const bytes = serialize(value);
      if (!isSame(deserialize(bytes), expected)) this.tally.complain('not what was serialized');
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
    }
  };

  close = () => {
    const { port1, port2 } = new this.api.MessageChannel();
    port1.postMessage({ n: this.#n++ });
    if (this.random.chance(50)) port1.postMessage(new Uint8Array(9), []);
    (this.random.chance(50) ? port1 : port2).close();
  };

  overflow = () => {
    const line = this.random.pick(this.lines);
    const n = this.#n++;
    const value = { overflow: n, text: 'x'.repeat(3000), list: [sentinel(n)] };
    const outcome = callAt(this.random.below(60), this.random.below(PADDINGS), () => line.from.postMessage(value));
    this.tally.count(outcome.threw);
    if (!outcome.threw && !outcome.isOut) line.expected.push((message) => isSame(message, value));
  };

  abandon = () => {
    throw new Abandoned('a getter has thrown');
  };

  #actions = [
    ...[this.post, this.post, this.post, this.receive, this.receive, this.transferBuffer, this.transferPort],
    ...[this.broadcast, this.serialize, this.close, this.overflow, this.abandon],
  ];

  step() {
    try {
      this.random.pick(this.#actions)();
    } catch (error) {
      if (!(error instanceof Abandoned)) this.tally.complain('an error that no getter has thrown', error);
    }
  }

  end() {
    for (const line of [...this.lines, ...this.group.members]) while (this.#receive(line));
    for (const { from } of this.lines) from.close();
    for (const { to } of this.group.members) to.close();
    this.group.sender.close();
  }
}

/** @param {import('./drivers').Setting} setting */
async function driveReentrancy(setting) {
  const { plan, tally } = setting;
  for (let n = 0; n < plan.attempts; n++) {
    const seed = plan.seed + n;
    tally.begin('posts within posts', 'getters post', `seed ${seed}`);
    const run = new Run(setting, seed);
    for (let step = 0; step < STEPS; step++) run.step();
    run.end();
    if (n % 8 === 0) await turns();
  }
  await turns(5);
}

module.exports = { driveReentrancy };
