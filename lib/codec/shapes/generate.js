// Generates the functions that write and read the objects of a shape.
'use strict';

const { isForWantOfRoom } = require('../../node/errors');
const { places, tags } = require('../../native/native');
const { LIMIT } = require('../../native/block');
const { globals, stringify } = require('../../language/intrinsics');

const { FLUSHES } = places;
const { FALSE, INT, LOCAL_SHAPED, TRUE } = tags;
const { Function } = globals;

/** Whether functions may be made of strings here. They may not with `--disallow-code-generation-from-strings`. */
const canGenerate = tryToGenerate();

/** @returns {boolean} */
function tryToGenerate() {
  try {
    return new Function('return true')();
  } catch (error) {
    if (isForWantOfRoom(error)) throw error;
    return false;
  }
}

/** A function names at most so many keys, because the engine does not optimise long functions. */
const MOST_WRITTEN = 128;

/**
 * @typedef {object} WriterEnv the functions and tables that a generated writer uses
 * @property {Int32Array} words
 * @property {(value: unknown, p: number) => number} write
 * @property {(text: string, p: number) => number} writeString
 * @property {(object: any) => string[]} keysOf
 * @property {(object: any) => any} getPrototypeOf
 * @property {(object: any) => boolean} isDisguised
 * @property {(object: any, value: unknown, shape: any) => number} ahead to be called for an object
 *   with another prototype, whose first value has been read
 * @property {() => void} changed to be called if the object has got another prototype
 * @property {(object: any, key: string) => boolean} hasOwn
 * @property {(object: any, p: number, shape: any, index: number, at: number, flushes: number) => number} without
 * @property {(object: any, prototype: object | null, keys: string[]) => boolean} mayHaveInherited
 * @property {(object: any, key: string) => unknown} readFirst gives the first property, which may
 *   have been read before
 * @property {(object: any, count: number) => boolean} isQuicklyListed whether the engine has a list
 *   of the object's keys, of which there are so many
 * @property {typeof import('../message/message').message} message
 * @property {{ last: import('./shapes').KnownShape, wasInstance: boolean }} written
 * @property {Int32Array} control
 */

/**
 * Generates the function that writes plain objects of a shape. The function returns the place after the object, or -1 if
 * the object does not have the shape.
 * @param {import('./shapes').KnownShape} shape
 * @param {WriterEnv} env
 * @returns {(object: any, p: number, own: string[]) => number}
 */
function generateWriter(shape, env) {
  if (shape.keys.length > MOST_WRITTEN) return generateWideWriter(shape, env);
  const { keys, number } = shape;
  let fields = '';
  for (let index = 0; index < keys.length; index++) {
    const { read, write } = fieldWriter(keys, index, plainLoss(keys, index));
    fields += index === 0 ? write : read + write;
  }
  // The prototype may be a proxy, whose traps are the program's. Listing the keys does not touch the prototype. Right after
  // an own property has been read, the engine knows the prototype. An object with another prototype is written elsewhere.
  // `ahead` hands the value on, so that the property is not read twice.
  const source = `'use strict';
${WRITER_ENV}
return (o, p, own) => {
  if (${areOthers(keys)}) return -1;
  let v = o[${stringify(keys[0])}];
  if (getPrototypeOf(o) !== Plain) return ahead(o, v, shape);
  if (isDisguised(o)) return -1;
  written.last = shape;
  const at = p;
  const flushes = control[${FLUSHES}];
  words[p++] = ${LOCAL_SHAPED | (number << 8)};${fields}
  return p;
};`;
  return new Function('env', 'shape', source)(env, shape);
}

/**
 * Generates the function that writes instances with the keys of a shape. Their classes make plain objects.
 * @param {import('./shapes').KnownShape} shape with MOST_WRITTEN keys at most
 * @param {WriterEnv} env
 * @returns {(object: any, p: number, prototype: object | null) => number}
 */
function generateInstanceWriter(shape, env) {
  const { keys, number } = shape;
  let fields = '';
  for (let index = 0; index < keys.length; index++) {
    const { read, write } = fieldWriter(keys, index, instanceLoss(keys, index));
    fields += index === 0 ? write : read + write;
  }
  const first = stringify(keys[0]);
  const source = `'use strict';
${WRITER_ENV}
const { message, readFirst, mayHaveInherited } = env;
const { keys } = shape;
return (o, p, prototype) => {
  let v = message.first === null ? o[${first}] : readFirst(o, ${first});
  const at = p;
  const flushes = control[${FLUSHES}];
  words[p++] = ${LOCAL_SHAPED | (number << 8)};${fields}
  const own = keysOf(o);
  if ((${areOthers(keys)}) && mayHaveInherited(o, prototype, keys)) changed();
  return p;
};`;
  return new Function('env', 'shape', source)(env, shape);
}

/**
 * Generates the condition that the keys in `own` differ from these.
 * @param {string[]} keys
 */
function areOthers(keys) {
  let others = `own.length !== ${keys.length}`;
  for (let index = 0; index < keys.length; index++) others += ` || own[${index}] !== ${stringify(keys[index])}`;
  return others;
}

/**
 * As `generateWriter`, for more keys than a function should name. The engine keeps objects with many keys in one of two
 * ways. If it has a list of an object's keys, the object is read by `for … in`. There the engine takes each value from its
 * place, without looking up the key. Other objects are read key by key: `for … in` would list their keys anew, and the
 * engine would lose what it has learnt of the loop. The writer asks now and then which way its objects are kept in.
 *
 * In `for … in` a key that the object has lost comes all the same if the object inherits that key.
 * @param {import('./shapes').KnownShape} shape
 * @param {WriterEnv} env
 * @returns {(object: any, p: number, own: string[]) => number}
 */
function generateWideWriter(shape, env) {
  const { keys, number } = shape;
  const isShadowing = areInherited(keys);
  const source = `'use strict';
${WRITER_ENV}
const { isQuicklyListed } = env;
const { keys } = shape;
let isQuick = false;
let uses = 0;
let asked = 1;
return (o, p, own) => {
  if (own.length !== ${keys.length}) return -1;
  for (let i = 0; i < ${keys.length}; i++) if (own[i] !== keys[i]) return -1;
  if (getPrototypeOf(o) !== Plain || isDisguised(o)) return -1;
  if (++uses === asked) {
    asked *= 2;
    isQuick = ${!isShadowing} && isQuicklyListed(o, ${keys.length});
  }
  written.last = shape;
  const at = p;
  const flushes = control[${FLUSHES}];
  words[p++] = ${LOCAL_SHAPED | (number << 8)};
  let i = 0;
  if (isQuick) {
    for (const key in o) {
      // The object has lost a key, or all of its own keys have come.
      if (key !== keys[i]) break;
      const v = o[key];
      i++;
      ${WRITE}
      else p = write(v, p);
    }
  } else {
    for (; i < ${keys.length}; i++) {
      const v = o[keys[i]];
      if (${isShadowing ? '' : 'v === undefined && '}i > 0 && !hasOwn(o, keys[i])) break;
      ${WRITE}
      else p = write(v, p);
    }
  }
  if (i < ${keys.length}) return without(o, p, shape, i, at, flushes);
  if (getPrototypeOf(o) !== Plain) changed();
  return p;
};`;
  return new Function('env', 'shape', source)(env, shape);
}

const WRITER_ENV = `const { words, write, writeString, keysOf, getPrototypeOf, hasOwn } = env;
const { isDisguised, ahead, changed, without, written, control } = env;
const Plain = getPrototypeOf({});`;

/**
 * Generates the code that reads a property into `v`, and the code that writes `v`.
 *
 * Names of keys get into the code only as JSON strings, so that no key can be code.
 * @param {string[]} keys
 * @param {number} index
 * @param {{ read: string, first: string, last: string }} loss the code for a property that the object has lost. `read`
 *   stands after the reading, `first` before the code for frequent kinds of values, `last` after that code
 */
function fieldWriter(keys, index, loss) {
  const read = `
  v = o[${stringify(keys[index])}];${loss.read}`;
  const write = `
  ${loss.first}${WRITE}
  ${loss.last}else p = write(v, p);`;
  return { read, write };
}

/**
 * Whether plain objects inherit one of these keys.
 * @param {string[]} keys
 */
function areInherited(keys) {
  for (let i = 0; i < keys.length; i++) if (keys[i] in Object.prototype) return true;
  return false;
}

/** The code that writes `v`, if `v` is of a frequent kind. */
const WRITE = `if (typeof v === 'number' && v === v << 8 >> 8 && p < ${LIMIT} && (v !== 0 || 1 / v > 0)) words[p++] = ${INT} | v << 8;
  else if (typeof v === 'string' && p <= ${LIMIT}) p = writeString(v, p);
  else if (typeof v === 'boolean' && p <= ${LIMIT}) words[p++] = v ? ${TRUE} : ${FALSE};`;

/** The code for the first property: none, because nothing can take that property away before it is read. */
const NO_LOSS = { read: '', first: '', last: '' };

/**
 * The end of a condition, and what is done if the object has lost the property.
 * @param {string[]} keys
 * @param {number} index
 */
const isLost = (keys, index) =>
  `!hasOwn(o, ${stringify(keys[index])})) return without(o, p, shape, ${index}, at, flushes);`;

/**
 * The code for a property that a plain object may have lost.
 * @param {string[]} keys
 * @param {number} index
 */
function plainLoss(keys, index) {
  if (index === 0) return NO_LOSS;
  // After the last property: if the prototype is still the same, all properties were the object's own.
  const read = index === keys.length - 1 ? '\n  if (getPrototypeOf(o) !== Plain) changed();' : '';
  // An object that has lost an inherited key still gives a value for it, which may be any.
  if (keys[index] in Object.prototype) return { read, first: `if (${isLost(keys, index)}\n  else `, last: '' };
  return { read, first: '', last: `else if (v === undefined && ${isLost(keys, index)}\n  ` };
}

/**
 * As `plainLoss`, for an instance. A lost property may give a method of the class. Any other inherited value is found out
 * when all properties have been read.
 * @param {string[]} keys
 * @param {number} index
 */
function instanceLoss(keys, index) {
  if (index === 0) return NO_LOSS;
  const last = `else if ((v === undefined || typeof v === 'function') && ${isLost(keys, index)}\n  `;
  return { read: '', first: '', last };
}

/**
 * @typedef {object} ReaderEnv the functions and tables that a generated reader uses
 * @property {Int32Array} words
 * @property {{ p: number, soft: number }} at
 * @property {() => unknown} read
 * @property {<T>(object: T) => T} remember keeps an object for later references
 */

/**
 * Generates the function that reads objects of a shape. The function makes an object of the values that come next.
 * @param {import('./shapes').KnownShape} shape
 * @param {ReaderEnv} env
 * @returns {() => object}
 */
function generateReader({ keys }, env) {
  let fields = '';
  const value = keys.length <= MOST_WRITTEN ? READ : 'read()';
  for (let i = 0; i < keys.length; i++) fields += `\n    ${literalKey(keys[i])}: ${value},`;
  return new Function(
    'env',
    `'use strict';
const { words, at, read } = env;
return () => {
  let w = 0;
  return {${fields}
  };
};`,
  )(env);
}

/**
 * As `generateReader`, for messages that refer back to their objects. The object is remembered before its values are read.
 * @param {import('./shapes').KnownShape} shape
 * @param {ReaderEnv} env
 * @returns {() => object}
 */
function generateRememberingReader({ keys }, env) {
  let fields = '';
  let values = '';
  for (let i = 0; i < keys.length; i++) {
    fields += ` ${literalKey(keys[i])}: undefined,`;
    values += `\n  o[${stringify(keys[i])}] = ${READ};`;
  }
  return new Function(
    'env',
    `'use strict';
const { words, at, read, remember } = env;
return () => {
  let w = 0;
  const o = {${fields} };
  remember(o);${values}
  return o;
};`,
  )(env);
}

/** The code that reads the value that comes next. It reads a small integer without a call. */
const READ = `at.p < at.soft && ((w = words[at.p]) & 255) === ${INT} ? (at.p++, w >> 8) : read()`;

/** A key in a literal. `__proto__` stands in brackets, because `__proto__: value` would set the prototype. */
const literalKey = (/** @type {string} */ key) => (key === '__proto__' ? '["__proto__"]' : stringify(key));

module.exports = {
  MOST_WRITTEN,
  areInherited,
  canGenerate,
  generateWriter,
  generateInstanceWriter,
  generateReader,
  generateRememberingReader,
};
