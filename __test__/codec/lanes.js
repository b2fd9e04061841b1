'use strict';

// Each way through the two codecs, in one thread and whatever the environment chooses: written by one, read by either.

// First, because it loads the others in their order.
require('../../index.js');
const native = require('../../lib/native/native');
const mailbox = require('../../lib/channel/mailbox');
const Session = require('../../lib/codec/message/session');
const { encode } = require('../../lib/codec/encode/encode');
const { decodeCurrent } = require('../../lib/codec/decode/decode');
const { cells, control, out, places } = require('../../lib/native/block');
const { clear } = require('../../lib/codec/message/message');
const { describe, thrown } = require('../support/describe');

/** Writes a value into the block. */
function encoded(value) {
  try {
    return encode(value, true);
  } catch (error) {
    clear();
    throw error;
  }
}

/** Sends a value that needs no parcel. */
const writers = {
  fast(key, value) {
    const session = encoded(value);
    if (session !== null) throw new Error('it needs a parcel');
    cells[places.KEY] = key;
    native.send();
  },
  complete(key, value) {
    native.post(key, value, new Session(null), () => {
      throw new Error('it needs a parcel');
    });
  },
};

/** Reads the message that was received. */
const readers = { fast: decodeCurrent, complete: native.read };

const pipe = mailbox.createChannel();

/**
 * @param {'fast' | 'complete'} writer
 * @param {'fast' | 'complete'} reader
 * @param {unknown} value
 * @returns what arrives
 * @throws what refuses the value
 */
function trip(writer, reader, value) {
  const { key, peerKey: peer } = pipe;
  writers[writer](key, value);
  native.receive(peer);
  return readers[reader]();
}

/** Each writer with each reader, the complete codec with itself excepted. */
const ways = [
  ['fast', 'fast'],
  ['fast', 'complete'],
  ['complete', 'fast'],
];

/**
 * What arrives of a value on each way, described, or the error that refuses it.
 * @param {() => unknown} make makes it anew
 * @returns {{ way: string, arrived: unknown }[]}
 */
function arrivals(make) {
  return ways.map(([writer, reader]) => {
    const way = `written by the ${writer} one, read by the ${reader} one`;
    try {
      return { way, arrived: describe(trip(writer, reader, make())) };
    } catch (error) {
      return { way, arrived: thrown(error) };
    }
  });
}

/**
 * @param {unknown} value
 * @returns {Int32Array | null} the words that the fast lane writes for it, without header; null if they do not all stand in
 *   the block
 */
function wordsOf(value) {
  try {
    encoded(value);
    return control[places.FLUSHES] === 0 ? out.words.slice(1, control[places.TO]) : null;
  } finally {
    native.discard();
  }
}

module.exports = { arrivals, trip, wordsOf };
