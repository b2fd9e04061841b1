'use strict';

module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/*.spec.js'],
  testPathIgnorePatterns: ['fake-timers'],
  transform: {},
};
