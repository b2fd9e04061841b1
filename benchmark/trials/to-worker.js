// How long a message takes on its way to a worker, when many are posted one after the other.
'use strict';

const { oneWay } = require('../one-way');
const { PAYLOADS } = require('../payloads');

/** @type {import('../rounds').Trial} */
module.exports = { name: 'to worker', cases: PAYLOADS.map(oneWay) };
