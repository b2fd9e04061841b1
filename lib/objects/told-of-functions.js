// Remembers what Node says of functions that are sent, so that Node need not be asked each time. Of all values, functions are refused most
// often.
'use strict';

const classes = require('../node/classes');
const { makeUntraced } = require('./untraced');
const { getPrototypeOf, sourceTextOf, startsWith, stringSlice, types } = require('../language/intrinsics');

/** The part of Node's message that follows the text of the function. */
let rest = '';

/** The length of the longest text that stood in a message unchanged. The engine may shorten longer texts. */
let longest = -1;

/**
 * The error that the running Node throws for a function, without a stack.
 * @param {Function} value
 * @returns {DOMException | undefined} undefined if the error is not known, so that Node has to be asked
 */
function refusalOf(value) {
  if (longest < 0 || types.isProxy(value)) return undefined;
  const text = sourceTextOf(value);
  return text.length > longest ? undefined : makeUntraced(classes.DOMException, text + rest, NAME);
}

const NAME = 'DataCloneError';

/**
 * Learns from an error about a function, if the error is made of parts that are known for other functions as well: a DOMException with
 * that name, and a message that begins with the function's text.
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
  // The rest of the message must be the same for functions of all lengths.
  if (longest >= 0 && after !== rest) return;
  rest = after;
  longest = text.length;
}

module.exports = { refusalOf, learn };
