'use strict';

// Mocha, which loads test files one after the other into one process, or spreads them.

const test = require('ava');
const { binOf, declareRuns } = require('./run');

/** Tests in required.spec.js, imported.spec.mjs, hooked.spec.js. */
const passed = 7 + 7 + 9;

declareRuns(
  test,
  {
    name: 'mocha',
    bin: binOf('mocha/bin/mocha.js'),
    args: ['--reporter=json'],
    read: (stdout) => {
      const { stats, failures } = JSON.parse(stdout);
      return { passed: stats.passes, failed: failures.map((each) => `${each.fullTitle}: ${each.err.stack}`) };
    },
  },
  {
    '--parallel': { args: ['--parallel', '--jobs=2'], passed },
    'in one process': { args: [], passed },
    'on the hook': { args: ['--parallel', '--jobs=2'], env: { NODE_OPTIONS: '--require ferroport/register' }, passed },
  },
);
