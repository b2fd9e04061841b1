// Writes plain objects, and arrays by their keys: by their shapes, or with their keys.
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
 * Leaves an object, just numbered, to the complete codec.
 * @type {(object: object, p: number) => number}
 */
let append;

/**
 * What generated writers use.
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
 * The keys that the object had whose first property has been read (`message.first`), before that.
 * @type {string[]}
 */
let firstKeys = [];

/**
 * @param {object} object no plain one, or not any more
 * @param {unknown} value of its first property
 * @param {import('../shapes/shapes').KnownShape} shape with the keys that it had
 */
function ahead(object, value, { keys }) {
  firstKeys = keys;
  message.firstValue = value;
  message.first = object;
  return -1;
}

/**
 * The keys of an object that is no plain one, as they were before anything of it was read.
 * @param {object} object
 */
function keysBefore(object) {
  return message.first === object ? firstKeys : keysOf(object);
}

/**
 * The first property of an object.
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

/** What a plain object says that it is, and few others do. */
const PLAIN = '[object Object]';

/**
 * Whether an object that has the prototype of plain ones is none: somebody has given it that prototype.
 * @param {object} object
 */
function isDisguised(object) {
  return isMap(object) || isSet(object) || classOf(object) !== PLAIN;
}

/** Listing a key takes a nanosecond where the engine has a list already, and fifteen where it has not. */
const QUICK = 5;

/**
 * Whether the engine has a list of the keys of an object: that is seen by nothing else than the time. What is written is the
 * same in either case.
 * @param {object} object
 * @param {number} count of its keys
 */
function isQuicklyListed(object, count) {
  const start = nanoseconds();
  keysOf(object);
  return Number(nanoseconds() - start) < QUICK * count;
}

/** An object has got another prototype while it was read: what was read since may have been inherited. */
function changed() {
  throw RESTART;
}

/** Thrown where a value changes so that only a fresh start helps. */
const RESTART = Symbol('ferroport.restart');

/**
 * Writes an object with a list of keys that is often used, if it is a plain one or an instance of a class that is known to
 * make plain objects: with fewer questions than it takes to tell what any object is.
 * @param {any} o
 * @param {number} p
 * @returns {number} the place after it; -1 if it is something else, or more must be asked
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
  // Without keys, its class is all there is to tell.
  return own.length === 0 ? -1 : writeUnexpected(o, own, p);
}

/**
 * The same for an object of which only its keys are known.
 * @param {any} o
 * @param {string[]} own
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
  // Whoever is asked next counts the keys as seen.
  if (shape.writeInstance === null && ++shape.uses <= HOT) return -1;
  expect(shape);
  return writeInstance(o, prototype, own, shape, p);
}

/**
 * Writes a plain object by the function of its shape, which is expected in this place from now on.
 * @param {any} o
 * @param {string[]} own its keys
 * @param {import('../shapes/shapes').KnownShape} shape that has a function
 * @param {number} p
 * @returns {number} the place after it; -1 if it is no plain object
 */
function writeFollowing(o, own, shape, p) {
  expect(shape);
  written.wasInstance = false;
  const after = /** @type {NonNullable<typeof shape.write>} */ (shape.write)(o, p, own);
  if (after >= 0) control[FLAGS] |= FLAG_LOCAL;
  return after;
}

/** @param {import('../shapes/shapes').KnownShape} shape that has a function, and is expected from now on after the one written last */
function expect(shape) {
  const { last } = written;
  // Only shapes with functions are linked. A sweep unlinks them (functions.js), and nothing would unlink the others, so
  // that a chain of those would grow without end.
  if (shape.taken > 0 && (last.taken > 0 || last.keys.length === 0)) last.next = shape;
}

/**
 * The prototype that was found last to be that of a class whose objects are plain. It has been since.
 * @type {object | null}
 */
let lastLearnt = null;

/**
 * Whether an object is an instance of a class that is known to make plain objects, or a plain one without prototype.
 * @param {any} o
 * @param {object | null} prototype that it has
 */
function isInstance(o, prototype) {
  if (prototype !== lastLearnt) {
    if (!isLearnt(prototype)) return false;
    lastLearnt = prototype;
  }
  // Not by what it says that it is: that may be a getter of the class.
  if (isMap(o) || isSet(o) || isDate(o) || isNativeError(o) || isRegExp(o) || isBoxedPrimitive(o)) return false;
  return prototype !== null || !isRawText(o);
}

/**
 * A plain object.
 * @param {any} o
 * @param {number} p
 */
function writeProperties(o, p) {
  // What it inherits from another prototype may look like its own.
  const prototype = getPrototypeOf(o);
  if (prototype !== ObjectPrototype) {
    const keys = keysBefore(o);
    // Behind other prototypes than those of programs' classes may be a proxy: only what is the object's own is read then.
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
 * @param {import('../shapes/shapes').KnownShape} shape that it has
 * @param {number} p
 */
function writeByKeys(o, shape, p) {
  // Without keys, its class is all there is to tell: that is always asked for.
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
  // Where nothing was read, nothing has changed.
  if (keys.length > 0 && getPrototypeOf(o) !== ObjectPrototype) changed();
  return p;
}

/**
 * A plain object with a class or without prototype.
 * @param {any} o
 * @param {object | null} prototype that it has
 * @param {string[]} keys
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
    // Nothing could take the first one away before it was read. Instead of another there may be a method now.
    if ((v === undefined || typeof v === 'function') && i > 0 && !hasOwn(o, keys[i])) {
      return without(o, p, shape, i, at, flushes);
    }
    p = write(v, p);
  }
  if (!isSame(keysOf(o), keys) && mayHaveInherited(o, prototype, keys)) changed();
  return p;
}

/**
 * Whether what was read of an object may not all have been its own: a getter may have taken some of that away before.
 * @param {object} o
 * @param {object | null} prototype that it had
 * @param {string[]} keys that were read
 */
function mayHaveInherited(o, prototype, keys) {
  if (getPrototypeOf(o) !== prototype) return true;
  for (let i = 0; i < keys.length; i++) if (!hasOwn(o, keys[i]) && keys[i] in o) return true;
  return false;
}

/**
 * The values of an object's properties, as far as it has them: a getter may take some away.
 * @param {any} o
 * @param {number} p
 * @param {string[]} keys that it had
 * @param {unknown[] | null} present the keys whose values have been written; null while the object has lost none
 * @param {number} index of the key to go on with
 * @param {number} at where the object's head stands
 * @param {number} flushes how often the block had been emptied then
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
 * @param {import('../shapes/shapes').KnownShape} shape that it had
 * @param {number} index of the key
 * @param {number} at where the object's head stands
 * @param {number} flushes how often the block had been emptied then
 */
function without(o, p, { keys }, index, at, flushes) {
  return writeValues(o, p, keys, null, index, at, flushes);
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
  const flushes = control[FLUSHES];
  words[at] = tag | (keys.length << 8);
  let lost = 0;
  for (let i = 0; i < keys.length; i++) {
    // As a number an index is looked up more quickly.
    const key = isIndex(keys[i]) ? +keys[i] : keys[i];
    // Nothing could take the first one away before it was read.
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
