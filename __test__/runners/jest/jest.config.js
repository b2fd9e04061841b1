'use strict';

module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/*.spec.js'],
  testPathIgnorePatterns: ['fake-timers'],
  testTimeout: 120_000,
  transform: {},
};
