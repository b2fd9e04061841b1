// What Tinypool's threads do: the common tasks, and those that need Tinypool itself.

import Tinypool from 'tinypool';
import orders from './orders.js';

export const { price, fail, sum, uncloneable, tick, converse, wait, crash, id } = orders;

/** Moves the result instead of copying it. */
export const moved = (length) => Tinypool.move(new Uint8Array(length).fill(7));

export const teardown = () => {
  Atomics.add(new Int32Array(Tinypool.workerData), 0, 1);
};
