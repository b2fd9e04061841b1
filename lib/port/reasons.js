// Why the ports of links close (docs/links.md): numbers in Rust, words for programs.
'use strict';

/** What `reason` of a port's 'close' event says. */
const reasons = /** @type {const} */ ({
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
});

/** By number. Without a reason, the other end of a channel that leaves the process has just closed. */
const REASONS = /** @type {const} */ ([
  undefined,
  reasons.CLOSED,
  reasons.PEER_CLOSED,
  reasons.LOST,
  reasons.DEAD,
  reasons.REFUSED,
]);

/** @typedef {NonNullable<(typeof REASONS)[number]>} Reason */

/** The number of the reason of a port that the program has closed itself. */
const CLOSED = 1;

/**
 * @param {Reason | undefined} reason
 * @param {readonly (Reason | undefined)[]} [list] in which the reasons have other numbers
 * @returns {number} 0 if the reason is not in the list, or is its first
 */
function numberOf(reason, list = REASONS) {
  for (let i = 1; i < list.length; i++) if (list[i] === reason) return i;
  return 0;
}

module.exports = { CLOSED, REASONS, numberOf, reasons };
