'use strict';

// All operations that are made to fail.

/**
 * @typedef {object} Trial one attempt
 * @property {() => unknown} act the attempt itself, called once
 * @property {(error: any) => void | Promise<void>} threw what must be so when it has thrown
 * @property {(result: any) => void | Promise<void>} returned what must be so when it has not
 * @property {() => void | Promise<void>} [done] what must be so in any case, and the end of it
 */

/**
 * @typedef {object} Operation
 * @property {string} name
 * @property {string} group
 * @property {(world: import('../world').World, n: number) => Trial} prepare `n` differs from attempt to attempt
 * @property {() => void | Promise<void>} [end] when nothing of it is attempted any more
 * @property {boolean} [isOwn] the built-in has nothing like it
 * @property {boolean} [isLarge] an attempt takes so long that there are fewer
 * @property {boolean} [isSlow] an attempt takes so long that there are few
 */

const { posting } = require('./posting');
const { receiving } = require('./receiving');
const { bytes } = require('./bytes');
const { broadcasting } = require('./broadcasting');
const { transferring } = require('./transferring');
const { ports } = require('./ports');
const { workers } = require('./workers');
const { nodePorts } = require('./node-ports');

/** @type {Operation[]} */
const operations = [
  ...posting,
  ...receiving,
  ...bytes,
  ...broadcasting,
  ...transferring,
  ...ports,
  ...workers,
  ...nodePorts,
];

module.exports = { operations };
