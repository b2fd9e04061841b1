// The shapes of plain objects, which are ordered lists of keys. A writer finds a shape by an object's keys, and a reader by number.
'use strict';

const native = require('../../native/native');
const ageing = require('../../objects/ageing');
const { bytesFor, forgetAll } = require('./functions');
const { areInherited } = require('./generate');
const { follow, start, takeOver } = require('./key-tree');
const { MOST_KEYS, OFTEN_ENOUGH } = require('../message/limits');
const { bareList, filled } = require('../../language/intrinsics');

// The fields are defined and not assigned. An assignment would fail if a program had put a read-only property of the same name
// on Object.prototype.

class Shape {
  /** @type {string[]} */
  keys;
  /** The number of the shape in the process, see src/wire/shapes.rs. */
  number;
  /** Whether an object of this shape that has lost a property may inherit one of the same name, as was true in the era below. */
  isShadowing = false;
  era = -1;
  /** How often the shape was used without a function. */
  uses = 0;
  /** How often that was when the shape was last checked for being used at all. */
  usesBefore = -1;
  /**
   * Writes an object, if it is a plain object of this shape.
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
   * As `read`, for messages that refer back to their objects.
   * @type {(() => object) | null}
   */
  readRemembering = null;
  /**
   * The functions that the shape gets back when it is used again (functions.js).
   * @type {Pick<Shape, 'write' | 'writeInstance' | 'read' | 'readRemembering'> | null}
   */
  aside = null;
  /** Roughly the bytes that these functions take. */
  taken = 0;
  /** Roughly the bytes that one of them takes. */
  functionBytes;
  /**
   * The shape that was written next when this one was written last.
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

/** A shape that no object has. */
const NO_SHAPE = new Shape([], -1);

/** The shape that was written last, and whether its object was an instance of a class. */
const written = { last: NO_SHAPE, wasInstance: false };

/** The shapes by their numbers. @type {(Shape | undefined)[]} */
const byNumber = /** @type {any} */ (bareList());

/**
 * The shape of objects with these keys. The keys count as seen once more.
 * @param {string[]} keys
 * @returns {Shape | null} null if the object should be sent with its keys
 */
function shapeOfKeys(keys) {
  const node = nodeOf(keys);
  return node === null ? null : learn(node, keys);
}

/**
 * As `shapeOfKeys`, but the keys do not count as seen.
 * @param {string[]} keys
 * @returns {Shape | null} null if the keys have not been seen often
 */
function knownShapeOf(keys) {
  const node = nodeOf(keys);
  return node === null || node.shape === NO_SHAPE ? null : node.shape;
}

/** This many lists of keys can be found at once, by the lengths of their keys. */
const FAMILIAR = 256;

/**
 * Shapes that have functions and came lately, each at the place of its keys.
 * @type {Shape[]}
 */
const familiar = filled(FAMILIAR, NO_SHAPE);

/**
 * As above, for the keys of an object with at least one. A list that came lately is found without following its keys in the tree.
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
 * Whether two lists have the same keys in the same order.
 * @param {string[]} list
 * @param {string[]} other
 */
function isSame(list, other) {
  if (list.length !== other.length) return false;
  for (let i = 0; i < list.length; i++) if (list[i] !== other[i]) return false;
  return true;
}

/**
 * The node at which a list of keys ends.
 * @param {string[]} keys
 * @returns {import('./key-tree').KeyNode | null} null if the list cannot be a shape's
 */
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
 * Notes that an object came with a list of keys. The list gets its number when it was seen as often as the process asks for. That is at
 * least twice, because dictionaries never have the same keys twice.
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

/** How often the enumerable properties of Object.prototype were seen to have changed. */
let era = 0;

/** Begins a new era, because the enumerable properties of Object.prototype have changed. */
function beginEra() {
  forgetAll();
  era++;
}

/**
 * Whether plain objects inherit one of the keys of a shape.
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
 * The shape with a number.
 * @param {number} number that came in a message
 * @returns {Shape | undefined} undefined if the process has given out no such number
 */
function shapeNumbered(number) {
  const known = byNumber[number];
  if (known !== undefined) return known;
  const keys = native.shapeKeys(number);
  return keys === undefined ? undefined : (byNumber[number] = new Shape(keys, number));
}

/** Forgets the shapes without functions that were not used since the last call. The process still knows their numbers. */
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
