// Generates, for a shape, the function that writes its objects and the one that reads them.
'use strict';

const { isForWantOfRoom } = require('../../node/errors');
const { places, tags } = require('../../native/native');
const { LIMIT } = require('../../native/block');
const { globals, stringify } = require('../../language/intrinsics');

const { FLUSHES } = places;
const { FALSE, INT, LOCAL_SHAPED, TRUE } = tags;
const { Function } = globals;

/** Whether functions may be made of strings here (`--disallow-code-generation-from-strings`). */
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

/** A function writes so many keys at most: the engine does not optimise long ones. */
const MOST_WRITTEN = 128;

/**
 * @typedef {object} WriterEnv what a generated writer uses
 * @property {Int32Array} words
 * @property {(value: unknown, p: number) => number} write
 * @property {(text: string, p: number) => number} writeString
 * @property {(object: any) => string[]} keysOf
 * @property {(object: any) => any} getPrototypeOf
 * @property {(object: any) => boolean} isDisguised
 * @property {(object: any, value: unknown, shape: any) => number} ahead for an object of a class, whose first value has been read
 * @property {() => void} changed for an object that has got another prototype meanwhile
 * @property {(object: any, key: string) => boolean} hasOwn
 * @property {(object: any, p: number, shape: any, index: number, at: number, flushes: number) => number} without
 * @property {(object: any, prototype: object | null, keys: string[]) => boolean} mayHaveInherited
 * @property {(object: any, key: string) => unknown} readFirst the first property, where it may have been read before
 * @property {(object: any, count: number) => boolean} isQuicklyListed of an object with so many keys
 * @property {typeof import('../message/message').message} message
 * @property {{ last: import('./shapes').KnownShape, wasInstance: boolean }} written
 * @property {Int32Array} control
 */

/**
 * A function that writes a plain object of the shape and gives the place after it; -1 if it is not of that shape.
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
  // Its keys are listed without a look at its prototype: that may be a proxy, whose traps are the program's. Right after a
  // property of its own was read, the engine knows the prototype. Of a class's object this value is not read again.
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
 * A function that writes an instance, with the keys of the shape, of a class that makes plain objects.
 * @param {import('./shapes').KnownShape} shape of MOST_WRITTEN keys at most
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
 * What tells that the keys `own` are others than these.
 * @param {string[]} keys
 */
function areOthers(keys) {
  let others = `own.length !== ${keys.length}`;
  for (let index = 0; index < keys.length; index++) others += ` || own[${index}] !== ${stringify(keys[index])}`;
  return others;
}

/**
 * The same for more keys than a function should name. The engine keeps such objects in one of two ways. Those of which it has
 * a list of keys are read by `for … in`: there it takes each value from its place, without looking for the key. The others are
 * read by their keys: in `for … in` they would be listed anew, and what the engine has learnt of that loop would be lost.
 * Which of the two the objects of a shape are is asked now and then. A key that the object has lost comes in `for … in` all the same
 * if the object inherits it.
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
      // It has lost one, or all of its own have come.
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
 * What reads a property into `v`, and what writes it.
 *
 * Key names go in as JSON strings and nothing else does, so that no key can be code.
 * @param {string[]} keys
 * @param {number} index
 * @param {{ read: string, first: string, last: string }} loss what is done about a property that the object has lost: after it
 *   was read, before the kinds of values that come often, and after them
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
 * Whether every plain object seems to have one of them.
 * @param {string[]} keys
 */
function areInherited(keys) {
  for (let i = 0; i < keys.length; i++) if (keys[i] in Object.prototype) return true;
  return false;
}

/** Writes `v`, if it is of a kind that comes often. */
const WRITE = `if (typeof v === 'number' && v === v << 8 >> 8 && p < ${LIMIT} && (v !== 0 || 1 / v > 0)) words[p++] = ${INT} | v << 8;
  else if (typeof v === 'string' && p <= ${LIMIT}) p = writeString(v, p);
  else if (typeof v === 'boolean' && p <= ${LIMIT}) words[p++] = v ? ${TRUE} : ${FALSE};`;

/** Nothing can take the first property away before it is read. */
const NO_LOSS = { read: '', first: '', last: '' };

/**
 * @param {string[]} keys
 * @param {number} index
 */
const isLost = (keys, index) =>
  `!hasOwn(o, ${stringify(keys[index])})) return without(o, p, shape, ${index}, at, flushes);`;

/**
 * @param {string[]} keys
 * @param {number} index
 */
function plainLoss(keys, index) {
  if (index === 0) return NO_LOSS;
  // The last one is read: all were its own, if it is still what it was.
  const read = index === keys.length - 1 ? '\n  if (getPrototypeOf(o) !== Plain) changed();' : '';
  // An object that has lost it may seem to have it all the same, whatever that is.
  if (keys[index] in Object.prototype) return { read, first: `if (${isLost(keys, index)}\n  else `, last: '' };
  return { read, first: '', last: `else if (v === undefined && ${isLost(keys, index)}\n  ` };
}

/**
 * The same for an instance. Instead of what it has lost there may be a method; of anything else one is told in the end.
 * @param {string[]} keys
 * @param {number} index
 */
function instanceLoss(keys, index) {
  if (index === 0) return NO_LOSS;
  const last = `else if ((v === undefined || typeof v === 'function') && ${isLost(keys, index)}\n  `;
  return { read: '', first: '', last };
}

/**
 * @typedef {object} ReaderEnv what a generated reader uses
 * @property {Int32Array} words
 * @property {{ p: number, soft: number }} at
 * @property {() => unknown} read
 * @property {<T>(object: T) => T} remember keeps an object for later references
 */

/**
 * A function that makes an object of the shape of the values that come next.
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
 * As `generateReader`, for messages that refer back: the object is remembered before its values are read.
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

/** The value that comes next; a small integer at once. */
const READ = `at.p < at.soft && ((w = words[at.p]) & 255) === ${INT} ? (at.p++, w >> 8) : read()`;

/** In brackets, because `__proto__: value` would set the prototype. */
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
