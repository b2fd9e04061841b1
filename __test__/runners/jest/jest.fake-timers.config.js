'use strict';

module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/fake-timers.spec.js'],
  transform: {},
  fakeTimers: { enableGlobally: true },
};
