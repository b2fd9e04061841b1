'use strict';

module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/fake-timers.spec.js'],
  testTimeout: 120_000,
  transform: {},
  fakeTimers: { enableGlobally: true },
};
