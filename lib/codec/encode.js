// The fast lane's encoder: writes values into the block, in the format of src/wire, what it does not know by the complete codec.
'use strict';

const native = require('../native');
const oracle = require('../oracle');
const marks = require('../marks');
const Session = require('./session');
const seen = require('./seen');
const { generateWriter, mayGenerate } = require('./generate');
const { errorOf, regExpOf, valueOf } = require('./parts');
const { keysBeside } = require('./elements');
const { writePacked, PACKABLE } = require('./packed');
const { NO_SHAPE, HOT, isIndex, shapeOf, shapeOfKeys } = require('./shapes');
const { isKnownPlain } = require('./prototypes');
const { tagOf } = require('./visit');
const { writeBuffer, writeUint8Array, writeView } = require('./encode-buffers');
const writer = require('./writer');
const { control, out, places } = require('./block');
const intrinsics = require('./intrinsics');

const { bareList, classOf, dateValue, getPrototypeOf, hasOwn, isArray, isView, keysOf, mapForEach, setForEach, types } =
  intrinsics;

const { tags } = native;
const { words } = out;
const { LIMIT, flush, progress, writeBigInt, writeDouble, writeHead, writeNumber, writeString } = writer;
const { isDate, isMap, isProxy, isSet, isUint8Array } = types;
const { appendValue, discard } = native;
const { ARRAY, DATE, FALSE, FLAG_LOCAL, FLAG_REFS, HOLE, LOCAL_SHAPED, LONG_COUNT, MAP, NULL, OBJECT, REF, SET } = tags;
const { SPARSE_ARRAY, TRUE, UNDEFINED } = tags;
const { FLAGS, TO } = places;

const ObjectPrototype = Object.prototype;

/** Deeper values are left to the complete codec, which keeps its stack on the heap. */
const DEEP = 200;
let depth = 0;

/** Flags for the header. */
let flags = 0;

/** What the complete codec shares with this one, once it has been needed for the message. */
/** @type {Session | null} */
let session = null;

/** What the message that was refused last had shared. */
/** @type {Session | null} */
let refused = null;

/** @returns {Session | undefined} what the complete codec has seen of the message that was refused last */
function takeRefused() {
  const taken = refused ?? undefined;
  refused = null;
  return taken;
}

/** The shape written last. */
const state = { last: NO_SHAPE };

/** An object whose first property has been read, and its value. */
const first = { object: /** @type {object | null} */ (null), value: /** @type {unknown} */ (undefined) };

/**
 * @param {object} object
 * @param {unknown} value
 */
function ahead(object, value) {
  first.object = object;
  first.value = value;
  return -1;
}

/** What a plain object says that it is, and few others do. */
const PLAIN = '[object Object]';

/**
 * Whether an object that has the prototype of plain ones is none: somebody has given it that prototype.
 * @param {object} object
 */
function isDisguised(object) {
  return isMap(object) || isSet(object) || classOf(object) !== PLAIN;
}

/** An object has got another prototype while it was read: what was read since may have been inherited. */
function changed() {
  throw RESTART;
}

/** Thrown where a value changes so that only a fresh start helps. */
const RESTART = Symbol('ferroport.restart');

/**
 * Writes a message.
 * @param {unknown} value
 * @returns {Session | null} what goes along with it, if it needs a parcel
 * @throws as postMessage; `RESTART` if the complete codec has to do it. Nothing is left behind.
 */
function encode(value) {
  depth = 0;
  flags = 0;
  try {
    const p = write(value, writer.begin());
    control[TO] = p;
    control[FLAGS] = flags;
    const used = session;
    session = null;
    if (used !== null) used.count = seen.total();
    seen.forget();
    return used !== null && used.objects.length > 0 ? used : null;
  } catch (error) {
    snapshot.length = top = 0;
    refused = session;
    session = null;
    seen.forget();
    discard();
    throw error;
  }
}

/**
 * @param {any} v
 * @param {number} p
 * @returns {number}
 */
function write(v, p) {
  if (p > LIMIT) p = emptied(p);
  switch (typeof v) {
    case 'number':
      return writeNumber(v, p);
    case 'string':
      return writeString(v, p);
    case 'object':
      if (v !== null) return writeObject(v, p);
      words[p] = NULL;
      return p + 1;
    case 'boolean':
      words[p] = v ? TRUE : FALSE;
      return p + 1;
    case 'undefined':
      words[p] = UNDEFINED;
      return p + 1;
    case 'bigint':
      return writeBigInt(v, p);
    default:
      return oracle.refuse(v);
  }
}

/** @param {number} p */
function emptied(p) {
  control[FLAGS] = flags;
  return flush(p);
}

/**
 * @param {any} o
 * @param {number} p
 * @returns {number}
 */
function writeObject(o, p) {
  if (isProxy(o)) return oracle.refuse(o);
  const number = seen.number(o);
  if (number >= 0) {
    flags |= FLAG_REFS;
    return writeHead(REF, number, p);
  }
  if (++depth > DEEP) {
    p = append(o, p);
  } else if (isArray(o)) {
    p = writeArray(o, p);
  } else if (isView(o)) {
    p = isUint8Array(o) ? writeUint8Array(o, p, append, refer, carryCopy) : writeView(o, p, append, refer);
  } else {
    p = writePlain(o, p);
  }
  depth--;
  return p;
}

/**
 * An object of the shape that is expected next, or another.
 * @param {any} o
 * @param {number} p
 */
function writePlain(o, p) {
  const expected = state.last.next;
  if (expected.write !== null && !marks.any()) {
    const after = expected.write(o, p);
    if (after >= 0) {
      flags |= FLAG_LOCAL;
      return after;
    }
  }
  if (isDate(o)) {
    words[p] = DATE;
    return writeDouble(dateValue(o), p + 1);
  }
  if (isMap(o)) return writeMap(o, p);
  if (isSet(o)) return writeSet(o, p);
  const prototype = getPrototypeOf(o);
  if (prototype !== ObjectPrototype && isKnownPlain(prototype) && classOf(o) === PLAIN && !marks.any()) {
    const keys = keysOf(o);
    const shape = shapeOfKeys(keys);
    if (shape !== null && keys.length > 0 && ++shape.uses > HOT) return writeInstance(o, keys, shape, p);
  }
  return writeOther(o, p);
}

/**
 * @param {any} o
 * @param {number} p
 * @returns {number}
 */
function writeOther(o, p) {
  const tag = tagOf(o);
  switch (tag) {
    case OBJECT:
      return writeProperties(o, p);
    case tags.ARRAY_BUFFER:
      return writeBuffer(o, p, append);
    case tags.REGEXP:
      return writeRegExp(o, p);
    case tags.ERROR:
      return writeError(o, p);
    case tags.NUMBER_OBJECT:
    case tags.STRING_OBJECT:
    case tags.BIGINT_OBJECT:
      words[p] = tag;
      return write(valueOf(tag, o), p + 1);
    case tags.BOOLEAN_OBJECT:
      words[p] = tag | (valueOf(tag, o) === true ? 1 << 8 : 0);
      return p + 1;
    case tags.SIDECAR:
      return carry((session ??= new Session(null)).carry(o), p);
    default:
      return append(o, p);
  }
}

/**
 * A plain object.
 * @param {any} o
 * @param {number} p
 */
function writeProperties(o, p) {
  // What it inherits from another prototype may look like its own.
  if (getPrototypeOf(o) !== ObjectPrototype) {
    const keys = keysOf(o);
    const shape = shapeOfKeys(keys);
    return shape === null ? writeDictionary(o, keys, p) : writeInstance(o, keys, shape, p);
  }
  const shape = shapeOf(o);
  if (isArray(shape)) return writeDictionary(o, shape, p);
  flags |= FLAG_LOCAL;
  state.last.next = shape;
  if (shape.write !== null) {
    const after = shape.write(o, p);
    if (after >= 0) return after;
  } else if (++shape.uses >= HOT && shape.keys.length > 0 && mayGenerate(shape)) {
    // Without keys, its class is all there is to tell: that is always asked for.
    shape.write = generateWriter(shape, generated);
  }
  state.last = shape;
  const at = p;
  const { flushes } = progress;
  words[p++] = LOCAL_SHAPED | (shape.number << 8);
  const { keys } = shape;
  if (shape.isShadowing) return writeValues(o, p, keys, null, 0, at, flushes);
  for (let i = 0; i < keys.length; i++) {
    const v = o[keys[i]];
    if (v === undefined && !hasOwn(o, keys[i])) return without(o, p, shape, i, at, flushes);
    p = write(v, p);
  }
  if (getPrototypeOf(o) !== ObjectPrototype) changed();
  return p;
}

/**
 * A plain object with a class or without prototype.
 * @param {any} o
 * @param {string[]} keys
 * @param {import('./shapes').KnownShape} shape
 * @param {number} p
 */
function writeInstance(o, keys, shape, p) {
  flags |= FLAG_LOCAL;
  const at = p;
  const { flushes } = progress;
  words[p++] = LOCAL_SHAPED | (shape.number << 8);
  for (let i = 0; i < keys.length; i++) {
    const v = i === 0 && first.object === o ? taken() : o[keys[i]];
    if (v === undefined && !hasOwn(o, keys[i])) return without(o, p, shape, i, at, flushes);
    p = write(v, p);
  }
  // What a getter has taken away may have been inherited.
  if (!isSame(keysOf(o), keys)) changed();
  return p;
}

/**
 * @param {string[]} list
 * @param {string[]} other
 */
function isSame(list, other) {
  if (list.length !== other.length) return false;
  for (let i = 0; i < list.length; i++) if (list[i] !== other[i]) return false;
  return true;
}

/**
 * The values of an object's properties, as far as it has them: a getter may take some away.
 * @param {any} o
 * @param {number} p
 * @param {string[]} keys that it had
 * @param {unknown[] | null} kept those that have been written, if some are missing
 * @param {number} index of the key to go on with
 * @param {number} at where the object's head stands
 * @param {number} flushes how often the block had been emptied then
 */
function writeValues(o, p, keys, kept, index, at, flushes) {
  for (let i = index; i < keys.length; i++) {
    const key = keys[i];
    if (hasOwn(o, key)) {
      if (kept !== null) kept[kept.length] = key;
      p = write(i === 0 && first.object === o ? taken() : o[key], p);
    } else {
      kept ??= firstOf(keys, i);
    }
  }
  if (kept === null) return p;
  const number = native.internShape(/** @type {string[]} */ (kept));
  if (number < 0 || progress.flushes !== flushes) throw RESTART;
  words[at] = LOCAL_SHAPED | (number << 8);
  return p;
}

/** The value that was read before. */
function taken() {
  first.object = null;
  return first.value;
}

/**
 * Goes on with an object that has lost a property since its keys were read.
 * @param {any} o
 * @param {number} p
 * @param {import('./shapes').KnownShape} shape that it had
 * @param {number} index of the key
 * @param {number} at where the object's head stands
 * @param {number} flushes how often the block had been emptied then
 */
function without(o, p, { keys }, index, at, flushes) {
  return writeValues(o, p, keys, firstOf(keys, index), index + 1, at, flushes);
}

/**
 * @param {string[]} keys
 * @param {number} count
 */
function firstOf(keys, count) {
  const list = bareList();
  for (let i = 0; i < count; i++) list[i] = keys[i];
  return list;
}

/**
 * An object that goes with its keys.
 * @param {any} o
 * @param {string[]} keys
 * @param {number} p
 */
function writeDictionary(o, keys, p) {
  return keys.length >= LONG_COUNT ? append(o, p) : writeEntries(o, keys, OBJECT, p, p + 1);
}

/**
 * An array with other properties than elements, or without some elements.
 * @param {any[]} a
 * @param {number} length
 * @param {string[]} keys
 * @param {number} p
 */
function writeSparse(a, length, keys, p) {
  if (keys.length >= LONG_COUNT) return append(a, p);
  words[p + 1] = length;
  return writeEntries(a, keys, SPARSE_ARRAY, p, p + 2);
}

/**
 * @param {any} o
 * @param {string[]} keys that it had
 * @param {number} tag
 * @param {number} at where the head is to stand
 * @param {number} p
 */
function writeEntries(o, keys, tag, at, p) {
  const { flushes } = progress;
  words[at] = tag | (keys.length << 8);
  let lost = 0;
  for (let i = 0; i < keys.length; i++) {
    // As a number an index is looked up more quickly.
    const key = isIndex(keys[i]) ? +keys[i] : keys[i];
    if (!hasOwn(o, /** @type {string} */ (key))) {
      lost++;
      continue;
    }
    if (p > LIMIT) p = emptied(p);
    p = typeof key === 'number' ? writeNumber(key, p) : writeString(key, p);
    p = write(o[key], p);
  }
  if (lost > 0) {
    if (progress.flushes !== flushes) throw RESTART;
    words[at] = tag | ((keys.length - lost) << 8);
  }
  return p;
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
    const first = a[0];
    if (typeof first === 'number') {
      const packed = writePacked(a, first, length, at);
      if (typeof packed === 'number') return packed;
      // Not only numbers. Those that were read are not read again.
      for (; i < packed.length; i++) p = write(packed[i], p);
    } else if (first !== undefined || hasOwn(a, 0)) {
      p = write(first, p);
      i = 1;
    }
  }
  for (; i < length; i++) {
    const v = a[i];
    if (v === undefined && !hasOwn(a, i)) {
      if (p > LIMIT) p = emptied(p);
      words[p++] = HOLE;
    } else {
      p = write(v, p);
    }
  }
  return p;
}

/**
 * What is in the Maps and Sets that are being written: getters in there may change them.
 * @type {unknown[]}
 */
const snapshot = bareList();
let top = 0;

const noteEntry = (/** @type {unknown} */ value, /** @type {unknown} */ key) => {
  snapshot[top++] = key;
  snapshot[top++] = value;
};
const noteValue = (/** @type {unknown} */ value) => {
  snapshot[top++] = value;
};

/**
 * @param {Map<unknown, unknown>} map
 * @param {number} p
 */
function writeMap(map, p) {
  const from = top;
  mapForEach(map, noteEntry);
  return writeNoted(from, writeHead(MAP, (top - from) / 2, p));
}

/**
 * @param {Set<unknown>} set
 * @param {number} p
 */
function writeSet(set, p) {
  const from = top;
  setForEach(set, noteValue);
  return writeNoted(from, writeHead(SET, top - from, p));
}

/**
 * @param {number} from
 * @param {number} p
 */
function writeNoted(from, p) {
  const to = top;
  for (let i = from; i < to; i++) p = write(snapshot[i], p);
  snapshot.length = top = from;
  return p;
}

/**
 * @param {RegExp} o
 * @param {number} p
 */
function writeRegExp(o, p) {
  const { source, flags: letters } = regExpOf(o);
  words[p] = tags.REGEXP;
  return write(letters, write(source, p + 1));
}

/**
 * @param {Error} o
 * @param {number} p
 */
function writeError(o, p) {
  const parts = /** @type {any[]} */ (errorOf(o));
  const kind = parts[0];
  const message = parts[1];
  const stack = parts[2];
  const hasCause = parts.length > 3;
  if (p > LIMIT) p = emptied(p);
  const present =
    (message === undefined ? 0 : tags.ERROR_HAS_MESSAGE) |
    (stack === undefined ? 0 : tags.ERROR_HAS_STACK) |
    (hasCause ? tags.ERROR_HAS_CAUSE : 0);
  words[p++] = tags.ERROR | ((kind | present) << 8);
  if (message !== undefined) p = write(message, p);
  if (stack !== undefined) p = write(stack, p);
  return hasCause ? write(parts[3], p) : p;
}

/**
 * Leaves an object that was just numbered to the complete codec.
 * @param {object} o
 * @param {number} p
 */
function append(o, p) {
  seen.unnumber(o);
  session ??= new Session(null);
  seen.lend(session);
  control[TO] = p;
  control[FLAGS] = flags;
  // Without an answer where the thread is being terminated: what stands there then is no message.
  if (appendValue(o, session) === undefined) throw RESTART;
  seen.resume(session);
  return writer.resume();
}

/**
 * Leaves a buffer that nobody else knows to the parcel.
 * @param {ArrayBuffer} copy
 * @param {number} p
 */
function carryCopy(copy, p) {
  return carry((session ??= new Session(null)).carryCopy(copy), p);
}

/**
 * @param {number} index of an object in the parcel
 * @param {number} p
 */
function carry(index, p) {
  flags |= FLAG_LOCAL;
  return writeHead(tags.SIDECAR, index, p);
}

/** The message refers to an object that it has shown. */
function refer() {
  flags |= FLAG_REFS;
}

/** What generated writers use. */
const generated = { words, write, getPrototypeOf, hasOwn, isDisguised, ahead, changed, without, state, progress };

module.exports = { encode, takeRefused, RESTART };
