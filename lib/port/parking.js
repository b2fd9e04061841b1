// Leaves a port's endpoint where any thread of the process can claim it.
'use strict';

const native = require('../native/native');
const sidecar = require('../channel/sidecar');
const { sendingKey, leave } = require('./port');

/** @typedef {import('../channel/sidecar').Companion} Companion */

/**
 * Parks the endpoint of a port; the port has none afterwards.
 *
 * An endpoint that is still parked when this thread ends closes: see `entrust` in src/node/functions.rs.
 * @param {ReturnType<typeof import('./port').make>} port open
 * @returns {{ token: string, companion: Companion, transferList: any[] }} the token by which any thread can claim the
 *   endpoint, once; the companion, to be sent to that thread with the transfer list
 */
function park(port) {
  native.reserveStack();
  const key = sendingKey(port);
  const companions = sidecar.companionsOf([key]);
  sidecar.shed(companions);
  sidecar.depart([key]);
  leave(port);
  return { token: native.park(key), companion: companions[0], transferList: sidecar.transfersOf(companions) };
}

/**
 * Takes an endpoint that was parked.
 * @param {string} token
 * @param {Companion} companion that came with the token
 * @returns {number} the key of the endpoint, which is attached to this thread now; 0 if no endpoint is parked under the
 *   token
 */
function claim(token, companion) {
  native.reserveStack();
  const key = native.claim(token);
  if (key === 0) sidecar.leave(companion);
  else sidecar.bring(key, companion);
  return key;
}

module.exports = { park, claim };
