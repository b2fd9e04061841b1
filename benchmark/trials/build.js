// How many files a second a build tool has two workers parse, and what processor time a file takes.
'use strict';

const { buildFiles } = require('../application/files');
const { Pool } = require('../application/pool');
const { atATime, programCase } = require('../application/program');

const WORKERS = 2;
const FILES = 400;

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'build',
  cases: [1, 10, 100].map((clients) =>
    programCase(atATime(clients, 'file'), 'file', {
      open(side) {
        const pool = new Pool(side, WORKERS);
        return {
          round: () => buildFiles(FILES, clients, (file) => pool.request('build', file)),
          close: () => pool.close(),
        };
      },
    }),
  ),
};
