'use strict';

// Faults that Node's own ports have, up to Node 26: passed over where they are asked, and not where ferroport is.

/**
 * - A channel that is made while the stack is full is half made: it calls code that it was never given when it closes.
 *   Streams and workers make channels.
 * - A buffer is detached before an object after it in the parcel is written, and stays so if that overflows.
 * - A port that is half made does not close, and keeps the process from ending.
 * - structuredClone with a port ends the process where there is no room for the clone's port.
 */
const known = [
  { operation: /stream|channel|worker|refused|close|structuredClone/, what: 'an uncaught exception' },
  { operation: /^the program of .*"groups":\["hook"\]/, what: 'has not come to its end' },
  { operation: /^the program of .*"groups":\["transferring"\]/, what: 'has not ended by itself' },
  { operation: /beside a BlockList/, what: 'a listed buffer has lost its bytes' },
];

/** @param {import('./report').Result} result of the built-in */
function withoutKnown({ counts, faults }) {
  const isKnown = ({ operation, what }) =>
    known.some((fault) => fault.operation.test(operation) && what.startsWith(fault.what));
  return { counts, faults: faults.filter((fault) => !isKnown(fault)) };
}

module.exports = { withoutKnown };
