// One side of a case in a process of its own, where ferroport has no fast lane: that is decided when it is loaded.
'use strict';

const { startProcess } = require('./start');

/**
 * @param {string} trial
 * @param {string} name of a case
 * @returns {import('../rounds').Bench}
 */
function slowLane(trial, name) {
  const { send, answer, close } = startProcess('one-side.js', [trial, name], { FERROPORT_FAST_LANE: '0' });
  return {
    round() {
      send('round');
      return answer();
    },
    close,
  };
}

module.exports = { slowLane };
