// The second argument of postMessage: which objects it lists, and whether they may be transferred.
'use strict';

const oracle = require('./oracle');
const marks = require('./marks');
const { nodeError } = require('./errors');
const ports = require('./message-port');

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
 * Checks a transfer list as the running Node does. Detaches nothing.
 * @param {ReturnType<typeof ports.make>} port sending
 * @param {any[]} items
 * @throws the running Node's error for the first item that is wrong
 */
function checkTransferList(port, items) {
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
}

module.exports = { transferListOf, checkTransferList };
