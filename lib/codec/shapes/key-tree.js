// The lists of keys that objects had, as a tree. The path from the root, key by key, leads to what is known of a list.
'use strict';

const ageing = require('../../objects/ageing');
const { LONGEST_KEY } = require('../message/limits');
const { Map, charCodeAt, mapGet, mapSet } = require('../../language/intrinsics');

/** The place in the tree that a list of keys leads to. */
class Node {
  /** The key that came first after this node. */
  key = '';
  /** The node to which that key leads. @type {Node | null} */
  after = null;
  /** The nodes to which other keys lead. @type {Map<string, Node> | null} */
  others = null;
  /** How often objects came with the list of keys that ends here. */
  seen = 0;
  /** @type {import('./shapes').KnownShape | null} */
  shape = null;
}

/**
 * Roughly the bytes that a generation of the tree may take. When the recent generation has grown so large, it becomes the older one, and
 * the older one is dropped, with everything that nobody has asked for meanwhile.
 */
const MOST_BYTES = 1 << 20;

/** Roughly the bytes that a node takes, without its key. */
const NODE_BYTES = 128;

let recent = new Node();
let older = new Node();

/** Roughly the bytes that the recent generation takes. */
let bytes = 0;

/** The node at which every list of keys begins. */
function start() {
  if (bytes > MOST_BYTES) turn();
  return recent;
}

/** Begins a new generation. */
function turn() {
  const next = new Node();
  older = recent;
  recent = next;
  bytes = 0;
}

/**
 * Goes on by one key. The tree grows if the key has not come there before.
 * @param {Node} node
 * @param {string} key
 * @returns {Node | null} null if a list with this key cannot be a shape's
 */
function follow(node, key) {
  if (node.key === key && node.after !== null) return node.after;
  if (node.others !== null) {
    const after = mapGet(node.others, key);
    if (after !== undefined) return after;
  }
  return grow(node, key);
}

/**
 * Adds a node to the tree.
 * @param {Node} node
 * @param {string} key that has not come after this node
 */
function grow(node, key) {
  // Indices are listed before other keys, so it is enough to look at the first key.
  if (key.length > LONGEST_KEY || (node === recent && isIndex(key))) return null;
  const after = new Node();
  // The node is counted before it is added. If adding fails, only the count is wrong.
  bytes += NODE_BYTES + 2 * key.length;
  if (node.after === null) {
    node.key = key;
    node.after = after;
  } else {
    mapSet((node.others ??= new Map()), key, after);
  }
  return after;
}

/**
 * Copies what the older generation knows of a list of keys into the recent generation.
 * @param {Node} node the end of the list in the recent generation
 * @param {string[]} keys the list
 */
function takeOver(node, keys) {
  let before = older;
  for (let i = 0; i < keys.length; i++) {
    const after = before.key === keys[i] ? before.after : before.others && mapGet(before.others, keys[i]);
    if (after === null || after === undefined) return;
    before = after;
  }
  node.seen = before.seen;
  node.shape = before.shape;
}

/**
 * Whether a key is the index of an array's element.
 * @param {string} key
 */
function isIndex(key) {
  const first = key.length === 0 ? 0 : charCodeAt(key, 0);
  if (first < 0x30 || first > 0x39) return false;
  const index = +key >>> 0;
  return index !== 2 ** 32 - 1 && `${index}` === key;
}

/** @typedef {Node} KeyNode */

ageing.onAge(turn);

module.exports = { start, follow, takeOver, isIndex };
