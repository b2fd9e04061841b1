// receiveMessageOnPort: a port's next message, at once.
'use strict';

const { original: threads, isHooked } = require('../node/threads');
const broadcast = require('../channel/members');
const { isPort } = require('../port/port');
const { akinOf } = require('../copies/others');
const { lazy } = require('../language/lazy');

const delivery = lazy(() => require('../delivery/receive'));

/**
 * @param {any} port a port of this copy of ferroport, of another copy, or of Node's; or a BroadcastChannel
 * @returns {{ message: any } | undefined} undefined if no message is waiting
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for anything else; ERR_FERROPORT_TWO_COPIES; what went wrong when the
 *   message was read
 */
function receiveMessageOnPort(port) {
  if (isPort(port)) return delivery().receiveOn(port);
  if (broadcast.isMember(port)) {
    const key = broadcast.keyOf(port);
    // Node refuses a BroadcastChannel that has closed, as it refuses any object.
    return key === 0 ? threads.receiveMessageOnPort(/** @type {any} */ ({})) : delivery().receive(key);
  }
  const other = akinOf(port);
  if (other !== undefined) return other.receive(port);
  return isHooked() ? require('../through-node/packing').receiveFromNode(port) : threads.receiveMessageOnPort(port);
}

module.exports = receiveMessageOnPort;
