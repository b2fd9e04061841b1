// The clock of sessions in this thread.
'use strict';

const { performance } = require('node:perf_hooks');
const { clearTimeout, setTimeout } = require('node:timers');
const { setImmediate } = require('../runtime/ticks');

/** @type {import('./session').Clock} */
const clock = {
  now: () => performance.now(),
  setTimer(callback, delay) {
    const timer = setTimeout(callback, delay);
    timer.unref();
    return timer;
  },
  clearTimer: (timer) => clearTimeout(timer),
  soon: (callback) => void setImmediate(callback),
};

module.exports = clock;
