// postMessage while somebody subscribes to `ferroport:post`. Loaded with the first message of that kind.
'use strict';

const native = require('../native/native');
const { invalidArgType } = require('../node/errors');
const { posts } = require('../node/diagnostics');
const { statics } = require('../language/originals');
const { sendingKey } = require('../port/port');
const { shownAs } = require('../port/shown');
const { sent } = require('./outcome');
const { loadTransfers, post } = require('./post');

const { assign } = statics;

/**
 * The string that goes with the messages that are posted now. A getter may post while a message is being written: that message has its own.
 * @type {string | undefined}
 */
let current;

/** @param {string | undefined} context */
function setContext(context) {
  native.setContext(context);
  current = context;
}

/**
 * Tells subscribers of a message, and sends it with the string that one of them may have set.
 * @param {any} port sending
 * @param {unknown} value
 * @param {unknown} transfer as postMessage got it
 * @param {import('./post').Route<any>} route
 * @param {Function} entrance the function that the program has called
 * @returns {boolean | undefined} as postMessage
 * @throws as postMessage; ERR_INVALID_ARG_TYPE if the subscriber has set something else than a string. Nothing has changed then
 */
function postTold(port, value, transfer, route, entrance) {
  const items =
    transfer === undefined || transfer === null ? [] : loadTransfers().transferListOf(/** @type {any} */ (transfer));
  const context = tell(port, value, items);
  const before = current;
  setContext(context);
  try {
    if (items.length > 0) return loadTransfers().postWithTransfer(port, value, items, entrance);
    const key = sendingKey(port);
    const outcome = post(
      context === undefined ? route : assign({}, route, { sendWritten: native.sendWritten }),
      port,
      key,
      value,
      entrance,
    );
    return sent(outcome, key);
  } finally {
    setContext(before);
  }
}

/**
 * @param {any} port
 * @param {unknown} value
 * @param {any[]} items of the transfer list
 * @returns {string | undefined} what a subscriber has set as `context`
 * @throws {TypeError} ERR_INVALID_ARG_TYPE
 */
function tell(port, value, items) {
  const shown = shownAs(port);
  if (shown === undefined) return undefined;
  /** @type {{ port: object, value: unknown, context: unknown, transfer?: any[] }} */
  const message = { port: shown, value, context: undefined };
  if (items.length > 0) {
    /** @type {any[]} */
    const transfer = [];
    for (let i = 0; i < items.length; i++) transfer[i] = items[i];
    message.transfer = transfer;
  }
  posts.publish(message);
  const { context } = message;
  if (context !== undefined && typeof context !== 'string') {
    throw invalidArgType('message.context', 'of type string', context);
  }
  return context;
}

module.exports = { postTold };
