'use strict';

// Node's own runner, in a process for each file, or one for all.

const test = require('ava');
const { declareRuns, readTap } = require('./run');

/** Tests in required.spec.js, imported.spec.mjs, hooked.spec.js. */
const passed = 7 + 7 + 9;
const files = ['hooked.spec.js', 'imported.spec.mjs', 'required.spec.js'];

declareRuns(
  test,
  { name: 'node-test', args: ['--test', '--test-reporter=tap'], read: readTap },
  {
    'in processes': { args: files, passed },
    'in one process': {
      args: ['--test-isolation=none', ...files],
      passed,
      isOnNode: process.allowedNodeEnvironmentFlags.has('--test-isolation'),
    },
    'on the hook': { args: files, env: { NODE_OPTIONS: '--require ferroport/register' }, passed },
  },
);
