// One side of a case in a process of its own.
'use strict';

const { startProcess } = require('./start');

/**
 * @param {{ trial: string, name: string }} item a case
 * @param {string} module the side
 * @param {Record<string, string>} [env]
 * @returns {import('../rounds').Bench}
 */
function inOwnProcess({ trial, name }, module, env) {
  const { send, answer, close } = startProcess('one-side.js', [trial, name, module], { env });
  return {
    round() {
      send('round');
      return answer();
    },
    close,
  };
}

module.exports = { inOwnProcess };
