// Why the ports of links close (docs/links.md): numbers in Rust, words for programs.
'use strict';

/** By number. Without a reason, the other end of a channel that leaves the process has just closed. */
const REASONS = /** @type {const} */ ([undefined, 'closed', 'peer closed', 'lost', 'dead', 'refused']);

/** @typedef {'closed' | 'peer closed' | 'lost' | 'dead' | 'refused'} Reason */

/** The number of the reason of a port that the program has closed itself. */
const CLOSED = 1;

/**
 * @param {Reason} reason
 * @returns {number}
 */
function numberOf(reason) {
  for (let i = 1; i < REASONS.length; i++) if (REASONS[i] === reason) return i;
  return 0;
}

module.exports = { CLOSED, REASONS, numberOf };
