// The oracle: asks the running Node's own messaging what it would do with a value. The program does not notice.
'use strict';

const { types } = require('node:util');
const { Map, mapForEach, mapGet, mapHas, mapSet } = require('../language/intrinsics');
const { slot } = require('../language/intrinsics');
const threads = require('../node/threads').original;
const native = require('../native/native');
const { isRefusal } = require('../node/errors');

const { MessageChannel, markAsUntransferable, receiveMessageOnPort } = threads;
/** Undefined on Node 20, which has no such function. */
const { isMarkedAsUntransferable } = /** @type {any} */ (threads);

const byteLength = slot('ArrayBuffer', 'byteLength');

const SENTINEL = { name: 'ferroport: the list is valid' };

/** To serialize this object fails, after Node has checked the transfer list and before Node detaches anything. */
const POISON = {
  get poison() {
    throw SENTINEL;
  },
};

/** @typedef {import('node:worker_threads').MessagePort} NodePort */

/** @type {never[]} */
const NOTHING = [];

/** @type {{ port1: NodePort, port2: NodePort, open: NodePort } | undefined} */
let ports;

/** Whether something was sent on the channel that nobody has received yet. */
let isUnderWay = false;

/** The oracle's native channel, which is empty, and a native port that stands for ports of ferroport. Made when first needed. */
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

/** Gives up a channel on which something waits: a question was ended in the middle, and its answer is not that of the next question. */
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
 * Moves the memory of a buffer into a new buffer. The old buffer is detached.
 * @param {ArrayBuffer} buffer
 * @returns {ArrayBuffer} the new buffer
 * @throws what the running Node throws for a buffer that it does not transfer
 */
function move(buffer) {
  return through(buffer, [buffer]);
}

/** The way to send a value to nobody, once found. @type {((value: unknown, transferList: unknown[]) => void) | undefined} */
let sendToNobody;

/**
 * Sends a value to nobody. Node serializes the value and moves what is listed; then everything is dropped.
 * @param {unknown} value
 * @param {unknown[]} transferList
 * @throws what the running Node throws
 */
function discard(value, transferList) {
  sendToNobody ??= makeNobody();
  sendToNobody(value, transferList);
}

/**
 * Finds out how to send a value to nobody.
 * @returns {NonNullable<typeof sendToNobody>}
 */
function makeNobody() {
  const nowhere = new MessageChannel().port1;
  nowhere.close();
  try {
    nowhere.postMessage(POISON);
  } catch (error) {
    if (error !== SENTINEL) throw error;
    // A closed port does everything that an open port does, except sending.
    return (value, transferList) => nowhere.postMessage(value, /** @type {any} */ (transferList));
  }
  // On Deno, a closed port does not even look at the value.
  return (value, transferList) => void through(value, transferList);
}

/**
 * Sends a port without listing it, which the running Node refuses.
 * @param {boolean} isOpen whether the port is to be an open one or a closed one
 * @throws what the running Node throws
 */
function sendUnlistedPort(isOpen) {
  const { port1, open } = scratch();
  port1.postMessage(isOpen ? open : closedPort());
}

/** A port that has just been closed. A port that closed in an earlier turn would crash every version of Node. */
function closedPort() {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}

/**
 * Whether a refused message has lost its buffers all the same, as on Deno.
 * @type {boolean | undefined}
 */
let detaches;

/**
 * Tries whether a refused message loses its buffers.
 * @param {NodePort} port
 */
function losesBuffers(port) {
  // This is asked once, so the stack must suffice: want of stack would be taken for the answer.
  native.reserveStepStack();
  const buffer = new ArrayBuffer(1);
  try {
    port.postMessage(POISON, [buffer]);
  } catch {
    // What was thrown is of no interest.
  }
  return byteLength(buffer) === 0;
}

/**
 * A transfer list in which other buffers stand for those that could be transferred.
 * @param {unknown[]} items
 */
function withSpareBuffers(items) {
  const spare = new Map();
  const stand = [];
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    stand[i] = item;
    if (!types.isArrayBuffer(item) || require('./view').isDetached(item) || isRefusedForMark(item)) continue;
    if (!mapHas(spare, item)) mapSet(spare, item, new ArrayBuffer(1));
    stand[i] = mapGet(spare, item);
  }
  return stand;
}

/**
 * Checks a transfer list as the running Node does. Detaches nothing.
 * @param {unknown[]} items with native ports in the places of ferroport's, see `standIns`
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
 * Whether an object that Node has made can be moved now.
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
 * Whether the running Node transfers a host object, where Node transfers some objects of its kind. Unlike `checkTransferList`, this asks
 * before the object prepares itself for the transfer: a signal that had prepared itself would leave ports behind.
 * @param {object} object
 */
function isListable(object) {
  native.reserveStepStack();
  const { port1 } = scratch();
  sourceRefused ??= whyRefused([port1]);
  return whyRefused([object, port1]) === sourceRefused;
}

/**
 * The message of Node's error for a port in the transfer list of a message on that port.
 * @type {string | undefined}
 */
let sourceRefused;

/**
 * Node's message for the first item of a transfer list that it refuses.
 * @param {unknown[]} items Node has to refuse the last item, and does so before it asks other items for what they bring along
 * @returns {string}
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
  // Node 20 passes over such buffers, so a buffer that is named twice is no duplicate there.
  try {
    checkTransferList([buffer, buffer]);
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}

/**
 * Whether the running Node refuses an ArrayBuffer because the buffer is marked untransferable. Node 20 copies such buffers instead.
 * @param {ArrayBufferLike} buffer
 * @returns {boolean}
 */
function isRefusedForMark(buffer) {
  return isMarkedAsUntransferable !== undefined && isMarkedAsUntransferable(buffer);
}

/**
 * Puts native ports into a transfer list in the places of ferroport's.
 * @param {unknown[]} items
 * @param {(item: any) => 'open' | 'marked' | 'closed' | 'source' | undefined} stateOf the state of a port of ferroport as the
 *   sender sees it, 'source' for the sending port; undefined for any other item
 * @returns {{ items: unknown[], done: () => void }} the new list, and a function that closes the native ports
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

module.exports = {
  clone,
  isCloneable,
  move,
  discard,
  sendUnlistedPort,
  checkTransferList,
  canMove,
  isListable,
  isUntransferable,
  isRefusedForMark,
  standIns,
};
