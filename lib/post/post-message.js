// MessagePort.prototype.postMessage.
'use strict';

const native = require('../native/native');
const lane = require('../lane/lane');
const { posts } = require('../node/diagnostics');
const { nodeError } = require('../node/errors');
const { check, sendingKey } = require('../port/port');
const { sent } = require('./outcome');
const { lazy } = require('../language/lazy');
const { loadTransfers, post } = require('./post');

const { MESSAGE } = native.outcomes;

/** Loaded when somebody subscribes. */
const told = lazy(() => require('./told-post'));

/** @type {import('./post').Route<any>} */
const route = {
  isToOne: true,
  sendWritten: lane.send,
  sendBeside: (port, key, session) =>
    native.sendBeside(key, (number) => loadTransfers().sendAhead(port, key, session, number)),
  sendValue: (port, key, value, session) =>
    session === undefined
      ? native.post(key, value, undefined, undefined)
      : native.post(key, value, session, (number) => loadTransfers().sendAhead(port, key, session, number)),
};

/** Written as a method, so that it cannot be called with `new`, as the built-in's cannot. */
const { postMessage } = {
  /**
   * Sends a message to the other end of the channel (HTML standard, 9.2.4; Node.js, worker_threads).
   * @this {any} the port
   * @param {any} [value]
   * @param {any} [transfer] a list of the objects that move, or an object with such a list as its `transfer`
   * @returns {any} as the built-in: true; false if the peer has closed; undefined if the port itself has
   * @throws what getters throw, and the running Node's error for what is wrong with value or list; nothing has changed then
   */
  postMessage(value, transfer) {
    check(this);
    if (arguments.length === 0) {
      throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'Not enough arguments to MessagePort.postMessage');
    }
    if (posts.hasSubscribers) return told().postTold(this, value, transfer, route, postMessage);
    if (transfer !== undefined && transfer !== null) {
      const { transferListOf, postWithTransfer } = loadTransfers();
      const list = transferListOf(transfer);
      if (list.length > 0) return postWithTransfer(this, value, list, postMessage);
    }
    const key = sendingKey(this);
    const outcome = post(route, this, key, value, postMessage);
    // The message has been sent. Nothing may be called from here on that could fail.
    return outcome === MESSAGE ? true : sent(outcome, key);
  },
};

module.exports = postMessage;
