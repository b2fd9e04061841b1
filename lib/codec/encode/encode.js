// The fast lane's encoder. It writes values into the block, in the format of src/wire, and leaves to the complete codec what it does not
// know.
'use strict';

const native = require('../../native/native');
const refusals = require('../../objects/refusals');
const Session = require('../message/session');
const builtins = require('./builtins');
const objects = require('./objects');
const runs = require('./runs');
const seen = require('./seen');
const writer = require('./writer');
const { elementAt } = require('../../objects/element-at');
const { keysBeside, seemsToHaveMore } = require('../../objects/elements');
const { DEEP, deeperThan } = require('../message/limits');
const { valueOf } = require('../../objects/parts');
const { writePacked, writeBooleans, LONG, PACKABLE } = require('./packed');
const { tagOf } = require('../visit/visit');
const { isOpen } = require('../../port/port');
const { writeBuffer, writeUint8Array, writeView } = require('./buffers');
const { message } = require('../message/message');
const { LIMIT, control, out, places } = require('../../native/block');
const { Map, dateValue, hasOwn, isArray, isView, mapSet, types } = require('../../language/intrinsics');

const { tags } = native;
const { words } = out;
const { flush, writeBigInt, writeDouble, writeHead, writeNumber, writeString } = writer;
const { writeError, writeMap, writeRegExp, writeSet } = builtins;
const { writeKnown, writeProperties, writeSparse, RESTART } = objects;
const { isDate, isMap, isProxy, isSet, isUint8Array } = types;
const { appendValue } = native;
const { ARRAY, DATE, FALSE, FLAG_LOCAL, FLAG_REFS, HOLE, LONG_COUNT, NULL, OBJECT, PORT, REF, TRUE, UNDEFINED } = tags;
const { ARRAY_BUFFER, BIGINT_OBJECT, BOOLEAN_OBJECT, ERROR, NUMBER_OBJECT, REGEXP, SIDECAR, SIGNAL, STRING_OBJECT } =
  tags;
const { FLAGS, TO } = places;

/**
 * Writes a message.
 * @param {unknown} value
 * @param {number} from the key of the sending endpoint, if the message has one receiver; else 0
 * @param {typeof message.port} port that moves with the message
 * @returns {Session | null} the session of a message with which something goes along, a parcel or signals; else null
 * @throws as postMessage; `RESTART` if the complete codec has to write the message. The message stays open after an error,
 *   until `clear` is called.
 */
function encode(value, from, port) {
  message.isOpen = true;
  message.from = from;
  message.port = port;
  control[TO] = write(value, writer.begin());
  const { session } = message;
  if (session !== null) session.count = message.count;
  seen.forget();
  message.first = message.session = message.port = null;
  message.firstValue = undefined;
  message.deepest = DEEP;
  message.isAtBottom = false;
  message.isOpen = false;
  return session !== null && session.isAccompanied ? session : null;
}

/**
 * Writes any value.
 * @param {any} v
 * @param {number} p
 * @returns {number}
 */
function write(v, p) {
  if (p > LIMIT) p = flush(p);
  // For `switch (typeof v)` the engine would call a function to find the name of the type. A comparison takes no call.
  if (typeof v === 'string') return writeString(v, p);
  if (typeof v === 'number') return writeNumber(v, p);
  if (v === true) {
    words[p] = TRUE;
    return p + 1;
  }
  if (v === false) {
    words[p] = FALSE;
    return p + 1;
  }
  if (v === null) {
    words[p] = NULL;
    return p + 1;
  }
  if (typeof v === 'object') return writeObject(v, p);
  if (v === undefined) {
    words[p] = UNDEFINED;
    return p + 1;
  }
  if (typeof v === 'bigint') return writeBigInt(v, p);
  return refusals.refuse(v);
}

/**
 * @param {any} o
 * @param {number} p
 * @returns {number}
 */
function writeObject(o, p) {
  if (isProxy(o)) return refusals.refuse(o);
  const number = seen.number(o);
  if (number >= 0) {
    control[FLAGS] |= FLAG_REFS;
    return writeHead(REF, number, p);
  }
  if (o === message.port) return writePort(o, p);
  if (++message.depth > message.deepest && !goDeeper()) {
    p = append(o, p);
  } else if (isArray(o)) {
    p = writeArray(o, p);
  } else if (isView(o)) {
    p = isUint8Array(o) ? writeUint8Array(o, p, append, refer, carryCopy) : writeView(o, p, append, refer);
  } else {
    p = writePlain(o, p);
  }
  message.depth--;
  return p;
}

/**
 * @param {NonNullable<typeof message.port>} port that the message moves
 * @param {number} p
 * @returns {number}
 */
function writePort(port, p) {
  // A getter has closed the port.
  if (!isOpen(port)) refusals.refusePort(port, false);
  control[FLAGS] |= FLAG_LOCAL;
  return writeHead(PORT, 0, p);
}

/** The session that the complete codec shares with the encoder; made when it is first needed. */
const sessionOf = () => (message.session ??= new Session(message.port === null ? null : transferMap(message.port)));

/** @param {NonNullable<typeof message.port>} port */
function transferMap(port) {
  /** @type {Map<object, number>} */
  const map = new Map();
  mapSet(map, port, PORT);
  return map;
}

/** Whether there is stack for one level more than the message has asked for so far. */
function goDeeper() {
  if (message.isAtBottom) return false;
  const { deepest } = message;
  message.deepest = deeperThan(deepest);
  message.isAtBottom = message.deepest === deepest;
  return !message.isAtBottom;
}

/**
 * Writes an object that is no array and no view.
 * @param {any} o
 * @param {number} p
 */
function writePlain(o, p) {
  const after = writeKnown(o, p);
  if (after >= 0) return after;
  if (isDate(o)) {
    words[p] = DATE;
    return writeDouble(dateValue(o), p + 1);
  }
  if (isMap(o)) return writeMap(o, p, write);
  if (isSet(o)) return writeSet(o, p, write);
  return writeOther(o, p);
}

/**
 * Writes an object by its class.
 * @param {any} o
 * @param {number} p
 * @returns {number}
 */
function writeOther(o, p) {
  const tag = tagOf(o);
  switch (tag) {
    case OBJECT:
      return writeProperties(o, p);
    case ARRAY_BUFFER:
      return writeBuffer(o, p, append);
    case REGEXP:
      return writeRegExp(o, p, write);
    case ERROR:
      return writeError(o, p, write);
    case NUMBER_OBJECT:
    case STRING_OBJECT:
    case BIGINT_OBJECT:
      words[p] = tag;
      return write(valueOf(tag, o), p + 1);
    case BOOLEAN_OBJECT:
      words[p] = tag | (valueOf(tag, o) === true ? 1 << 8 : 0);
      return p + 1;
    case SIDECAR:
      return carry(sessionOf().carry(o), p);
    case SIGNAL:
      control[FLAGS] |= FLAG_LOCAL;
      return writeHead(SIGNAL, sessionOf().share(o), p);
    default:
      return append(o, p);
  }
}

/**
 * @param {any[]} a
 * @param {number} p
 */
function writeArray(a, p) {
  const { length } = a;
  if (length >= LONG_COUNT) return append(a, p);
  const keys = keysBeside(a, length);
  if (keys !== null) return writeSparse(a, length, keys, p);
  const at = p++;
  words[at] = ARRAY | (length << 8);
  let i = 0;
  if (length >= PACKABLE) {
    const first = elementAt(a, 0);
    if (typeof first === 'number') {
      const packed = writePacked(a, first, length, at);
      return typeof packed === 'number' ? packed : writeAfterRead(a, packed, length, p);
    } else if (length >= runs.LEAST && (typeof first === 'string' || typeof first === 'bigint')) {
      p = typeof first === 'string' ? runs.writeStrings(a, first, length, p) : runs.writeBigInts(a, first, length, p);
      const { end } = runs;
      i = end.index;
      if (i === length) return p;
      const v = end.value;
      end.value = undefined;
      if (v !== undefined || hasOwn(a, i)) {
        p = write(v, p);
        i++;
        if (typeof v === 'object' && v !== null) return writeAfterObject(a, i, length, p);
      }
    } else if (length >= LONG && typeof first === 'boolean') {
      return writeFlags(a, first, length, p);
    } else if (first !== undefined || hasOwn(a, 0)) {
      p = write(first, p);
      i = 1;
    }
  }
  return writeRest(a, i, length, p);
}

/**
 * Writes the elements of an array whose first element is a boolean.
 * @param {any[]} a
 * @param {boolean} first
 * @param {number} length
 * @param {number} p
 */
function writeFlags(a, first, length, p) {
  const packed = writeBooleans(a, first, length, p);
  if (packed === null) return writeRest(a, 1, length, write(first, p));
  return typeof packed === 'number' ? packed : writeAfterRead(a, packed, length, p);
}

/**
 * Writes the elements of an array. Some of them have been read already, and are not read again.
 * @param {any[]} a
 * @param {unknown[]} list the elements that have been read
 * @param {number} length
 * @param {number} p
 */
function writeAfterRead(a, list, length, p) {
  const count = list.length;
  for (let i = 0; i < count; i++) p = list[i] === undefined && !hasOwn(list, i) ? writeHole(p) : write(list[i], p);
  const isAfterObject = count > 0 && typeof list[count - 1] === 'object';
  return isAfterObject ? writeAfterObject(a, count, length, p) : writeRest(a, count, length, p);
}

/**
 * Writes the elements of an array from `i` on.
 * @param {any[]} a
 * @param {number} i
 * @param {number} length
 * @param {number} p
 */
function writeRest(a, i, length, p) {
  for (; i < length; i++) {
    const v = elementAt(a, i);
    if (v === true || v === false) {
      if (p > LIMIT) p = flush(p);
      words[p++] = v ? TRUE : FALSE;
    } else if (v === undefined && !hasOwn(a, i)) {
      p = writeHole(p);
    } else {
      p = write(v, p);
      // Getters in the element may have deleted elements of the array.
      if (typeof v === 'object' && v !== null && i + 1 < length) return writeAfterObject(a, i + 1, length, p);
    }
  }
  return p;
}

/**
 * Writes the elements of an array from `i` on, and reads no element that the array inherits.
 * @param {any[]} a
 * @param {number} i
 * @param {number} length
 * @param {number} p
 */
function writeAfterObject(a, i, length, p) {
  const isToBeAsked = seemsToHaveMore(a);
  for (; i < length; i++) {
    const v = isToBeAsked && !hasOwn(a, i) ? undefined : elementAt(a, i);
    p = v === undefined && !hasOwn(a, i) ? writeHole(p) : write(v, p);
  }
  return p;
}

/** @param {number} p */
function writeHole(p) {
  if (p > LIMIT) p = flush(p);
  words[p] = HOLE;
  return p + 1;
}

/**
 * Leaves an object to the complete codec. The object has just got a number, which is taken back.
 * @param {object} o
 * @param {number} p
 */
function append(o, p) {
  seen.unnumber(o);
  const session = sessionOf();
  seen.lend(session);
  control[TO] = p;
  // There is no answer if the thread is being terminated. What stands in the block then is no message.
  if (appendValue(o, session) === undefined) throw RESTART;
  seen.resume(session);
  return writer.resume();
}

/**
 * Puts a buffer, to which nobody else has a reference, into the parcel.
 * @param {ArrayBuffer} copy
 * @param {number} p
 */
function carryCopy(copy, p) {
  return carry(sessionOf().carryCopy(copy), p);
}

/**
 * Writes the place of an object that goes in the parcel.
 * @param {number} index of the object in the parcel
 * @param {number} p
 */
function carry(index, p) {
  control[FLAGS] |= FLAG_LOCAL;
  return writeHead(SIDECAR, index, p);
}

/** Notes that the message refers to an object that was written before. */
function refer() {
  control[FLAGS] |= FLAG_REFS;
}

objects.connect(write, append);

module.exports = { encode, RESTART };
