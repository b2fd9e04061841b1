// postMessage with a transfer list: checks it as the running Node does, clones, then detaches, then sends.
'use strict';

const native = require('./native');
const oracle = require('./oracle');
const marks = require('./marks');
const { nodeError, dataCloneError } = require('./errors');
const { located } = require('./culprit-path');
const Session = require('./codec/session');
const { maxByteLengthOf, isDetached } = require('./codec/view');
const ports = require('./message-port');
const closing = require('./closing');
const { types } = require('node:util');

const { tags } = native;

/** An index stands above the tag in what the hook `visit` gives. */
const INDEX = 256;

/** @typedef {ReturnType<typeof ports.make>} Port */

/**
 * The items of postMessage's second argument (Node.js: an iterable, or options with `transfer`).
 * @param {any} argument neither undefined nor null
 * @returns {any[]}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE; what the iterator throws
 */
function transferListOf(argument) {
  if (typeof argument === 'object' || typeof argument === 'function') {
    const list = itemsOf(argument);
    if (list !== undefined) return list;
    const { transfer } = argument;
    if (transfer === undefined) return [];
    if ((typeof transfer === 'object' && transfer !== null) || typeof transfer === 'function') {
      const items = itemsOf(transfer);
      if (items !== undefined) return items;
    }
    throw notIterable('options.transfer');
  }
  throw notIterable('transferList');
}

/**
 * @param {any} iterable
 * @returns {any[] | undefined} undefined if it is not iterable
 */
function itemsOf(iterable) {
  const method = iterable[Symbol.iterator];
  if (typeof method !== 'function') return undefined;
  const iterator = Reflect.apply(method, iterable, []);
  if (typeof iterator !== 'object' || iterator === null) return undefined;
  const { next } = iterator;
  if (typeof next !== 'function') return undefined;
  const items = [];
  for (;;) {
    const step = Reflect.apply(next, iterator, []);
    if (typeof step !== 'object' || step === null) return undefined;
    if (step.done) return items;
    items.push(step.value);
  }
}

/** @param {string} name */
function notIterable(name) {
  return nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', `Optional ${name} argument must be an iterable`);
}

/**
 * @param {any} port sending
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @returns {true | undefined} as postMessage
 * @throws the running Node's error for what is wrong with list or value; nothing has changed then
 */
function postWithTransfer(port, value, items) {
  checkItems(port, items);
  // Node 20 passes over what is marked untransferable, as if it were not listed; later ones have refused it.
  const movedPorts = items.filter((item) => ports.isPort(item) && !marks.isUntransferable(item));
  const buffers = items.filter((item) => types.isArrayBuffer(item) && !oracle.isUntransferable(item));
  const session = new Session(transferMap(movedPorts, buffers));
  const draft = makeDraft(
    value,
    session,
    buffers.flatMap((buffer) => [buffer, maxByteLengthOf(buffer)]),
  );
  try {
    // A getter may have closed one of them meanwhile.
    for (const moved of movedPorts) if (!ports.isOpen(moved)) oracle.refusePort(moved, false);
    const present = buffers.filter((buffer) => !isDetached(buffer));
    if (present.length > 0) oracle.detach(present);
  } catch (error) {
    native.dropDraft(draft);
    throw error;
  }
  return ports.sent(send(port, draft, movedPorts));
}

/**
 * @param {unknown} value
 * @param {Session} session
 * @param {unknown[]} buffers
 */
function makeDraft(value, session, buffers) {
  try {
    return native.draft(value, session, buffers);
  } catch (error) {
    throw located(error, value);
  }
}

/**
 * @param {Port} port
 * @param {any[]} items
 */
function checkItems(port, items) {
  const stand = oracle.standIns(items, (item) => {
    if (!ports.isPort(item)) return undefined;
    if (item === port) return 'source';
    if (!ports.isOpen(item)) return 'closed';
    return marks.isUntransferable(item) ? 'marked' : 'open';
  });
  try {
    oracle.checkTransferList(stand.items);
  } finally {
    stand.done();
  }
  for (const item of items) {
    if (!ports.isPort(item) && !types.isArrayBuffer(item)) {
      throw dataCloneError('The transfer list holds an object that ferroport cannot transfer yet.');
    }
  }
}

/**
 * What the encoder writes for the objects that are moved.
 * @param {Port[]} movedPorts
 * @param {ArrayBuffer[]} buffers
 */
function transferMap(movedPorts, buffers) {
  /** @type {Map<object, number>} */
  const map = new Map();
  movedPorts.forEach((moved, index) => map.set(moved, tags.PORT + index * INDEX));
  buffers.forEach((buffer, index) => map.set(buffer, tags.TRANSFERRED + index * INDEX));
  return map;
}

/**
 * @param {any} port
 * @param {number} draft
 * @param {Port[]} movedPorts
 */
function send(port, draft, movedPorts) {
  const key = ports.sendingKey(port);
  const keys = movedPorts.map(ports.keyOf);
  for (const moved of movedPorts) {
    ports.leave(moved);
    closing.later(() => ports.emitClose(moved));
  }
  return native.sendDraft(key, draft, keys);
}

module.exports = { transferListOf, postWithTransfer };
