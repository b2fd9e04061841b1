// What Node has said of functions, which is what most often stands in the way: said again, without asking Node each time.
'use strict';

const classes = require('../node/classes');
const { makeUntraced } = require('./untraced');
const { getPrototypeOf, sourceTextOf, startsWith, stringSlice, types } = require('../language/intrinsics');

/** What follows the text of the function in the message. */
let rest = '';

/** The longest text that was in a message as it is. Of longer ones the engine may show a part. */
let longest = -1;

/**
 * @param {Function} value
 * @returns {DOMException | undefined} the error that the running Node throws for a function, without a stack; undefined if Node has not
 *   said as much, and is to be asked
 */
function refusalOf(value) {
  if (longest < 0 || types.isProxy(value)) return undefined;
  const text = sourceTextOf(value);
  return text.length > longest ? undefined : makeUntraced(classes.DOMException, text + rest, NAME);
}

const NAME = 'DataCloneError';

/**
 * Looks whether an error says of a function nothing that is not to be known of others: its class, its name, a message that begins with
 * the function's text.
 * @param {Function} value
 * @param {any} error that the running Node has thrown
 */
function learn(value, error) {
  if (types.isProxy(value)) return;
  const text = sourceTextOf(value);
  if (text.length <= longest || getPrototypeOf(error) !== classes.DOMException.prototype) return;
  const { message, name } = error;
  if (name !== NAME || typeof message !== 'string' || !startsWith(message, text)) return;
  const after = stringSlice(message, text.length);
  // Shorter functions need not begin a message that is about a longer one.
  if (longest >= 0 && after !== rest) return;
  rest = after;
  longest = text.length;
}

module.exports = { refusalOf, learn };
