// Sets with room for many objects.
//
// A Set of V8's begins with room for four entries. When a Set is full, V8 puts all entries into a Set of twice the room, which takes as
// long as adding them did. A copy of a Set has the room of its original. So two originals are kept that have much room and few entries.
// The entries are integers, and without them V8 would have made the originals smaller.
'use strict';

const { Set, setAdd, setDelete, setUnion } = require('../../language/intrinsics');

/** How many entries an original has room for. Its integers count among them. */
const SMALL = 256;
const LARGE = 2048;

/** The large original is copied for messages of at least this many objects. For fewer, copying it takes longer than growing. */
const LEAST_IN_LARGE = 160;

/** Messages of more objects get an empty Set: to write them takes so long that room makes no difference. */
const MOST_IN_LARGE = 1500;

/** @type {{ small: Set<any> | null, large: Set<any> | null }} */
const originals = { small: null, large: null };

const END = { __proto__: null, done: true, value: undefined };
const ITERATOR = { __proto__: null, next: () => END };

/** The empty set that `union` adds to a copy. Programs cannot patch anything of it. */
const NOTHING = { __proto__: null, size: 0, has: () => false, keys: () => ITERATOR };

/**
 * Makes an original.
 * @param {number} room a power of two
 * @returns {Set<any>} a Set with room for so many entries, a quarter of which is taken
 */
function make(room) {
  const set = new Set();
  let next = 0;
  // With one entry more than half of the room the Set gets that room, and keeps it while a quarter is taken.
  while (next <= room / 2) setAdd(set, next++);
  for (let last = next - 1; last > room / 4 + 1; last--) setDelete(set, last);
  // A deleted entry keeps its place until the room is full.
  for (let temporary = next; temporary <= room; temporary++) {
    setAdd(set, temporary);
    setDelete(set, temporary);
  }
  return set;
}

/**
 * A Set for the objects of a message.
 * @param {number} expected how many objects the Set will hold at least, as far as is known
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
