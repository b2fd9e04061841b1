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

/** A function names this many keys at most, because the engine does not optimise long functions. */
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
  // The keys are listed without a look at the prototype, which may be a proxy with traps of the program's. Right after an own property
  // was read, the engine knows the prototype. The value that was read is handed on for an object of a class, and is not read again.
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
 * The source of an expression that is true if the keys in `own` are not these.
 * @param {string[]} keys
 */
function areOthers(keys) {
  let others = `own.length !== ${keys.length}`;
  for (let index = 0; index < keys.length; index++) others += ` || own[${index}] !== ${stringify(keys[index])}`;
  return others;
}

/**
 * As `generateWriter`, for more keys than a function should name. The engine keeps such objects in one of two ways. If the engine has a
 * list of the object's keys, `for … in` takes each value from its place without looking up the key. If not, `for … in` would list the
 * keys anew, and the engine would lose what it has learnt of the loop; so such objects are read key by key. The writer asks now and then
 * in which way the objects of the shape are kept. A key that an object has lost still comes in `for … in` if the object inherits it.
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
      // The object has lost a property, or all of its own properties have come.
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
 * The source of two statements: one reads a property into `v`, and one writes `v`.
 *
 * Keys go into the source as JSON strings, and nothing else of the program's does. So no key can become code.
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

/** Writes `v` if its kind is a frequent one. */
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
  // After the last read, one look at the prototype tells that all values were the object's own.
  const read = index === keys.length - 1 ? '\n  if (getPrototypeOf(o) !== Plain) changed();' : '';
  // An object that has lost the property may inherit one of the same name, with any value.
  if (keys[index] in Object.prototype) return { read, first: `if (${isLost(keys, index)}\n  else `, last: '' };
  return { read, first: '', last: `else if (v === undefined && ${isLost(keys, index)}\n  ` };
}

/**
 * As `plainLoss`, for an instance. A lost property may show a method of the class instead. Any other loss is noticed at the end, when the
 * keys are listed again.
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

/** The source of an expression for the next value. A small integer is read without a call. */
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
