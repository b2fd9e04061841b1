// Which shapes get generated functions, and for how long.
//
// The functions take much memory, and outsiders may choose the shapes. So a sweep puts all functions aside now and then. A shape that is
// used again gets its functions back. A shape that is not used until the next sweep loses them. So a use need not be noted, and costs
// nothing.
'use strict';

const ageing = require('../../objects/ageing');
const { MOST_WRITTEN, canGenerate } = require('./generate');
const { generateInstanceWriter, generateReader, generateRememberingReader, generateWriter } = require('./generate');
const { bareList } = require('../../language/intrinsics');

/** @typedef {import('./shapes').KnownShape} Shape */

/** A shape gets functions of its own when it has been used this often. */
const HOT = 8;

/** Roughly the bytes that a function takes, as measured: for itself, for each key, and for each code unit of its keys. */
const FUNCTION_BYTES = 3072;
const KEY_BYTES = 1536;
const UNIT_BYTES = 8;

/** The bytes that functions may take in this thread. */
const MOST_BYTES = 12 << 20;

/** How many of these bytes are left. */
let room = MOST_BYTES;

/** A sweep comes when shapes that are used often have gone without functions this many times, for want of room. */
const PATIENCE = 1 << 17;

/** How many times functions have been refused since the last sweep. */
let refused = 0;

/**
 * The shapes that have functions, and have been used since the last sweep.
 * @type {Shape[]}
 */
let recent = /** @type {any} */ (bareList());

/**
 * The shapes that had functions when the last sweep came.
 * @type {Shape[]}
 */
let older = /** @type {any} */ (bareList());

/**
 * Roughly the bytes that a function for an object with these keys takes.
 * @param {string[]} keys
 */
function bytesFor(keys) {
  let bytes = FUNCTION_BYTES;
  for (let i = 0; i < keys.length; i++) bytes += KEY_BYTES + UNIT_BYTES * keys[i].length;
  return bytes;
}

/**
 * Gives a shape that is used often one of its functions, if there is room.
 * @template {'write' | 'writeInstance' | 'read' | 'readRemembering'} Kind
 * @template Env
 * @param {Shape} shape
 * @param {Kind} kind
 * @param {(shape: Shape, env: Env) => NonNullable<Shape[Kind]>} generate
 * @param {Env} env
 */
function give(shape, kind, generate, env) {
  // Shapes get no functions if code may not be made of strings. Their objects are written and read key by key.
  if (!canGenerate) return;
  if (shape.aside !== null) bringBack(shape, shape.aside);
  if (shape[kind] !== null) return;
  // A writer of many keys does not name them.
  const isShort = kind === 'write' && shape.keys.length > MOST_WRITTEN;
  const functionBytes = isShort ? FUNCTION_BYTES : shape.functionBytes;
  if (functionBytes > room) {
    if (++refused > PATIENCE) sweep();
    return;
  }
  const made = generate(shape, env);
  // No call is made from here on, because a call could fail and leave this half done.
  room -= functionBytes;
  if (shape.taken === 0) recent[recent.length] = shape;
  shape.taken += functionBytes;
  shape[kind] = made;
}

/**
 * @param {Shape} shape
 * @param {import('./generate').WriterEnv} env
 */
const giveWriter = (shape, env) => give(shape, 'write', generateWriter, env);

/**
 * @param {Shape} shape
 * @param {import('./generate').WriterEnv} env
 */
function giveInstanceWriter(shape, env) {
  if (shape.keys.length <= MOST_WRITTEN) give(shape, 'writeInstance', generateInstanceWriter, env);
}

/**
 * @param {Shape} shape
 * @param {import('./generate').ReaderEnv} env
 */
const giveReader = (shape, env) => give(shape, 'read', generateReader, env);

/**
 * @param {Shape} shape
 * @param {import('./generate').ReaderEnv} env
 */
const giveRememberingReader = (shape, env) => give(shape, 'readRemembering', generateRememberingReader, env);

/**
 * Gives a shape its functions back.
 * @param {Shape} shape
 * @param {NonNullable<Shape['aside']>} aside
 */
function bringBack(shape, { write, writeInstance, read, readRemembering }) {
  recent[recent.length] = shape;
  shape.write = write;
  shape.writeInstance = writeInstance;
  shape.read = read;
  shape.readRemembering = readRemembering;
  shape.aside = null;
}

/**
 * Puts the functions of a shape aside.
 * @param {Shape} shape
 */
function putAside(shape) {
  const { write, writeInstance, read, readRemembering } = shape;
  if (shape.aside === null) shape.aside = { write, writeInstance, read, readRemembering };
  shape.write = shape.writeInstance = shape.read = shape.readRemembering = null;
}

/**
 * Drops the functions of a shape.
 * @param {Shape} shape that has not been used since its functions were put aside
 */
function drop(shape) {
  room += shape.taken;
  shape.taken = 0;
  shape.aside = null;
  shape.uses = 0;
  // A shape without functions keeps no other shapes, either.
  shape.next = shape;
}

/** May be ended at any call. When it is called again, it goes on where it was. */
function sweep() {
  const next = /** @type {Shape[]} */ (bareList());
  refused = 0;
  for (let i = 0; i < older.length; i++) if (older[i].aside !== null) drop(older[i]);
  for (let i = 0; i < recent.length; i++) putAside(recent[i]);
  older = recent;
  recent = next;
}

/** Takes all functions from their shapes. */
function forgetAll() {
  // The first sweep puts the functions aside. Nobody asks for them before the second sweep, which drops them.
  sweep();
  sweep();
}

ageing.onAge(sweep);

module.exports = { HOT, bytesFor, giveWriter, giveInstanceWriter, giveReader, giveRememberingReader, forgetAll };
