// Why a link has ended: the errors that programs get, and the reasons that its ports tell in 'close'.
'use strict';

const { nodeError } = require('../node/errors');

/** Why a port of a link has closed: what `reason` of its 'close' event says. */
const reasons = {
  /** This side has closed the port, or the link. */
  CLOSED: 'closed',
  /** The other side has. */
  PEER_CLOSED: 'peer closed',
  /** The connection has broken. */
  LOST: 'lost',
  /** Nothing was heard of the other side for too long. */
  DEAD: 'dead',
  /** A side has broken the rules, or has not taken the port or one of its messages. */
  REFUSED: 'refused',
};

/** What a peer has done against the rules: whoever reads its frames throws this, and the session ends. */
class Violation extends Error {}

/** @param {string} what was wrong */
const protocolError = (what) => nodeError(Error, 'ERR_FERROPORT_LINK_PROTOCOL', `The link was ended: ${what}`);

/** @param {Error} [cause] what the transport has said */
function lostError(cause) {
  const error = nodeError(Error, 'ERR_FERROPORT_LINK_LOST', 'The connection under the link has ended');
  if (cause !== undefined && cause !== null) error.cause = cause;
  return error;
}

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
  const error = nodeError(Error, told.code, told.message);
  const { cause, system } = told;
  if (cause === undefined || cause === null) return error;
  error.cause = cause;
  const keys = ['code', 'errno', 'syscall'];
  for (let i = 0; i < keys.length; i++) if (system[keys[i]] !== undefined) cause[keys[i]] = system[keys[i]];
  return error;
}

module.exports = { reasons, Violation, protocolError, lostError, deadError, sent, arrived };
