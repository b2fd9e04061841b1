// Writes words into the block: heads, numbers, strings, bytes. Each function takes the place to write at, and returns the next place.
'use strict';

const native = require('../../native/native');
const { LIMIT, control, cells, out, places } = require('../../native/block');
const { charCodeAt, regExpExec, bytesSet } = require('../../language/intrinsics');

const {
  flush: flushBlock,
  tags,
  appendBytes,
  appendString,
  appendValue,
  writeDigits,
  writeLatin1,
  writeUtf16,
} = native;
const { words, doubles, digits, bytes } = out;
const { FLAGS, FLUSHES, FROM, TO, LENGTH, WORD_BYTES } = places;
const { INT, INT32, DOUBLE, BIGINT, BIGINT_NEGATIVE, LATIN1, UTF16, LONG_COUNT, NAN_HIGH } = tags;

/** Strings up to this length are written in JavaScript. For longer ones a native call is faster. */
const SHORT = 20;

/** Strings up to this length have room after LIMIT. */
const FITTING = 1800;

/** Strings up to this many words are written into the block if they end before LIMIT. Longer ones go into the draft, without a second copy. */
const MOST_WORDS = 4096;

/** Up to this many bytes are copied into the block if they fit. They are copied twice then, which costs less than a native call. */
const FEW_BYTES = 1 << 14;

/** Does not match in a string of Latin-1. V8 knows such strings without looking at their units. */
const WIDE = /[\u0100-\uffff]/;

/** Begins a message; word 0 is for its header. Nothing of the message has been flushed, so a draft in Rust belongs to another message. */
function begin() {
  control[FROM] = 1;
  control[FLAGS] = 0;
  control[FLUSHES] = 0;
  return 1;
}

/**
 * Makes room in the block by a flush. What is written next keeps its alignment.
 * @param {number} p
 */
function flush(p) {
  control[TO] = p;
  flushBlock();
  control[TO] = p & 1;
  return resume();
}

/** The place to go on at after a native call has emptied the block and appended to the draft. */
function resume() {
  return (control[FROM] = control[TO]);
}

/**
 * @param {number} tag
 * @param {number} count
 * @param {number} p
 */
function writeHead(tag, count, p) {
  if (count < LONG_COUNT) {
    words[p] = tag | (count << 8);
    return p + 1;
  }
  words[p] = tag | (LONG_COUNT << 8);
  words[p + 1] = count;
  return p + 2;
}

/**
 * @param {number} v
 * @param {number} p
 */
function writeNumber(v, p) {
  if (v === v >> 0 && (v !== 0 || 1 / v > 0)) {
    if (v === (v << 8) >> 8) {
      words[p] = INT | (v << 8);
      return p + 1;
    }
    words[p] = INT32;
    words[p + 1] = v;
    return p + 2;
  }
  words[p] = DOUBLE;
  return writeDouble(v, p + 1);
}

/**
 * @param {number} v
 * @param {number} p
 */
function writeDouble(v, p) {
  if ((p & 1) === 1) words[p++] = 0;
  if (v === v) {
    doubles[p >> 1] = v;
  } else {
    words[p] = 0;
    words[p + 1] = NAN_HIGH;
  }
  return p + 2;
}

/**
 * @param {bigint} v
 * @param {number} p
 */
function writeBigInt(v, p) {
  let at = p + 2;
  if ((at & 1) === 1) words[at++] = 0;
  let isNegative = v < 0n;
  const size = isNegative ? -v : v;
  digits[at >> 1] = size;
  let count = 1;
  if (size === 0n) {
    count = 0;
  } else if (digits[at >> 1] !== size) {
    control[TO] = at * 4;
    isNegative = writeDigits(v);
    count = cells[LENGTH];
    if (count < 0) {
      control[TO] = p;
      appendValue(v, undefined);
      return resume();
    }
  }
  words[p] = BIGINT | (isNegative ? BIGINT_NEGATIVE << 8 : 0);
  words[p + 1] = count;
  return at + 2 * count;
}

/**
 * @param {string} s
 * @param {number} p
 */
function writeString(s, p) {
  const { length } = s;
  if (length > SHORT) return writeLongString(s, length, p);
  let at = p + 1;
  let all = 0;
  let i = 0;
  for (const end = length - 3; i < end; i += 4) {
    const a = charCodeAt(s, i);
    const b = charCodeAt(s, i + 1);
    const c = charCodeAt(s, i + 2);
    const d = charCodeAt(s, i + 3);
    all |= a | b | c | d;
    words[at++] = a | (b << 8) | (c << 16) | (d << 24);
  }
  if (i < length) {
    let word = 0;
    for (let shift = 0; i < length; i++, shift += 8) {
      const unit = charCodeAt(s, i);
      all |= unit;
      word |= unit << shift;
    }
    words[at++] = word;
  }
  if (all > 0xff) return writeShortUtf16(s, length, p);
  words[p] = LATIN1 | (length << 8);
  return at;
}

/**
 * @param {string} s
 * @param {number} length
 * @param {number} p
 */
function writeShortUtf16(s, length, p) {
  words[p++] = UTF16 | (length << 8);
  let i = 0;
  for (; i + 2 <= length; i += 2) words[p++] = charCodeAt(s, i) | (charCodeAt(s, i + 1) << 16);
  if (i < length) words[p++] = charCodeAt(s, i);
  return p;
}

/**
 * @param {string} s
 * @param {number} length
 * @param {number} p
 */
function writeLongString(s, length, p) {
  const isLatin1 = isOneByte(s);
  const size = isLatin1 ? (length + 3) >>> 2 : (length + 1) >>> 1;
  if (length > FITTING && (size > MOST_WORDS || p + size > LIMIT)) {
    control[TO] = p;
    appendString(s, isLatin1);
    return resume();
  }
  words[p] = (isLatin1 ? LATIN1 : UTF16) | (length << 8);
  words[p + size] = 0;
  control[TO] = (p + 1) * 4;
  if (isLatin1) writeLatin1(s);
  else writeUtf16(s);
  return p + 1 + size;
}

/**
 * Whether all units of a string are Latin-1.
 * @param {string} s
 * @throws {RangeError} where the stack is full
 */
function isOneByte(s) {
  try {
    return regExpExec(WIDE, s) === null;
  } catch (error) {
    // V8 compiles regular expressions when they are used. If the stack is too full for that, V8 calls the expression invalid.
    throw error instanceof SyntaxError ? new RangeError('Maximum call stack size exceeded') : error;
  }
}

/**
 * Writes a length or an offset, in two words.
 * @param {number} length
 * @param {number} p
 */
function writeLength(length, p) {
  words[p] = length;
  words[p + 1] = length / 2 ** 32;
  return p + 2;
}

/**
 * Writes bytes, and pads them to whole words.
 * @param {Uint8Array} view
 * @param {number} length how many bytes the view shows
 * @param {number} p
 */
function writeBytes(view, length, p) {
  if (length > FEW_BYTES || length > WORD_BYTES - p * 4) {
    control[TO] = p;
    appendBytes(view);
    return resume();
  }
  if (length === 0) return p;
  const size = (length + 3) >> 2;
  words[p + size - 1] = 0;
  bytesSet(bytes, view, p * 4);
  return p + size;
}

module.exports = {
  begin,
  flush,
  resume,
  writeHead,
  writeNumber,
  writeDouble,
  writeBigInt,
  writeString,
  isOneByte,
  writeLength,
  writeBytes,
};
