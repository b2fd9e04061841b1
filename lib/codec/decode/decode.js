// The fast lane's decoder: reads messages out of the block. A message with something that the decoder does not know is
// read again, from its start, by the complete codec.
'use strict';

const native = require('../../native/native');
const reader = require('./reader');
const { readArray, readDoubles, readInts } = require('./arrays');
const { readBuffer, readView, readWholeView } = require('./buffers');
const { readBoxed, readError, readMap, readRegExp, readSet } = require('./builtins');
const { readDictionary, readShaped, readSparse } = require('./objects');
const { DEEP } = require('../message/limits');
const { cells, incoming, places } = require('../../native/block');
const { Object, bareList, globals } = require('../../language/intrinsics');

const { FOREIGN, at, begin, beginRecord, count, foreign, read, readers, remember } = reader;
const { readBigInt, readDouble, readText } = reader;
const { Date } = globals;
const { tags, read: readWhole, release } = native;
const { FLAG_REFS, FLAG_TRANSFERS, LATIN1, UTF16 } = tags;
const { words } = incoming;
const { OFFSET, LENGTH, WORD_BYTES } = places;

/**
 * Reads the message that `MESSAGE` has announced.
 * @returns {unknown}
 */
function decodeCurrent() {
  const length = begin();
  try {
    const value = readMessage();
    if (length > WORD_BYTES) release();
    return value;
  } catch (error) {
    if (error === FOREIGN) return readWhole();
    release();
    throw error;
  }
}

/**
 * Reads one of several messages in the block.
 * @param {number} p of its first word
 * @param {number} length in bytes
 * @returns {unknown}
 */
function decodeRecord(p, length) {
  beginRecord(p);
  try {
    return readMessage();
  } catch (error) {
    if (error !== FOREIGN) throw error;
    cells[OFFSET] = p * 4;
    cells[LENGTH] = length;
    return native.readRecord();
  }
}

/** Reads the message at the current position, from its header on. */
function readMessage() {
  const header = words[at.p++];
  const flags = header >>> 24;
  at.depth = 0;
  at.deepest = DEEP;
  if ((flags & (FLAG_REFS | FLAG_TRANSFERS)) === 0) {
    at.objects = null;
    return read();
  }
  if ((flags & FLAG_TRANSFERS) !== 0) throw FOREIGN;
  at.objects = bareList();
  const value = read();
  at.objects = null;
  return value;
}

readers[tags.UNDEFINED] = () => undefined;
readers[tags.NULL] = () => null;
readers[tags.FALSE] = () => false;
readers[tags.TRUE] = () => true;
readers[tags.INT] = (argument) => (argument << 8) >> 8;
readers[tags.INT32] = () => words[at.p++];
readers[tags.DOUBLE] = readDouble;
readers[tags.BIGINT] = readBigInt;
readers[tags.LATIN1] = (argument) => readText(LATIN1, argument, (argument + 3) >> 2);
readers[tags.UTF16] = (argument) => readText(UTF16, argument, (argument + 1) >> 1);
readers[tags.REF] = (argument) => /** @type {unknown[]} */ (at.objects)[count(argument)];
readers[tags.BOOLEAN_OBJECT] = (argument) => remember(Object(argument === 1));
readers[tags.NUMBER_OBJECT] = readBoxed;
readers[tags.STRING_OBJECT] = readBoxed;
readers[tags.BIGINT_OBJECT] = readBoxed;
readers[tags.DATE] = () => remember(new Date(readDouble()));
readers[tags.REGEXP] = readRegExp;
readers[tags.ERROR] = readError;
readers[tags.OBJECT] = (argument) => readDictionary(count(argument));
readers[tags.ARRAY] = readArray;
readers[tags.SPARSE_ARRAY] = (argument) => readSparse(count(argument));
readers[tags.PACKED_INTS] = (argument) => readInts(count(argument));
readers[tags.PACKED_DOUBLES] = (argument) => readDoubles(count(argument));
readers[tags.MAP] = (argument) => readMap(count(argument));
readers[tags.SET] = (argument) => readSet(count(argument));
readers[tags.ARRAY_BUFFER] = (argument) => (argument === 0 ? readBuffer() : foreign());
readers[tags.VIEW] = readView;
readers[tags.WHOLE_VIEW] = readWholeView;
readers[tags.LOCAL_SHAPED] = readShaped;

module.exports = { decodeCurrent, decodeRecord };
