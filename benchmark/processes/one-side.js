// Makes one case ready on one side, and runs a round of it whenever the parent says so.
'use strict';

const { findCase } = require('../cases');

const [, , trial, name, side] = process.argv;
const bench = Promise.resolve(findCase(trial, name).open({ module: side, threads: require(side) }));

process.on('message', async () => process.send?.(await (await bench).round()));
process.on('disconnect', () => process.exit());
