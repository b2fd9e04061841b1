// Asks the running Node's own messaging what it would do with a value, without anybody else noticing.
'use strict';

const { types } = require('node:util');
const { Map, getPrototypeOf, mapForEach, mapGet, mapHas, mapSet } = require('./codec/intrinsics');
const { classOf, getOwnPropertyDescriptor, slot, stringSlice } = require('./codec/intrinsics');
const threads = require('./node-threads').original;
const native = require('./native');
const told = require('./told-of-functions');
const { dataCloneError, isRefusal } = require('./errors');

const { MessageChannel, markAsUntransferable, receiveMessageOnPort } = threads;
/** Node 20 has none. */
const { isMarkedAsUntransferable } = /** @type {any} */ (threads);

const byteLength = slot('ArrayBuffer', 'byteLength');

const SENTINEL = { name: 'ferroport: the list is valid' };

/** Serializing it fails, after a transfer list has been checked and before anything is detached. */
const POISON = {
  get poison() {
    throw SENTINEL;
  },
};

/** @typedef {import('node:worker_threads').MessagePort} NodePort */

/** @type {never[]} */
const NOTHING = [];

/** @type {typeof import('./culprit-path').blame} */
const blame = (error, culprit) => require('./culprit-path').blame(error, culprit);

/** @type {{ port1: NodePort, port2: NodePort, open: NodePort } | undefined} */
let ports;

/** Something has been sent on the channel that nobody has received yet. */
let isUnderWay = false;

/** A native channel of our own, with nothing in it, and a native port to stand for ours, made when first needed. */
function scratch() {
  if (isUnderWay) giveUp();
  if (ports !== undefined) return ports;
  const { port1, port2 } = new MessageChannel();
  const open = new MessageChannel().port1;
  port1.unref();
  port2.unref();
  open.unref();
  return (ports = { port1, port2, open });
}

/** What was sent last was never received, because something has ended that in the middle: it is nobody's answer. */
function giveUp() {
  native.reserveStepStack();
  const left = ports;
  ports = undefined;
  isUnderWay = false;
  left?.port1.close();
}

/**
 * What arrives when the running Node sends a value.
 * @param {unknown} value
 * @param {unknown[]} transferList
 * @returns {any}
 * @throws what the running Node throws
 */
function through(value, transferList) {
  native.reserveStepStack();
  const { port1, port2 } = scratch();
  port1.postMessage(value, /** @type {any} */ (transferList));
  isUnderWay = true;
  const { message } = /** @type {{ message: any }} */ (receiveMessageOnPort(port2));
  isUnderWay = false;
  return message;
}

/**
 * Throws the running Node's error for a value that its messaging refuses.
 * @param {unknown} value
 * @returns {never}
 * @throws {DOMException} DataCloneError, also where Node could send the value and ferroport cannot
 */
function refuse(value) {
  // A function that only throws is never compiled: what takes time stands in another.
  throw refusalOf(value);
}

/**
 * @param {unknown} value that the running Node's messaging refuses, or ferroport
 * @returns {unknown} what `refuse` throws
 */
function refusalOf(value) {
  const known = typeof value === 'function' ? told.refusalOf(value) : undefined;
  return blame(known ?? askAbout(value), value);
}

/** @param {unknown} value */
function askAbout(value) {
  try {
    clone(value);
  } catch (error) {
    if (typeof value === 'function') told.learn(value, error);
    return error;
  }
  return dataCloneError(
    `${describe(value)} could not be cloned: only the engine can move it, and bytes cannot hold it.`,
  );
}

/**
 * What arrives when the running Node sends a value.
 * @param {unknown} value
 * @returns {unknown}
 * @throws what the running Node throws
 */
function clone(value) {
  return through(value, NOTHING);
}

/**
 * Whether the running Node can send a value.
 * @param {unknown} value
 */
function isCloneable(value) {
  try {
    clone(value);
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}

/**
 * The memory of a buffer in a new one; the old one is detached.
 * @param {ArrayBuffer} buffer
 * @returns {ArrayBuffer}
 * @throws what the running Node throws for one that it does not transfer
 */
function move(buffer) {
  return through(buffer, [buffer]);
}

/** @type {((value: unknown, transferList: unknown[]) => void) | undefined} */
let sendToNobody;

/**
 * Sends a value to nobody: it is serialized and what is listed is moved, then all is dropped.
 * @param {unknown} value
 * @param {unknown[]} transferList
 * @throws what the running Node throws
 */
function discard(value, transferList) {
  sendToNobody ??= makeNobody();
  sendToNobody(value, transferList);
}

/** @returns {NonNullable<typeof sendToNobody>} */
function makeNobody() {
  const nowhere = new MessageChannel().port1;
  nowhere.close();
  try {
    nowhere.postMessage(POISON);
  } catch (error) {
    if (error !== SENTINEL) throw error;
    // A closed port does all that an open one does, up to sending.
    return (value, transferList) => nowhere.postMessage(value, /** @type {any} */ (transferList));
  }
  // Not on Deno, where it does not even look.
  return (value, transferList) => void through(value, transferList);
}

/**
 * Throws the running Node's error for a port that stands in a message and not in its transfer list.
 * @param {object} port ours
 * @param {boolean} isOpen whether it is still open and here
 * @returns {never}
 */
function refusePort(port, isOpen) {
  const { port1, open } = scratch();
  try {
    return /** @type {never} */ (port1.postMessage(isOpen ? open : closedPort()));
  } catch (error) {
    throw blame(error, port);
  }
}

/** A port that has just been closed: one that closed a turn ago crashes every version of Node. */
function closedPort() {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}

/**
 * Whether a message that is refused has lost its buffers all the same (Deno).
 * @type {boolean | undefined}
 */
let detaches;

/** @param {NodePort} port */
function losesBuffers(port) {
  // Asked once: nothing else may be the answer.
  native.reserveStepStack();
  const buffer = new ArrayBuffer(1);
  try {
    port.postMessage(POISON, [buffer]);
  } catch {
    // Not what is asked.
  }
  return byteLength(buffer) === 0;
}

/**
 * A transfer list with other buffers for those in which nothing is seen to be wrong.
 * @param {unknown[]} items
 */
function withSpareBuffers(items) {
  const spare = new Map();
  const stand = [];
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    stand[i] = item;
    if (!types.isArrayBuffer(item) || require('./codec/view').isDetached(item) || isRefusedForMark(item)) continue;
    if (!mapHas(spare, item)) mapSet(spare, item, new ArrayBuffer(1));
    stand[i] = mapGet(spare, item);
  }
  return stand;
}

/**
 * Checks a transfer list as the running Node does. Detaches nothing.
 * @param {unknown[]} items with native ports for ours, see `standIns`
 * @throws the running Node's error for the first item that is wrong
 */
function checkTransferList(items) {
  native.reserveStepStack();
  const { port1 } = scratch();
  detaches ??= losesBuffers(port1);
  try {
    port1.postMessage(POISON, /** @type {any} */ (detaches ? withSpareBuffers(items) : items));
  } catch (error) {
    if (error !== SENTINEL) throw error;
  }
}

/**
 * Whether an object of the running Node's can be moved now.
 * @param {object} object
 */
function canMove(object) {
  try {
    checkTransferList([object]);
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}

/**
 * Whether the running Node transfers a host object of a kind of which it transfers some. Asks before the object is made to
 * prepare itself, as `checkTransferList` does: of a signal, ports would remain.
 * @param {object} object
 */
function isListable(object) {
  native.reserveStepStack();
  const { port1 } = scratch();
  sourceRefused ??= whyRefused([port1]);
  return whyRefused([object, port1]) === sourceRefused;
}

/**
 * What Node says of a port that is to move through itself.
 * @type {string | undefined}
 */
let sourceRefused;

/**
 * @param {unknown[]} items the last of which Node refuses before it looks at what the others bring along
 * @returns {string} the message of the error for the first that it refuses
 */
function whyRefused(items) {
  try {
    scratch().port1.postMessage(undefined, /** @type {any} */ (items));
    return '';
  } catch (/** @type {any} */ error) {
    return error.message;
  }
}

/**
 * Whether an ArrayBuffer is marked untransferable, as Node marks the pools of Buffer.
 * @param {ArrayBufferLike} buffer
 * @returns {boolean}
 */
function isUntransferable(buffer) {
  if (isMarkedAsUntransferable !== undefined) return isMarkedAsUntransferable(buffer);
  // Node 20 passes over such buffers, so that naming one twice is no duplicate.
  try {
    checkTransferList([buffer, buffer]);
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}

/**
 * Whether an ArrayBuffer is marked untransferable and the running Node refuses such. Node 20 copies them instead.
 * @param {ArrayBufferLike} buffer
 * @returns {boolean}
 */
function isRefusedForMark(buffer) {
  return isMarkedAsUntransferable !== undefined && isMarkedAsUntransferable(buffer);
}

/**
 * Native ports that stand for ours in a transfer list.
 * @param {unknown[]} items
 * @param {(item: any) => 'open' | 'marked' | 'closed' | 'source' | undefined} stateOf of a port of ours, from the sender's view
 * @returns {{ items: unknown[], done: () => void }}
 */
function standIns(items, stateOf) {
  const { port1 } = scratch();
  const made = new Map();
  const stand = [];
  for (let i = 0; i < items.length; i++) {
    const state = stateOf(items[i]);
    stand[i] = state === 'source' ? port1 : items[i];
    if (state === undefined || state === 'source') continue;
    if (!mapHas(made, items[i])) mapSet(made, items[i], state === 'closed' ? closedPort() : new MessageChannel().port1);
    stand[i] = mapGet(made, items[i]);
    if (state === 'marked') markAsUntransferable(stand[i]);
  }
  const done = () => mapForEach(made, (/** @type {any} */ port) => port.close());
  return { items: stand, done };
}

/** @param {unknown} value */
function describe(value) {
  if (typeof value !== 'object' || value === null) return String(value);
  const prototype = types.isProxy(value) ? null : getPrototypeOf(value);
  const isAsked = prototype !== null && !types.isProxy(prototype);
  const constructor = isAsked ? getOwnPropertyDescriptor(prototype, 'constructor')?.value : undefined;
  if (typeof constructor === 'function' && !types.isProxy(constructor)) {
    const name = getOwnPropertyDescriptor(constructor, 'name')?.value;
    if (typeof name === 'string' && name !== '') return `#<${name}>`;
  }
  return `#<${isAsked ? stringSlice(classOf(value), 8, -1) : 'Object'}>`;
}

module.exports = {
  refuse,
  refusalOf,
  clone,
  isCloneable,
  move,
  discard,
  refusePort,
  checkTransferList,
  canMove,
  isListable,
  isUntransferable,
  isRefusedForMark,
  standIns,
};
