'use strict';

// The test file whose timers are fake.

module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/fake-timers.spec.js'],
  testTimeout: 120_000,
  transform: {},
  fakeTimers: { enableGlobally: true },
};
