'use strict';

// AVA, which runs each test file in a thread or process of its own.

const test = require('ava');
const { binOf, declareRuns, readTap } = require('./run');

/** Tests in required.spec.js, imported.spec.mjs, hooked.spec.js. */
const passed = 7 + 7 + 9;

declareRuns(
  test,
  { name: 'ava', links: ['ava'], bin: binOf('ava/entrypoints/cli.mjs'), args: ['--tap'], read: readTap },
  {
    'in worker threads': { args: [], passed },
    'in processes': { args: ['--no-worker-threads'], passed },
    'in worker threads, itself on the hook': {
      args: [],
      env: { NODE_OPTIONS: '--require ferroport/register' },
      passed,
    },
  },
);
