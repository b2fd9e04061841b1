// Leaves a port's endpoint where any thread of the process can claim it.
'use strict';

const native = require('./native');
const { sendingKey, leave } = require('./message-port');

/**
 * Parks the endpoint of a port, which has none afterwards.
 *
 * Still parked when this thread ends, it closes: see `entrust` in src/node/functions.rs.
 * @param {ReturnType<typeof import('./message-port').make>} port open
 * @returns {string} the token with which it can be claimed, once, in any thread
 */
function park(port) {
  const key = sendingKey(port);
  leave(port);
  return native.park(key);
}

module.exports = { park };
