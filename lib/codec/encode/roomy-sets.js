// Sets with room for many objects.
//
// V8's Sets begin with room for four entries. A full Set gets twice the room, and all its entries are placed anew, which
// takes as long as adding them did. A copy of a Set has the room of its original. So there are originals that have much
// room and few entries. Their entries are integers; without these V8 would make the originals smaller.
'use strict';

const { Set, setAdd, setDelete, setUnion } = require('../../language/intrinsics');

/** How many entries an original has room for. Its integers count among them. */
const SMALL = 256;
const LARGE = 2048;

/** A Set of fewer objects grows to its size in less time than the large original takes to be copied. */
const LEAST_IN_LARGE = 160;

/** More objects do not fit into the large original. Writing them takes so long that the time for more room does not count. */
const MOST_IN_LARGE = 1500;

/** @type {{ small: Set<any> | null, large: Set<any> | null }} */
const originals = { small: null, large: null };

const END = { __proto__: null, done: true, value: undefined };
const ITERATOR = { __proto__: null, next: () => END };

/** An empty set, in the form that `union` takes as its argument. No program can patch its methods. */
const NOTHING = { __proto__: null, size: 0, has: () => false, keys: () => ITERATOR };

/**
 * Makes an original.
 * @param {number} room a power of two
 * @returns {Set<any>} a Set with room for so many entries, a quarter of which is taken
 */
function make(room) {
  const set = new Set();
  let next = 0;
  // V8 gives a Set this room when the Set holds more than half as many entries, and leaves it the room down to a quarter.
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
  if (expected > LEAST_IN_LARGE) return setUnion((originals.large ??= make(LARGE)), NOTHING);
  return setUnion((originals.small ??= make(SMALL)), NOTHING);
}

module.exports = { roomySet };
