// The shapes of plain objects, ordered lists of keys: found by an object's keys when writing, by number when reading.
'use strict';

const native = require('../native');
const { MOST_KEYS } = require('./limits');
const { Map, arraySlice, bareList, charCodeAt, filled, keysOf, mapGet, mapSet } = require('./intrinsics');

/** So many key lists are told apart; when there are more, they are forgotten and learnt again. */
const MOST_NODES = 1 << 15;

/** A shape gets its number when it has been seen so often: dictionaries never look the same twice. */
const OFTEN = 2;

/** A shape gets functions of its own when it has been used so often. */
const HOT = 8;

// Fields are defined, not assigned: programs may put what is read-only on Object.prototype.

class Shape {
  /** @type {string[]} */
  keys;
  /** in the process, see src/wire/shapes.rs */
  number;
  /** Whether an object that has lost a property may seem to have it all the same. */
  isShadowing;
  uses = 0;
  /**
   * Writes an object of this shape, if it is one.
   * @type {((object: any, p: number) => number) | null}
   */
  write = null;
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
    this.isShadowing = isInherited(keys);
  }
}

/** @typedef {Shape} KnownShape */

/** Where a list of keys leads to, key by key. */
class Node {
  key = '';
  /** @type {Node | null} */
  after = null;
  /** @type {Map<string, Node> | null} */
  others = null;
  seen = 0;
  /** @type {Shape | null} */
  shape = null;
}

/** What no object has. */
const NO_SHAPE = new Shape([], -1);

let root = new Node();
let nodes = 0;

/** @type {(Shape | undefined)[]} */
const byNumber = /** @type {any} */ (bareList());

/**
 * @param {Node} node
 * @param {string} key
 * @returns {Node}
 */
function follow(node, key) {
  if (node.key === key && node.after !== null) return node.after;
  if (node.after === null) {
    node.key = key;
    nodes++;
    return (node.after = new Node());
  }
  const others = (node.others ??= new Map());
  let after = mapGet(others, key);
  if (after === undefined) {
    mapSet(others, key, (after = new Node()));
    nodes++;
  }
  return after;
}

/** The keys that were listed last, and others behind them. */
const listed = filled(MOST_KEYS, '');

/**
 * The shape of a plain object that inherits nothing enumerable.
 * @param {object} object
 * @returns {Shape | string[]} its keys, if it is better sent with them
 */
function shapeOf(object) {
  let node = start();
  let count = 0;
  for (const key in object) {
    if (count === MOST_KEYS) return keysOf(object);
    node = follow(node, key);
    listed[count++] = key;
  }
  if (node.shape !== null && node.shape !== NO_SHAPE) return node.shape;
  const keys = arraySlice(listed, 0, count);
  return (node.shape === null ? learn(node, keys) : null) ?? keys;
}

/** Where every list of keys begins. */
function start() {
  if (nodes > MOST_NODES) {
    root = new Node();
    nodes = 0;
  }
  return root;
}

/**
 * The shape of objects with these keys.
 * @param {string[]} keys
 * @returns {Shape | null} as `shapeOf`
 */
function shapeOfKeys(keys) {
  if (keys.length > MOST_KEYS) return null;
  const node = nodeOf(keys);
  if (node.shape !== null) return node.shape === NO_SHAPE ? null : node.shape;
  return learn(node, keys);
}

/**
 * The same for one who only looks: the keys do not count as seen.
 * @param {string[]} keys
 * @returns {Shape | null} null if they have not been seen often
 */
function knownShapeOf(keys) {
  if (keys.length > MOST_KEYS) return null;
  const { shape } = nodeOf(keys);
  return shape === NO_SHAPE ? null : shape;
}

/** @param {string[]} keys */
function nodeOf(keys) {
  let node = start();
  for (let i = 0; i < keys.length; i++) node = follow(node, keys[i]);
  return node;
}

/**
 * @param {Node} node
 * @param {string[]} keys that led there
 */
function learn(node, keys) {
  if (++node.seen < OFTEN) return null;
  let number = -1;
  if (!hasIndex(keys)) number = native.internShape(keys);
  if (number < 0) {
    node.shape = NO_SHAPE;
    return null;
  }
  return (node.shape = byNumber[number] ??= new Shape(keys, number));
}

/**
 * Whether every plain object seems to have one of them.
 * @param {string[]} keys
 */
function isInherited(keys) {
  for (let i = 0; i < keys.length; i++) if (keys[i] in Object.prototype) return true;
  return false;
}

/** @param {string[]} keys */
function hasIndex(keys) {
  // Indices come first.
  return keys.length > 0 && isIndex(keys[0]);
}

/** @param {string} key */
function isIndex(key) {
  const first = key.length === 0 ? 0 : charCodeAt(key, 0);
  if (first < 0x30 || first > 0x39) return false;
  const index = +key >>> 0;
  return index !== 2 ** 32 - 1 && `${index}` === key;
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

module.exports = { NO_SHAPE, Shape, HOT, isIndex, shapeOf, shapeOfKeys, knownShapeOf, shapeNumbered };
