// Generates, for a shape, the function that writes its objects and the one that reads them.
'use strict';

const { isForWantOfRoom } = require('../errors');
const { places, tags } = require('../native');
const { LIMIT } = require('./writer');
const { globals, stringify } = require('./intrinsics');

const { FLUSHES } = places;
const { FALSE, INT, LOCAL_SHAPED, TRUE } = tags;
const { Function } = globals;

/**
 * Whether functions may be made of strings here (`--disallow-code-generation-from-strings`).
 * @returns {boolean}
 */
function canGenerate() {
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
 * @property {{ last: import('./shapes').KnownShape }} state
 * @property {Int32Array} control
 */

/**
 * A function that writes an object of the shape and gives the place after it; -1 if it is not of that shape.
 * @param {import('./shapes').KnownShape} shape
 * @param {WriterEnv} env
 * @returns {(object: any, p: number) => number}
 */
function generateWriter(shape, env) {
  if (shape.keys.length > MOST_WRITTEN) return generateWideWriter(shape, env);
  const { keys, number } = shape;
  let others = '';
  let fields = '';
  for (let index = 0; index < keys.length; index++) {
    const { read, write } = fieldWriter(keys, index, '');
    others += ` || own[${index}] !== ${stringify(keys[index])}`;
    fields += index === 0 ? write : read + write;
  }
  // Its keys are listed without a look at its prototype: that may be a proxy, whose traps are the program's. Right after a
  // property of its own was read, the engine knows the prototype. Of a class's object this value is not read again.
  const source = `'use strict';
${WRITER_ENV}
return (o, p) => {
  const own = keysOf(o);
  if (own.length !== ${keys.length}${others}) return -1;
  let v = o[${stringify(keys[0])}];
  if (getPrototypeOf(o) !== Plain) return ahead(o, v, shape);
  if (isDisguised(o)) return -1;
  state.last = shape;
  const at = p;
  const flushes = control[${FLUSHES}];
  words[p++] = ${LOCAL_SHAPED | (number << 8)};${fields}
  return p;
};`;
  return new Function('env', 'shape', source)(env, shape);
}

/**
 * The same for more keys than one function should write.
 * @param {import('./shapes').KnownShape} shape
 * @param {WriterEnv} env
 * @returns {(object: any, p: number) => number}
 */
function generateWideWriter(shape, env) {
  const { keys, number } = shape;
  const { words, getPrototypeOf, isDisguised, keysOf, state, control } = env;
  const Plain = getPrototypeOf({});
  /** @type {((object: any, p: number, at: number, flushes: number) => number)[]} */
  const parts = [];
  for (let from = 0; from < keys.length; from += MOST_WRITTEN) {
    let fields = '';
    for (let index = from; index < keys.length && index < from + MOST_WRITTEN; index++) {
      const { read, write } = fieldWriter(keys, index, '~');
      fields += read + write;
    }
    const source = `'use strict';
${WRITER_ENV}
return (o, p, at, flushes) => {
  let v;${fields}
  return p;
};`;
    parts[parts.length] = new Function('env', 'shape', source)(env, shape);
  }
  return (o, p) => {
    if (getPrototypeOf(o) !== Plain || isDisguised(o)) return -1;
    const own = keysOf(o);
    if (own.length !== keys.length) return -1;
    for (let i = 0; i < keys.length; i++) if (own[i] !== keys[i]) return -1;
    state.last = shape;
    const at = p;
    const flushes = control[FLUSHES];
    words[p++] = LOCAL_SHAPED | (number << 8);
    for (let part = 0; part < parts.length; part++) {
      p = parts[part](o, p, at, flushes);
      // It had lost a property, and the rest has been written.
      if (p < 0) return ~p;
    }
    return p;
  };
}

const WRITER_ENV = `const { words, write, writeString, keysOf, getPrototypeOf, hasOwn } = env;
const { isDisguised, ahead, changed, without, state, control } = env;
const Plain = getPrototypeOf({});`;

/**
 * What reads a property into `v`, and what writes it.
 *
 * Key names go in as JSON strings and nothing else does, so that no key can be code.
 * @param {string[]} keys
 * @param {number} index
 * @param {string} sign of what is returned where the object has lost the property
 */
function fieldWriter(keys, index, sign) {
  const name = stringify(keys[index]);
  // An object that has lost it may seem to have it all the same, whatever that is.
  const isInherited = keys[index] in Object.prototype;
  // The last one is read: all were its own, if it is still what it was.
  const isLast = index > 0 && index === keys.length - 1;
  const read = `
  v = o[${name}];${isLast ? '\n  if (getPrototypeOf(o) !== Plain) changed();' : ''}`;
  // Nothing could take the first one away before it was read.
  const isLost = `!hasOwn(o, ${name})) return ${sign}without(o, p, shape, ${index}, at, flushes);`;
  const lostFirst =
    index > 0 && isInherited
      ? `if (${isLost}
  else `
      : '';
  const lostLast =
    index > 0 && !isInherited
      ? `else if (v === undefined && ${isLost}
  `
      : '';
  const write = `
  ${lostFirst}if (typeof v === 'number' && v === v << 8 >> 8 && p < ${LIMIT} && (v !== 0 || 1 / v > 0)) words[p++] = ${INT} | v << 8;
  else if (typeof v === 'string' && p <= ${LIMIT}) p = writeString(v, p);
  else if (typeof v === 'boolean' && p <= ${LIMIT}) words[p++] = v ? ${TRUE} : ${FALSE};
  ${lostLast}else p = write(v, p);`;
  return { read, write };
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

module.exports = { canGenerate, generateWriter, generateReader, generateRememberingReader };
