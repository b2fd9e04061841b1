// The messages of ferroport/call: plain objects that have a kind under a key of their own. All other messages of a port are none of
// its business.
'use strict';

const { statics } = require('../language/originals');

const { hasOwn } = statics;

/** The key under which a record has its kind. */
const KIND = 'ferroport.call';

/** The caller asks for a function, by name, with arguments. `given`: shared signals that tell that it gives up. */
const CALL = 1;
/** What a function has returned. */
const RESULT = 2;
/** What a function has thrown. */
const THROWN = 3;
/** Why a call has no result, without its function's doing. */
const REFUSED = 4;
/** The caller does not wait any more. */
const ABORT = 5;
/** The sender's peer has closed. */
const BYE = 6;
/** The sender could not read a message, and does not know which. */
const UNREADABLE = 7;
/** Which of these calls are still being served? */
const ASK = 8;
/** These are not. Their answers have been sent before this, if there were any. */
const NOT_SERVED = 9;

/** Of a call: its caller is blocked until there is an answer. */
const BLOCKED = 1;
/** Of a call: it was made while its caller served a call that is BLOCKED, and may be what that waits for. */
const NESTED = 2;

/** @typedef {{ [key: string]: any }} CallRecord */

/**
 * The kind of a message that is a record. Records have been cloned, so reading them runs no code of the sender's.
 * @param {any} message
 * @returns {number} 0 for a message of somebody else
 */
function kindOf(message) {
  if (typeof message !== 'object' || message === null || !hasOwn(message, KIND)) return 0;
  const kind = message[KIND];
  return typeof kind === 'number' ? kind : 0;
}

/**
 * @param {number} id
 * @param {string} name
 * @param {any[]} args
 * @param {number} mode BLOCKED, NESTED, or both
 * @returns {CallRecord}
 */
const callOf = (id, name, args, mode) => ({ 'ferroport.call': CALL, id, name, args, mode });

/**
 * @param {number} id
 * @param {string} name
 * @param {any[]} args
 * @param {number} mode
 * @param {any[]} given
 * @returns {CallRecord}
 */
const callWithSignals = (id, name, args, mode, given) => ({ 'ferroport.call': CALL, id, name, args, mode, given });

/**
 * @param {number} id
 * @param {any} value
 * @returns {CallRecord}
 */
const resultOf = (id, value) => ({ 'ferroport.call': RESULT, id, value });

/**
 * @param {number} id
 * @param {string} code
 * @param {string} message
 * @returns {CallRecord}
 */
const refusalOf = (id, code, message) => ({ 'ferroport.call': REFUSED, id, code, message });

/**
 * @param {number} kind THROWN or ABORT
 * @param {number} id
 * @param {{ value: any, errors: any }} packed
 * @returns {CallRecord}
 */
const thrownOf = (kind, id, { value, errors }) => ({ 'ferroport.call': kind, id, value, errors });

/**
 * @param {number} kind
 * @param {number[]} [ids]
 * @returns {CallRecord}
 */
const noteOf = (kind, ids) => ({ 'ferroport.call': kind, ids });

module.exports = {
  CALL,
  RESULT,
  THROWN,
  REFUSED,
  ABORT,
  BYE,
  UNREADABLE,
  ASK,
  NOT_SERVED,
  BLOCKED,
  NESTED,
  kindOf,
  callOf,
  callWithSignals,
  resultOf,
  refusalOf,
  thrownOf,
  noteOf,
};
