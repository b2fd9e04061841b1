// What one message remembers while it is being cloned.
'use strict';

const { Map } = require('./intrinsics');

/** The objects that the message has shown, by number, and those that it moves. */
class Session {
  /** @param {Map<object, number> | null} transfer what to write for the objects of the transfer list */
  constructor(transfer) {
    /** @type {Map<object, number>} */
    this.seen = new Map();
    this.transfer = transfer;
    /** How many numbers have been given out. The encoder counts alike: see docs/wire-format.md. */
    this.count = 0;
  }
}

module.exports = Session;
