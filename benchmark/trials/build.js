// How many files a second a build tool has two workers parse, and what processor time a file takes.
'use strict';

const { buildFiles } = require('../application/files');
const { poolCases } = require('../application/program');

const FILES = 400;

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'build',
  cases: poolCases('file', (clients, pool) => buildFiles(FILES, clients, (file) => pool.request('build', file))),
};
