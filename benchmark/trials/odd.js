// As to-worker, with values that nobody had in mind: a hunt for what the built-in does better.
'use strict';

const { oneWay } = require('../one-way');
const { ODD_PAYLOADS } = require('../odd-payloads');

/** @type {import('../rounds').Trial} */
module.exports = { name: 'odd', cases: ODD_PAYLOADS.map(oneWay) };
