// What stands for a port of ferroport in a message of Node's, by who may receive it.
'use strict';

const { isEverywhere } = require('../register/reach');

/** @typedef {ReturnType<typeof import('../message-port').make>} Port */

/**
 * For a receiver that may not know ferroport: a port of Node's, which this thread serves.
 * @param {Port} port
 */
const forStranger = (port) => require('./bridge').bridge(port);

/**
 * For a receiver in which ferroport has been loaded: there it arrives as a port of ferroport.
 * @param {Port} port
 */
const forFriend = (port) => require('./transferable').standIn(port);

/** For a receiver that could be any thread. */
const forWhomever = () => (isEverywhere() ? forFriend : forStranger);

module.exports = { forStranger, forFriend, forWhomever };
