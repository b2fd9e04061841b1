// Why a link has ended: the errors that programs get.
'use strict';

const { nodeError } = require('../node/errors');

/** What a peer has done against the rules: whoever reads its frames throws this, and the session ends. */
class Violation extends Error {}

/** @param {string} what was wrong */
const protocolError = (what) => nodeError(Error, 'ERR_FERROPORT_LINK_PROTOCOL', `The link was ended: ${what}`);

/**
 * @param {string} code
 * @param {string} message
 * @param {unknown} [cause]
 */
function errorOf(code, message, cause) {
  const error = nodeError(Error, code, message);
  if (cause !== undefined && cause !== null) error.cause = cause;
  return error;
}

/** @param {Error} [cause] what the transport has said */
const lostError = (cause) => errorOf('ERR_FERROPORT_LINK_LOST', 'The connection under the link has ended', cause);

/** @param {number} silence in milliseconds */
const deadError = (silence) =>
  nodeError(Error, 'ERR_FERROPORT_LINK_DEAD', `Nothing was heard of the other side of the link for ${silence} ms`);

/**
 * An error as a message between threads, which would lose the codes.
 * @param {any} error
 */
function sent(error) {
  if (error === undefined) return undefined;
  const { code, message, cause } = error;
  return { code, message, cause, system: cause && { code: cause.code, errno: cause.errno, syscall: cause.syscall } };
}

/**
 * What `sent` was given, in this thread.
 * @param {{ code: string, message: string, cause?: any, system?: any } | undefined} told
 * @returns {Error | undefined}
 */
function arrived(told) {
  if (told === undefined) return undefined;
  const { code, message, cause, system } = told;
  const error = errorOf(code, message, cause);
  if (cause === undefined || cause === null) return error;
  const keys = ['code', 'errno', 'syscall'];
  for (let i = 0; i < keys.length; i++) if (system[keys[i]] !== undefined) cause[keys[i]] = system[keys[i]];
  return error;
}

module.exports = { Violation, errorOf, protocolError, lostError, deadError, sent, arrived };
