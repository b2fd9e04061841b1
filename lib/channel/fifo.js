// A queue of values in their order. It consists of plain data only, so that structured clone can send it.
'use strict';

const { arraySlice } = require('../language/intrinsics');

/**
 * @template T
 * @typedef {{ items: (T | undefined)[], first: number }} Fifo `first`: the index of the oldest
 */

/** The rest is moved to the front once so many places at the front have been emptied. */
const SPARE = 1024;

/**
 * @template T
 * @param {T} item
 * @returns {Fifo<T>} with one item
 */
const fifoOf = (item) => ({ items: [item], first: 0 });

/**
 * @template T
 * @param {Fifo<T>} fifo
 * @param {T} item
 */
function push(fifo, item) {
  fifo.items[fifo.items.length] = item;
}

/**
 * @template T
 * @param {Fifo<T>} fifo
 * @returns {T | undefined} the oldest item, which stays; undefined if there is none
 */
const peek = (fifo) => fifo.items[fifo.first];

/**
 * Takes out the oldest item.
 * @param {Fifo<unknown>} fifo that is not empty
 */
function drop(fifo) {
  const { items } = fifo;
  if (items.length === 1) {
    // The usual case: nothing is left. The array keeps its memory.
    items.length = 0;
    return;
  }
  items[fifo.first++] = undefined;
  if (fifo.first === items.length) {
    items.length = fifo.first = 0;
  } else if (fifo.first >= SPARE && fifo.first * 2 > items.length) {
    fifo.items = itemsOf(fifo);
    fifo.first = 0;
  }
}

/**
 * @template T
 * @param {Fifo<T>} fifo
 * @returns {T[]} what is in it
 */
const itemsOf = (fifo) => /** @type {T[]} */ (arraySlice(fifo.items, fifo.first));

module.exports = { fifoOf, push, peek, drop, itemsOf };
