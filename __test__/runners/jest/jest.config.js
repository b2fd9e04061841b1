'use strict';

// Every test file but the one whose timers are fake.

module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/*.spec.js'],
  testPathIgnorePatterns: ['fake-timers'],
  testTimeout: 120_000,
  transform: {},
};
