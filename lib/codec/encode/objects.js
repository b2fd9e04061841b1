// Writes plain objects, and arrays that need keys. An object is written by its shape, or together with its keys.
'use strict';

const native = require('../../native/native');
const marks = require('../../node/marks');
const { HOT, giveInstanceWriter, giveWriter } = require('../shapes/functions');
const { elementAt } = require('../../objects/element-at');
const { isIndex } = require('../shapes/key-tree');
const { isLearnt, isRawText } = require('../visit/prototypes');
const { familiarShapeOf, isSame, isShadowing, shapeOfKeys, written } = require('../shapes/shapes');
const { OFTEN_ENOUGH } = require('../message/limits');
const { flush, writeNumber, writeString } = require('./writer');
const { message } = require('../message/message');
const { LIMIT, control, out, places } = require('../../native/block');
const {
  Object,
  bareList,
  classOf,
  getPrototypeOf,
  hasOwn,
  keysOf,
  nanoseconds,
  types,
} = require('../../language/intrinsics');

const { FLAG_LOCAL, LOCAL_SHAPED, LONG_COUNT, OBJECT, SPARSE_ARRAY } = native.tags;
const { words } = out;
const { isBoxedPrimitive, isDate, isMap, isNativeError, isRegExp, isSet } = types;
const { FLAGS, FLUSHES } = places;

const ObjectPrototype = Object.prototype;

/**
 * Writes any value.
 * @type {(value: any, p: number) => number}
 */
let write;

/**
 * Leaves an object that has just got a number to the complete codec.
 * @type {(object: object, p: number) => number}
 */
let append;

/**
 * The functions and tables that generated writers use.
 * @type {import('../shapes/generate').WriterEnv}
 */
let generated;

/**
 * @param {typeof write} writeValue
 * @param {typeof append} appendObject
 */
function connect(writeValue, appendObject) {
  write = writeValue;
  append = appendObject;
  const questions = { keysOf, getPrototypeOf, hasOwn, isDisguised, mayHaveInherited, isQuicklyListed };
  generated = {
    ...questions,
    words,
    write,
    writeString,
    ahead,
    changed,
    without,
    readFirst,
    written,
    control,
    message,
  };
}

/**
 * The keys of the object in `message.first`, as they were before its first property was read.
 * @type {string[]}
 */
let firstKeys = [];

/**
 * Remembers the first property of an object that a generated writer has read and cannot write.
 * @param {object} object that does not have the prototype of plain objects, or not any more
 * @param {unknown} value of the object's first property
 * @param {import('../shapes/shapes').KnownShape} shape with the keys that the object had
 * @returns {number} -1, for the generated writer to return
 */
function ahead(object, value, { keys }) {
  firstKeys = keys;
  message.firstValue = value;
  message.first = object;
  return -1;
}

/**
 * The keys of an object that is not plain, as they were before any property was read.
 * @param {object} object
 */
function keysBefore(object) {
  return message.first === object ? firstKeys : keysOf(object);
}

/**
 * The value of an object's first property, which was read before (`ahead`) or is read now.
 * @param {any} object
 * @param {string | number} key
 */
function readFirst(object, key) {
  if (message.first !== object) return elementAt(object, key);
  const { firstValue } = message;
  message.first = null;
  message.firstValue = undefined;
  return firstValue;
}

/** The text that `Object.prototype.toString` gives for plain objects, and for few others. */
const PLAIN = '[object Object]';

/**
 * Whether an object is not plain although it has the prototype of plain objects, because somebody has given it that prototype.
 * @param {object} object
 */
function isDisguised(object) {
  return isMap(object) || isSet(object) || classOf(object) !== PLAIN;
}

/** The engine takes a nanosecond to list a key if it has a list already, and fifteen if not. */
const QUICK = 5;

/**
 * Whether the engine has a list of an object's keys. Only the time shows that. The same is written in either case.
 * @param {object} object
 * @param {number} count of its keys
 */
function isQuicklyListed(object, count) {
  const start = nanoseconds();
  keysOf(object);
  return Number(nanoseconds() - start) < QUICK * count;
}

/** Notes that an object got another prototype while it was read. What was read since then may have been inherited. */
function changed() {
  throw RESTART;
}

/** Thrown if a value changes in such a way that the message must be written anew. */
const RESTART = Symbol('ferroport.restart');

/**
 * Writes an object with a frequent list of keys, if the object is plain, or an instance of a class that is known to make plain objects.
 * This takes fewer questions than to find out what any object is.
 * @param {any} o
 * @param {number} p
 * @returns {number} the place after the object; -1 if it is another object, or if more has to be asked
 */
function writeKnown(o, p) {
  if (marks.any()) return -1;
  const own = keysOf(o);
  const { next } = written.last;
  if (next.write !== null && !written.wasInstance) {
    const after = next.write(o, p, own);
    if (after >= 0) {
      control[FLAGS] |= FLAG_LOCAL;
      return after;
    }
  }
  // If there are no keys, only the class can tell what the object is.
  return own.length === 0 ? -1 : writeUnexpected(o, own, p);
}

/**
 * As `writeKnown`, for an object of which nothing but the keys is known.
 * @param {any} o
 * @param {string[]} own the object's keys
 * @param {number} p
 */
function writeUnexpected(o, own, p) {
  const { next } = written.last;
  const shape = isSame(own, next.keys) ? next : familiarShapeOf(own);
  if (shape === null) return -1;
  const prototype = getPrototypeOf(o);
  if (prototype === ObjectPrototype) {
    if (shape.write !== null) return writeFollowing(o, own, shape, p);
    return isDisguised(o) ? -1 : writeByKeys(o, shape, p);
  }
  if (!isInstance(o, prototype)) return -1;
  // The keys will be counted as seen by the function that is called next.
  if (shape.writeInstance === null && ++shape.uses <= HOT) return -1;
  expect(shape);
  return writeInstance(o, prototype, own, shape, p);
}

/**
 * Writes a plain object by the function of its shape. From now on this shape is expected after the one that was written before.
 * @param {any} o
 * @param {string[]} own the object's keys
 * @param {import('../shapes/shapes').KnownShape} shape that has a function
 * @param {number} p
 * @returns {number} the place after the object; -1 if it is no plain object
 */
function writeFollowing(o, own, shape, p) {
  expect(shape);
  written.wasInstance = false;
  const after = /** @type {NonNullable<typeof shape.write>} */ (shape.write)(o, p, own);
  if (after >= 0) control[FLAGS] |= FLAG_LOCAL;
  return after;
}

/**
 * Expects a shape from now on after the shape that was written last.
 * @param {import('../shapes/shapes').KnownShape} shape that has a function
 */
function expect(shape) {
  const { last } = written;
  // Nobody keeps a shape without functions, so such a shape must keep no other. A chain of such shapes would never end.
  if (shape.taken > 0 && (last.taken > 0 || last.keys.length === 0)) last.next = shape;
}

/**
 * The prototype that was last found to belong to a class whose objects are plain.
 * @type {object | null}
 */
let lastLearnt = null;

/**
 * Whether an object is an instance of a class that is known to make plain objects, or is plain and has no prototype.
 * @param {any} o
 * @param {object | null} prototype of the object
 */
function isInstance(o, prototype) {
  if (prototype !== lastLearnt) {
    if (!isLearnt(prototype)) return false;
    lastLearnt = prototype;
  }
  // `Object.prototype.toString` is not asked, because it might call a getter of the class.
  if (isMap(o) || isSet(o) || isDate(o) || isNativeError(o) || isRegExp(o) || isBoxedPrimitive(o)) return false;
  return prototype !== null || !isRawText(o);
}

/**
 * Writes an object whose class makes it plain to structured clone.
 * @param {any} o
 * @param {number} p
 */
function writeProperties(o, p) {
  // Properties that the object inherits from another prototype may look like its own.
  const prototype = getPrototypeOf(o);
  if (prototype !== ObjectPrototype) {
    const keys = keysBefore(o);
    // A proxy may stand behind a prototype that is none of a program's class. So only own properties are read.
    const shape = isLearnt(prototype) ? shapeOfKeys(keys) : null;
    return shape === null ? writeDictionary(o, keys, p) : writeInstance(o, prototype, keys, shape, p);
  }
  const own = keysOf(o);
  const shape = shapeOfKeys(own);
  if (shape === null) return writeDictionary(o, own, p);
  if (shape.write !== null) {
    const after = writeFollowing(o, own, shape, p);
    if (after >= 0) return after;
  }
  return writeByKeys(o, shape, p);
}

/**
 * Writes a plain object key by key.
 * @param {any} o
 * @param {import('../shapes/shapes').KnownShape} shape of the object
 * @param {number} p
 */
function writeByKeys(o, shape, p) {
  // If there are no keys, only the class can tell what the object is, so the class is asked for each time.
  if (shape.write === null && ++shape.uses >= HOT && shape.keys.length > 0) giveWriter(shape, generated);
  control[FLAGS] |= FLAG_LOCAL;
  written.last = shape;
  written.wasInstance = false;
  const at = p;
  const flushes = control[FLUSHES];
  words[p++] = LOCAL_SHAPED | (shape.number << 8);
  const { keys } = shape;
  if (isShadowing(shape)) return writeValues(o, p, keys, null, 0, at, flushes);
  for (let i = 0; i < keys.length; i++) {
    const v = o[keys[i]];
    if (v === undefined && i > 0 && !hasOwn(o, keys[i])) return without(o, p, shape, i, at, flushes);
    p = write(v, p);
  }
  // If nothing was read, nothing has changed.
  if (keys.length > 0 && getPrototypeOf(o) !== ObjectPrototype) changed();
  return p;
}

/**
 * Writes a plain object that has a class, or no prototype.
 * @param {any} o
 * @param {object | null} prototype of the object
 * @param {string[]} keys of the object
 * @param {import('../shapes/shapes').KnownShape} shape
 * @param {number} p
 */
function writeInstance(o, prototype, keys, shape, p) {
  control[FLAGS] |= FLAG_LOCAL;
  written.last = shape;
  written.wasInstance = true;
  if (shape.writeInstance !== null) return shape.writeInstance(o, p, prototype);
  if (shape.uses > HOT && keys.length > 0) giveInstanceWriter(shape, generated);
  const at = p;
  const flushes = control[FLUSHES];
  words[p++] = LOCAL_SHAPED | (shape.number << 8);
  for (let i = 0; i < keys.length; i++) {
    const v = i === 0 ? readFirst(o, keys[i]) : o[keys[i]];
    // Nothing could delete the first property before it was read. In the place of another there may be a method by now.
    if ((v === undefined || typeof v === 'function') && i > 0 && !hasOwn(o, keys[i])) {
      return without(o, p, shape, i, at, flushes);
    }
    p = write(v, p);
  }
  if (!isSame(keysOf(o), keys) && mayHaveInherited(o, prototype, keys)) changed();
  return p;
}

/**
 * Whether some of the values read may have been inherited, because a getter had deleted the object's own properties before.
 * @param {object} o
 * @param {object | null} prototype that the object had
 * @param {string[]} keys that were read
 */
function mayHaveInherited(o, prototype, keys) {
  if (getPrototypeOf(o) !== prototype) return true;
  for (let i = 0; i < keys.length; i++) if (!hasOwn(o, keys[i]) && keys[i] in o) return true;
  return false;
}

/**
 * Writes the values of an object's properties. A getter may delete some of them meanwhile; those are left out.
 * @param {any} o
 * @param {number} p
 * @param {string[]} keys that the object had
 * @param {unknown[] | null} present the keys whose values have been written; null while the object has lost none
 * @param {number} index of the first key whose value has not been written
 * @param {number} at where the object's head stands
 * @param {number} flushes how often the block had been flushed when the head was written
 */
function writeValues(o, p, keys, present, index, at, flushes) {
  for (let i = index; i < keys.length; i++) {
    const key = keys[i];
    if (hasOwn(o, key)) {
      if (present !== null) present[present.length] = key;
      p = write(o[key], p);
    } else {
      present ??= firstOf(keys, i);
    }
  }
  if (present === null) return p;
  const number = native.internShape(/** @type {string[]} */ (present), OFTEN_ENOUGH);
  if (number === undefined || number < 0 || control[FLUSHES] !== flushes) throw RESTART;
  words[at] = LOCAL_SHAPED | (number << 8);
  return p;
}

/**
 * Goes on with an object that may have lost a property since its keys were read.
 * @param {any} o
 * @param {number} p
 * @param {import('../shapes/shapes').KnownShape} shape that the object had
 * @param {number} index of the property's key
 * @param {number} at where the object's head stands
 * @param {number} flushes how often the block had been flushed when the head was written
 */
function without(o, p, { keys }, index, at, flushes) {
  return writeValues(o, p, keys, null, index, at, flushes);
}

/**
 * The first keys of a list.
 * @param {string[]} keys
 * @param {number} count
 */
function firstOf(keys, count) {
  const list = bareList();
  for (let i = 0; i < count; i++) list[i] = keys[i];
  return list;
}

/**
 * Writes an object together with its keys.
 * @param {any} o
 * @param {string[]} keys
 * @param {number} p
 */
function writeDictionary(o, keys, p) {
  return keys.length >= LONG_COUNT ? append(o, p) : writeEntries(o, keys, OBJECT, p, p + 1);
}

/**
 * Writes an array that has other properties than elements, or has holes.
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
 * Writes keys and values in turn, and the head before them.
 * @param {any} o
 * @param {string[]} keys that the object had
 * @param {number} tag
 * @param {number} at where the head is to stand
 * @param {number} p
 */
function writeEntries(o, keys, tag, at, p) {
  const flushes = control[FLUSHES];
  words[at] = tag | (keys.length << 8);
  let lost = 0;
  for (let i = 0; i < keys.length; i++) {
    // The engine looks up an index more quickly as a number.
    const key = isIndex(keys[i]) ? +keys[i] : keys[i];
    // Nothing could delete the first property before it was read.
    if (i > 0 && !hasOwn(o, /** @type {string} */ (key))) {
      lost++;
      continue;
    }
    if (p > LIMIT) p = flush(p);
    p = typeof key === 'number' ? writeNumber(key, p) : writeString(key, p);
    p = write(i === 0 ? readFirst(o, key) : elementAt(o, key), p);
  }
  if (lost > 0) {
    if (control[FLUSHES] !== flushes) throw RESTART;
    words[at] = tag | ((keys.length - lost) << 8);
  }
  return p;
}

module.exports = { connect, writeKnown, writeProperties, writeSparse, RESTART };
