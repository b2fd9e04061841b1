// How much of what a port has posted waits at the other end, how much may, and who waits until there is room.
'use strict';

const native = require('../native/native');
const attached = require('../channel/attached');
const mailbox = require('../channel/mailbox');
const { Map, mapDelete, mapGet, mapSet } = require('../language/intrinsics');
const { globals } = require('../language/originals');
const { makeEvent } = require('./dispatch');
const { contextOf, departures, isActive, isFresh, keyOf, sendingKey } = require('./port');
const { readMark, showMark } = require('./mark');
const { emit } = require('./target');

const { CLOSED, FULL, ROOM } = native.outcomes;
const { LINKED } = native.limits;
const { Promise } = globals;

/** @typedef {ReturnType<typeof import('./port').make>} Port */

/** What `native.counts` says, by place. */
const SENT = 0;
const RECEIVED = 2;
const WAITING = 4;
const BUFFERED = 6;
const MARK = 8;

/**
 * What is promised to those who wait for room, by key of the sending endpoint. Held until it is settled, and with it the port.
 *
 * If the other end is in another thread, a wait keeps this thread running, as a read of a file does. If both ends are here, only what
 * runs anyway could make room.
 * @type {Map<number, { port: Port, promise: Promise<boolean>, keepsRunning: boolean, settle: (hasRoom: boolean) => void }>}
 */
const waiting = new Map();

/**
 * What is counted of a port's channel. Nothing is, before its channel is made: to look does not make it.
 * @param {Port} port
 */
const countsOf = (port) => countsAt(isFresh(port) ? 0 : keyOf(port));

/**
 * @param {number} key 0 if there is no endpoint
 * @returns {number[]}
 */
function countsAt(key) {
  const counts = key === 0 ? [] : native.counts(key);
  return counts.length > 0 ? counts : [0, 0, 0, 0, 0, 0, 0, 0, Infinity, Infinity];
}

/** @param {Port} port */
function markOf(port) {
  const counts = countsOf(port);
  return showMark({ messages: counts[MARK], bytes: counts[MARK + 1] });
}

/**
 * @param {Port} port
 * @param {any} given
 * @throws as readMark; nothing has changed then
 */
function setMark(port, given) {
  const { messages, bytes } = readMark('highWaterMark', given);
  if (isActive(port)) native.setMark(keyOf(port), messages, bytes);
}

/**
 * @param {Port[]} ports
 * @param {import('./mark').Mark} mark of each
 */
function setMarks(ports, { messages, bytes }) {
  for (let i = 0; i < ports.length; i++) native.setMark(keyOf(ports[i]), messages, bytes);
}

/** @param {Port} port */
const bufferedMessages = (port) => countsOf(port)[BUFFERED];

/** @param {Port} port */
const bufferedAmount = (port) => countsOf(port)[BUFFERED + 1];

/**
 * Whether what the port posts now finds room. If there is none, the port is told when there is.
 * @param {Port} port
 */
const hasRoom = (port) => roomAt(sendingKey(port)) === ROOM;

/** @param {number} key 0 if there is no endpoint */
const roomAt = (key) => (key === 0 ? CLOSED : native.room(key));

/**
 * As `whenRoom`. While the promise is pending, the thread goes on running if the other end is in another thread: who waits is waited for.
 * @param {Port} port
 */
function ready(port) {
  const promise = whenRoom(port);
  const key = sendingKey(port);
  const there = mapGet(waiting, key);
  // Who reads at the other side of a link is elsewhere, wherever the link's own end is.
  if (there !== undefined && !there.keepsRunning && (native.peerKey(key) === 0 || native.bars(key) === LINKED)) {
    there.keepsRunning = true;
    mailbox.countRef(1);
  }
  return promise;
}

/**
 * @param {Port} port
 * @returns {Promise<boolean>} true once there is room, false once the channel has ended for the port
 */
function whenRoom(port) {
  const key = sendingKey(port);
  const outcome = roomAt(key);
  if (outcome !== FULL) return new Promise((resolve) => resolve(outcome === ROOM));
  const there = mapGet(waiting, key);
  if (there !== undefined) return there.promise;
  /** @type {(hasRoom: boolean) => void} */
  let settle = () => {};
  const promise = new Promise((resolve) => (settle = resolve));
  mapSet(waiting, key, { port, promise, keepsRunning: false, settle });
  return promise;
}

/**
 * There is room again at the other end of a channel, or that has closed.
 * @param {number} key of the sending endpoint
 */
function heardRoom(key) {
  const outcome = roomAt(key);
  // Somebody was quicker. The port will hear again.
  if (outcome === FULL) return;
  const port = mapGet(waiting, key)?.port ?? attached.get(key);
  settle(key, outcome === ROOM);
  if (outcome !== ROOM || port === undefined || !isActive(port)) return;
  contextOf(port).runInAsyncScope(emit, undefined, port, 'drain', undefined, makeEvent);
}

/**
 * @param {number} key
 * @param {boolean} hasRoom
 */
function settle(key, hasRoom) {
  const there = mapGet(waiting, key);
  if (there === undefined) return;
  mapDelete(waiting, key);
  if (there.keepsRunning) mailbox.countRef(-1);
  there.settle(hasRoom);
}

departures.heard = (key) => settle(key, false);

/** @param {Port} port */
const stats = (port) => (isFresh(port) ? { ...statsAt(0), peer: 'this thread' } : statsAt(keyOf(port)));

/** @param {number} key 0 if there is no endpoint */
function statsAt(key) {
  const counts = countsAt(key);
  return {
    sent: counts[SENT],
    received: counts[RECEIVED],
    sentBytes: counts[SENT + 1],
    receivedBytes: counts[RECEIVED + 1],
    waitingMessages: counts[WAITING],
    waitingBytes: counts[WAITING + 1],
    peer: native.whereabouts(key),
  };
}

module.exports = {
  markOf,
  setMark,
  setMarks,
  bufferedAmount,
  bufferedMessages,
  hasRoom,
  ready,
  whenRoom,
  heardRoom,
  stats,
  statsAt,
};
