// Makes one case ready for ferroport alone, and runs a round of it whenever the parent says so.
'use strict';

const { findCase } = require('../cases');

const [, , trial, name] = process.argv;
const bench = Promise.resolve(findCase(trial, name).open({ module: 'ferroport', threads: require('ferroport') }));

process.on('message', async () => process.send?.(await (await bench).round()));
process.on('disconnect', () => process.exit());
