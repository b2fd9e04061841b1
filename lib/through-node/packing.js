// The two ways in which a port of ferroport becomes one of Node's, to go into a message of Node's.
'use strict';

const { isEverywhere } = require('../register/reach');
const note = require('./note');

/** @typedef {ReturnType<typeof import('../message-port').make>} Port */
/** @typedef {import('node:worker_threads').MessagePort} NodePort */

/**
 * `served`: this thread hands the port's messages on. Any receiver can use what it gets; the hook makes a port of ferroport of
 * it, which this thread serves all the same.
 * `carried`: the port's endpoint waits inside. Only the hook can take it out.
 * @typedef {'served' | 'carried'} Way
 */

/**
 * What makes a port of Node's of one of ferroport, loaded when it is asked for: to load takes time, and much of the stack.
 * @type {Record<Way, () => (port: Port) => NodePort>}
 */
const packers = {
  served: () => require('./bridge').bridge,
  carried: () => require('../node-port').carry,
};

/** @param {Way} way */
const packerFor = (way) => packers[way]();

/**
 * The best way to a receiver that could be any thread.
 * @returns {Way}
 */
const wayToAnyone = () => (note.canBeSent && isEverywhere() ? 'carried' : 'served');

module.exports = { packerFor, wayToAnyone };
