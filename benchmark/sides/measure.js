// Measures what messages of many kinds cost, posting and receiving apart, on several sides that take turns in one process.
'use strict';

const { isDeepStrictEqual } = require('node:util');
const { setImmediate: turnOfTheLoop } = require('node:timers/promises');

/**
 * @typedef {import('./payloads').Payload} Payload
 * @typedef {typeof import('node:worker_threads')} Threads
 *
 * @typedef {object} Times of one payload on one side, a figure a round, in nanoseconds a message
 * @property {number[]} post
 * @property {number[]} receive
 *
 * @typedef {object} Settings
 * @property {number} rounds
 * @property {number} [warmUp] rounds before, which are not counted
 * @property {number} [first] the kind to begin with
 * @property {number} [turn] which side begins
 * @property {number} [share] of each payload's messages in a round
 * @property {number} [most] messages of a kind in a round
 * @property {() => void} [onRound] is called after each round, of those that are not counted, too
 */

/**
 * Goes through all kinds in turn, again and again: what a program does that sends many kinds. All kinds of a side go through one
 * channel. Each message is a value that was made for it, just before and off the clock.
 * @param {Payload[]} payloads
 * @param {Threads[]} sides
 * @param {Settings} settings
 * @returns {Promise<Times[][]>} of each payload, of each side
 */
async function measureSides(
  payloads,
  sides,
  { rounds, warmUp = 0, first = 0, turn = 0, most = Infinity, share = 1, onRound },
) {
  const channels = sides.map(({ MessageChannel }) => new MessageChannel());
  const times = payloads.map(() => sides.map(() => /** @type {Times} */ ({ post: [], receive: [] })));
  // A program has something left of what it got. Without, the engine forgets the shapes of arrivals, and the next one pays for them.
  const kept = payloads.map(() => sides.map(() => /** @type {unknown} */ (undefined)));
  let seed = 0;
  for (let round = -warmUp; round < rounds; round++) {
    for (let step = 0; step < payloads.length; step++) {
      const kind = (first + step) % payloads.length;
      const payload = payloads[kind];
      const count = Math.min(Math.ceil(payload.count * share), most);
      for (const side of order(sides.length, turn + warmUp + round + step)) {
        const values = [];
        for (let i = 0; i < count; i++) values.push(payload.make(seed++ & 0xffff, sides[side]));
        const figures = measureOne(payload, values, sides[side], channels[side]);
        kept[kind][side] = figures.last;
        if (round >= 0) {
          times[kind][side].post.push(figures.post);
          times[kind][side].receive.push(figures.receive);
        }
        // Finalizers of what arrived have their turn, and nothing is left for the next kind.
        await turnOfTheLoop();
      }
    }
    onRound?.();
  }
  for (const { port1 } of channels) port1.close();
  return times;
}

/**
 * @param {number} count of sides
 * @param {number} turns taken
 * @returns {number[]} the sides, of which each comes first as often as the others
 */
function order(count, turns) {
  const sides = Array.from({ length: count }, (_, index) => (index + turns) % count);
  // Who follows whom changes, too.
  return turns % (2 * count) < count ? sides : sides.reverse();
}

/**
 * @param {Payload} payload
 * @param {any[]} values
 * @param {Threads} side
 * @param {import('node:worker_threads').MessageChannel} channel
 * @returns {{ post: number, receive: number, last: unknown }} nanoseconds a message, and the last that arrived
 */
function measureOne(payload, values, side, channel) {
  const { port1, port2 } = channel;
  const { moved, isRefused, drop } = payload;
  const post = moved ? postMoved(port1, values, moved) : isRefused ? refuse(port1, values) : postAll(port1, values);
  const received = isRefused ? { time: 0, values: [] } : receiveAll(side.receiveMessageOnPort, port2, values.length);
  if (drop) received.values.forEach(drop);
  const last = moved ? undefined : received.values.at(-1);
  return { post: (post * 1e6) / values.length, receive: (received.time * 1e6) / values.length, last };
}

/**
 * @param {import('node:worker_threads').MessagePort} port
 * @param {any[]} values
 */
function postAll(port, values) {
  const began = performance.now();
  for (let i = 0; i < values.length; i++) port.postMessage(values[i]);
  return performance.now() - began;
}

/**
 * @param {import('node:worker_threads').MessagePort} port
 * @param {any[]} values
 * @param {(value: any) => any[]} moved
 */
function postMoved(port, values, moved) {
  const lists = values.map(moved);
  const began = performance.now();
  for (let i = 0; i < values.length; i++) port.postMessage(values[i], lists[i]);
  return performance.now() - began;
}

/**
 * @param {import('node:worker_threads').MessagePort} port
 * @param {any[]} values
 */
function refuse(port, values) {
  let refused = 0;
  const began = performance.now();
  for (let i = 0; i < values.length; i++) {
    try {
      port.postMessage(values[i]);
    } catch {
      refused++;
    }
  }
  const time = performance.now() - began;
  if (refused !== values.length) throw new Error('it was sent');
  return time;
}

/**
 * @param {Threads['receiveMessageOnPort']} receive
 * @param {import('node:worker_threads').MessagePort} port
 * @param {number} count
 */
function receiveAll(receive, port, count) {
  const values = new Array(count);
  const began = performance.now();
  for (let i = 0; i < count; i++) values[i] = receive(port)?.message;
  return { time: performance.now() - began, values };
}

/**
 * @param {Payload} payload
 * @param {Threads} side
 * @throws {Error} when a value does not arrive as it was sent
 */
function checkArrival({ name, make, moved, isRefused, drop }, side) {
  if (isRefused) return;
  const { port1, port2 } = new side.MessageChannel();
  const sent = make(1, side);
  port1.postMessage(sent, moved?.(sent));
  const arrived = side.receiveMessageOnPort(port2)?.message;
  const same = moved ? typeof arrived === 'object' : isDeepStrictEqual(plain(arrived), plain(make(1, side)));
  drop?.(arrived);
  port1.close();
  if (!same) throw new Error(`${name} did not arrive as it was sent`);
}

/**
 * @param {any} value
 * @returns {any} without what a clone does not have: classes and an error's own properties
 */
function plain(value) {
  if (value instanceof Error) return [value.name, value.message, plain(value.cause)];
  return Buffer.isBuffer(value) ? Uint8Array.from(value) : typeof value === 'object' ? structuredClone(value) : value;
}

module.exports = { checkArrival, measureSides, order };
