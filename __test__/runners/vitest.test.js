'use strict';

// Vitest, which has packages loaded by Node, or by a loader of its own in a context of node:vm for each test file.

const test = require('ava');
const { binOf, declareRuns, readJestJson } = require('./run');

/** Tests in required.spec.mjs, imported.spec.mjs, hooked.spec.mjs. */
const passed = 7 + 7 + 9;

declareRuns(
  test,
  {
    name: 'vitest',
    bin: binOf('vitest/vitest.mjs'),
    args: ['run', '--reporter=json'],
    read: readJestJson,
  },
  {
    'in vmThreads': { args: ['--pool=vmThreads'], passed },
    'in threads': { args: ['--pool=threads'], passed },
    'in threads, not isolated': { args: ['--pool=threads', '--no-isolate', '--maxWorkers=1'], passed },
    'in forks': { args: ['--pool=forks'], passed },
    'in forks, not isolated': { args: ['--pool=forks', '--no-isolate', '--maxWorkers=1'], passed },
    'in vmForks': { args: ['--pool=vmForks'], passed },
    'in threads, itself on the hook': {
      args: ['--pool=threads', '--no-isolate'],
      env: { NODE_OPTIONS: '--require ferroport/register' },
      passed,
    },
  },
);
