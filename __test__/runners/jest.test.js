'use strict';

// Jest, which evaluates the package again for each test file, in a context of node:vm.

const test = require('ava');
const { binOf, declareRuns, readJestJson } = require('./run');

/** Tests in required.spec.js, required-again.spec.js, hooked.spec.js, left-open-….spec.js. */
const ALL = 7 + 9 + 9 + 2;

/** The files that leave nothing open. */
const CLOSED = ['--testPathIgnorePatterns', 'left-open', 'fake-timers'];

/** Jest gives its workers half a second to end, and itself one second. Not every machine gives them that. */
const FORCED = /failed to exit gracefully|did not exit one second after|operations that weren't stopped in your tests/;

declareRuns(
  test,
  {
    name: 'jest',
    bin: binOf('jest/bin/jest.js'),
    args: ['--json', '--reporters=./silent-reporter.js'],
    read: readJestJson,
  },
  {
    '--runInBand': { args: ['--runInBand'], passed: ALL, warns: FORCED },
    'with the hook in setupFiles': {
      args: ['--runInBand', '--setupFiles', 'ferroport/register'],
      passed: ALL,
      warns: FORCED,
    },
    '-w 2': { args: ['-w', '2', ...CLOSED], passed: ALL - 2, warns: FORCED },
    '-w 2 --workerThreads': { args: ['-w', '2', '--workerThreads', ...CLOSED], passed: ALL - 2, warns: FORCED },
    '-w 2 --workerThreads, itself on the hook': {
      args: ['-w', '2', '--workerThreads', '--testPathIgnorePatterns', 'hooked', 'left-open', 'fake-timers'],
      env: { NODE_OPTIONS: '--require ferroport/register' },
      passed: 7 + 9,
      warns: FORCED,
    },
    '--runInBand --resetModules': { args: ['--runInBand', '--resetModules'], passed: ALL, warns: FORCED },
    '--runInBand --detectOpenHandles': {
      args: ['--runInBand', '--detectOpenHandles', ...CLOSED],
      passed: ALL - 2,
      warns: FORCED,
    },
    'with fake timers from the start': { args: ['--config', 'jest.fake-timers.config.js'], passed: 2 },
    'with ES modules': {
      args: ['--runInBand', '--testMatch', '**/*.spec.mjs'],
      env: { NODE_OPTIONS: '--experimental-vm-modules' },
      passed: 8,
      warns: /ExperimentalWarning: VM Modules|--trace-warnings/,
    },
  },
);
