// What this copy of ferroport lets other copies in its thread do with its ports.
'use strict';

const native = require('../native/native');
const closing = require('../runtime/closing');
const marks = require('../node/marks');
const refusals = require('../objects/refusals');
const bridged = require('../channel/bridged');
const sidecar = require('../channel/sidecar');
const upward = require('../runtime/upward');
const { freeze, types } = require('../language/intrinsics');
const ports = require('../port/port');
const { identity } = require('./card');
const others = require('./others');

/** @typedef {import('./others').Copy} Copy */

/** @type {Readonly<Copy>} */
const own = freeze({
  ...identity,
  number: native.number,
  isPort: ports.isPort,
  isOpen: ports.isOpen,
  isUntransferable: marks.isUntransferable,
  keyOf: ports.keyOf,
  companionsOf: sidecar.companionsOf,
  depart: sidecar.depart,
  stay: sidecar.stay,

  lose(keys) {
    for (let i = 0; i < keys.length; i++) sidecar.close(keys[i]);
  },

  leave: ports.leave,
  tellClosed: (port) => closing.afterTask(() => ports.emitClose(port)),
  reserve: native.reserveDeepStack,
  serve: (port, near) => upward.serve(port, near),

  bridge(port, bridging) {
    const key = ports.keyOf(port);
    native.serve(key);
    bridged.add(key, bridging);
    port.once('close', () => bridged.remove(key));
  },

  receive: (port) => upward.receive(port),
  toNode: (port) => upward.toNode(port),
});

/**
 * The copy of ferroport to which a port belongs, if this copy can use the port.
 * @param {any} value
 * @returns {Copy | undefined} undefined if it is no port of ferroport
 * @throws {TypeError} ERR_FERROPORT_TWO_COPIES
 */
function ownerOf(value) {
  if (ports.isPort(value)) return own;
  return types.isArrayBuffer(value) ? undefined : others.akinOf(value);
}

/**
 * Whether a value is a port of ferroport, of whatever copy.
 * @param {any} value
 */
const isAnyPort = (value) => ports.isPort(value) || others.cardOf(value) !== undefined;

/**
 * Throws for a port of any copy that stands in a message and not in the message's transfer list. Does nothing for other
 * values.
 * @param {any} value
 * @throws the running Node's error, or ERR_FERROPORT_TWO_COPIES
 */
function refuseUnlisted(value) {
  if (ports.isPort(value)) refusals.refusePort(value, ports.isOpen(value));
  others.refuseUnlisted(value);
}

module.exports = { own, ownerOf, isAnyPort, refuseUnlisted };
