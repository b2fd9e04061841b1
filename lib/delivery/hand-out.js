// Hands messages out while somebody subscribes to `ferroport:message`. Whoever takes a message for a program, in whatever way, hands
// the message out by this, so that subscribers hear of each message once.
'use strict';

const { messages } = require('../node/diagnostics');
const { statics } = require('../language/originals');
const { shownAs } = require('../port/shown');

const { apply } = statics;

/**
 * Tells subscribers of a message, and calls `give`. The stores of AsyncLocalStorage that are bound to the channel hold in there.
 * @template T
 * @param {object} port that has received the message
 * @param {unknown} value
 * @param {string | undefined} context the string that has come along
 * @param {(...rest: any[]) => T} give hands the value to the program
 * @param {...any} rest what `give` is called with
 * @returns {T} what `give` has returned
 * @throws what `give` throws
 */
function handOut(port, value, context, give, ...rest) {
  const shown = shownAs(port);
  if (shown === undefined) return apply(give, undefined, rest);
  const message = { port: shown, value, context };
  if (typeof messages.runStores === 'function') {
    return messages.runStores(message, () => apply(give, undefined, rest));
  }
  messages.publish(message);
  return apply(give, undefined, rest);
}

module.exports = { handOut };
