// The shapes of plain objects, ordered lists of keys: found by an object's keys when writing, by number when reading.
'use strict';

const native = require('../../native/native');
const ageing = require('../../objects/ageing');
const { bytesFor, forgetAll } = require('./functions');
const { areInherited } = require('./generate');
const { follow, start, takeOver } = require('./key-tree');
const { MOST_KEYS, OFTEN_ENOUGH } = require('../message/limits');
const { bareList, filled } = require('../../language/intrinsics');

// Fields are defined, not assigned: programs may put what is read-only on Object.prototype.

class Shape {
  /** @type {string[]} */
  keys;
  /** in the process, see src/wire/shapes.rs */
  number;
  /** Whether an object that has lost a property may seem to have it all the same; in that era. */
  isShadowing = false;
  era = -1;
  /** How often it has been used without a function. */
  uses = 0;
  /** … and how often when it was looked at whether it is used at all. */
  usesBefore = -1;
  /**
   * Writes a plain object of this shape, if it is one.
   * @type {((object: any, p: number, keys: string[]) => number) | null}
   */
  write = null;
  /**
   * Writes an instance with these keys of a class that makes plain objects.
   * @type {((object: any, p: number, prototype: object | null) => number) | null}
   */
  writeInstance = null;
  /**
   * Reads an object of this shape.
   * @type {(() => object) | null}
   */
  read = null;
  /**
   * The same, for messages that refer back.
   * @type {(() => object) | null}
   */
  readRemembering = null;
  /**
   * The functions that it gets back when it is used (functions.js).
   * @type {Pick<Shape, 'write' | 'writeInstance' | 'read' | 'readRemembering'> | null}
   */
  aside = null;
  /** What these functions take in bytes, about. */
  taken = 0;
  /** What one of them takes. */
  functionBytes;
  /**
   * The shape that was written after this one when it was written last.
   * @type {Shape}
   */
  next = this;

  /**
   * @param {string[]} keys
   * @param {number} number
   */
  constructor(keys, number) {
    this.keys = keys;
    this.number = number;
    this.functionBytes = bytesFor(keys);
  }
}

/** @typedef {Shape} KnownShape */

/** What no object has. */
const NO_SHAPE = new Shape([], -1);

/** The shape written last, and whether it was that of an instance of a class. */
const written = { last: NO_SHAPE, wasInstance: false };

/** @type {(Shape | undefined)[]} */
const byNumber = /** @type {any} */ (bareList());

/**
 * The shape of objects with these keys.
 * @param {string[]} keys
 * @returns {Shape | null} null if such an object is better sent with its keys
 */
function shapeOfKeys(keys) {
  const node = nodeOf(keys);
  return node === null ? null : learn(node, keys);
}

/**
 * The same for one who only looks: the keys do not count as seen.
 * @param {string[]} keys
 * @returns {Shape | null} null if they have not been seen often
 */
function knownShapeOf(keys) {
  const node = nodeOf(keys);
  return node === null || node.shape === NO_SHAPE ? null : node.shape;
}

/** So many lists of keys are found at once, by how long their keys are. */
const FAMILIAR = 256;

/**
 * Shapes that have functions, each in the place of its keys.
 * @type {Shape[]}
 */
const familiar = filled(FAMILIAR, NO_SHAPE);

/**
 * The same for keys of an object, at least one: what has come lately is found without following them.
 * @param {string[]} keys
 * @returns {Shape | null}
 */
function familiarShapeOf(keys) {
  const { length } = keys;
  let place = length;
  for (let i = 0; i < length; i++) place = (place * 5 + keys[i].length) | 0;
  place = (place ^ (place >>> 8)) & (FAMILIAR - 1);
  const shape = familiar[place];
  if (isSame(keys, shape.keys)) return shape;
  const known = knownShapeOf(keys);
  if (known !== null && known.taken > 0) familiar[place] = known;
  return known;
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

/** @param {string[]} keys */
function nodeOf(keys) {
  if (keys.length > MOST_KEYS) return null;
  let node = start();
  for (let i = 0; i < keys.length; i++) {
    const after = follow(node, keys[i]);
    if (after === null) return null;
    node = after;
  }
  if (node.seen === 0) takeOver(node, keys);
  return node;
}

/**
 * A list of keys has come. It gets its number when it has been seen so often as the process asks for, twice at least:
 * dictionaries never look the same twice.
 * @param {import('./key-tree').KeyNode} node
 * @param {string[]} keys that led there
 * @returns {Shape | null}
 */
function learn(node, keys) {
  if (node.seen === 0) takeOver(node, keys);
  if (node.shape !== null) return node.shape === NO_SHAPE ? null : node.shape;
  const seen = node.seen + 1;
  if (seen === 1 || !isPowerOfTwo(seen)) {
    node.seen = seen;
    return null;
  }
  const number = native.internShape(keys, seen);
  if (number === undefined) return null;
  const shape = number < 0 ? NO_SHAPE : (byNumber[number] ??= new Shape(keys, number));
  node.seen = seen;
  if (shape !== NO_SHAPE || seen >= OFTEN_ENOUGH) node.shape = shape;
  return shape === NO_SHAPE ? null : shape;
}

/** @param {number} n at least 1 */
const isPowerOfTwo = (n) => (n & (n - 1)) === 0;

/** How often Object.prototype has been seen to get other enumerable properties, or to lose some. */
let era = 0;

/** Object.prototype has got others: what is known of keys that plain objects inherit is known no more. */
function beginEra() {
  forgetAll();
  era++;
}

/**
 * Whether every plain object seems to have one of the keys of a shape.
 * @param {Shape} shape
 */
function isShadowing(shape) {
  if (shape.era !== era) {
    shape.isShadowing = areInherited(shape.keys);
    shape.era = era;
  }
  return shape.isShadowing;
}

/**
 * @param {number} number that came in a message
 * @returns {Shape | undefined}
 */
function shapeNumbered(number) {
  const known = byNumber[number];
  if (known !== undefined) return known;
  const keys = native.shapeKeys(number);
  return keys === undefined ? undefined : (byNumber[number] = new Shape(keys, number));
}

/** Forgets shapes that have no functions and have not been used since this was called before. The process knows them still. */
function forgetUnused() {
  for (let i = 0; i < FAMILIAR; i++) familiar[i] = NO_SHAPE;
  for (let i = 0; i < byNumber.length; i++) {
    const shape = byNumber[i];
    if (shape === undefined || shape.taken > 0) continue;
    if (shape.uses === shape.usesBefore) byNumber[i] = undefined;
    shape.usesBefore = shape.uses;
  }
}

ageing.onAge(forgetUnused);

module.exports = {
  NO_SHAPE,
  Shape,
  written,
  beginEra,
  familiarShapeOf,
  isSame,
  isShadowing,
  shapeOfKeys,
  shapeNumbered,
};
