// Sets with room for many objects.
//
// V8's Sets begin with room for four. Whenever one is full, all that is in it is placed anew in twice the room, which takes as long
// as having added it. A copy has the room of its original. So originals are kept that have room, and little in it: some integers,
// without which they would have been made smaller.
'use strict';

const { Set, setAdd, setDelete, setUnion } = require('../../language/intrinsics');

/** How many entries an original has room for, those of its integers among them. */
const SMALL = 256;
const LARGE = 2048;

/** Smaller messages are copied quicker into a new Set than room for as many as this is. */
const LEAST_IN_LARGE = 160;

/** More objects than fit into the large one take so long to be written that the room does not count. */
const MOST_IN_LARGE = 1500;

/** @type {{ small: Set<any> | null, large: Set<any> | null }} */
const originals = { small: null, large: null };

const END = { __proto__: null, done: true, value: undefined };
const ITERATOR = { __proto__: null, next: () => END };

/** What is added to a copy, as `union` asks for it: nothing, and nothing of it can be patched. */
const NOTHING = { __proto__: null, size: 0, has: () => false, keys: () => ITERATOR };

/**
 * @param {number} room a power of two
 * @returns {Set<any>} with as much room, of which a quarter is taken
 */
function make(room) {
  const set = new Set();
  let next = 0;
  // With one more than half of them it gets the room, and keeps it while it has a quarter.
  while (next <= room / 2) setAdd(set, next++);
  for (let last = next - 1; last > room / 4 + 1; last--) setDelete(set, last);
  // What was deleted takes its place until the room is full.
  for (let temporary = next; temporary <= room; temporary++) {
    setAdd(set, temporary);
    setDelete(set, temporary);
  }
  return set;
}

/**
 * @param {number} expected how many objects are going to be in it at least, as far as is known
 * @returns {Set<any>} with integers and without objects; an empty one where the language copies no Sets
 */
function roomySet(expected) {
  if (setUnion === undefined || expected > MOST_IN_LARGE) return new Set();
  try {
    if (expected > LEAST_IN_LARGE) return setUnion((originals.large ??= make(LARGE)), NOTHING);
    return setUnion((originals.small ??= make(SMALL)), NOTHING);
  } catch {
    // For want of stack or memory. Room only saves time.
    return new Set();
  }
}

module.exports = { roomySet };
