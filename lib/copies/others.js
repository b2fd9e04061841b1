// Ports of other copies of ferroport in this thread: recognised by their cards, or refused.
'use strict';

const refusals = require('../objects/refusals');
const { COPY, identity } = require('./card');
const { nodeError } = require('../node/errors');
const { getOwnPropertyDescriptor, getPrototypeOf, types } = require('../language/intrinsics');

/** @typedef {import('./card').Identity} Identity */
/** @typedef {import('./card').Card} Card */
/** @typedef {import('../channel/sidecar').Companions} Companions */

/**
 * What a copy of ferroport lets other copies of its version do with its ports. Lists of keys have 0 at the places of
 * other copies' endpoints.
 * @typedef {object} OfPorts
 * @property {number} number by which the addon knows it
 * @property {(value: any) => boolean} isPort whether a value is one of its ports
 * @property {(port: any) => boolean} isOpen whether a port of it can be transferred
 * @property {(port: any) => boolean} isUntransferable whether it is marked so
 * @property {(port: any) => number} keyOf of a port's endpoint, for the addon and the functions below; 0 if it has none
 * @property {(keys: number[]) => Companions} companionsOf what goes along with endpoints, see sidecar.js, as the next two
 * @property {(keys: number[]) => void} depart
 * @property {(keys: number[], companions: Companions) => void} stay
 * @property {(keys: number[]) => void} lose closes what would have gone along
 * @property {(port: any) => void} leave makes it a port without endpoint
 * @property {(port: any) => void} tellClosed lets it hear 'close' after the current task
 * @property {() => void} reserve asks for the stack that `serve` needs
 * @property {(port: any, near: any) => void} serve moves a port's endpoint out of it and connects it with a port of another copy,
 *   whose messages nobody else wants
 * @property {(port: any, bridging: import('../channel/bridged').Bridging) => void} bridge lets it know how messages come to the other
 *   end of a port's channel, and from there
 * @property {(port: any) => { message: any } | undefined} receive receiveMessageOnPort
 * @property {(port: any) => import('node:worker_threads').MessagePort} toNode
 */

/** @typedef {Identity & OfPorts} Copy */

/**
 * The card of the copy to which a port belongs, if that is another copy than this one. Runs no code of the program's.
 * @param {any} value no port of this copy
 * @returns {Card | undefined} undefined if it is no port of ferroport
 */
function cardOf(value) {
  if (typeof value !== 'object' || types.isProxy(value)) return undefined;
  for (let link = value; link !== null && !types.isProxy(link); link = getPrototypeOf(link)) {
    const card = getOwnPropertyDescriptor(link, COPY)?.value;
    if (card !== undefined) return typeof card?.isPort === 'function' && card.isPort(value) ? card : undefined;
  }
  return undefined;
}

/**
 * The copy to which a port belongs, if that is another copy of the same version.
 * @param {any} value no port of this copy
 * @returns {Copy | undefined} undefined if it is no port of ferroport
 * @throws {TypeError} ERR_FERROPORT_TWO_COPIES
 */
function akinOf(value) {
  const card = cardOf(value);
  if (card === undefined) return undefined;
  if (card.version !== identity.version) throw twoCopies(card);
  return card.open();
}

/** @param {Identity} other */
function twoCopies({ version, folder }) {
  const message =
    `There are two copies of ferroport: the port belongs to version ${version} in ${folder}, ` +
    `and this is version ${identity.version} in ${identity.folder}. ` +
    (version === identity.version
      ? 'What one has packed with toNode, the other cannot take out: each has an addon of its own.'
      : 'Ports go between copies of one version only.');
  return nodeError(TypeError, 'ERR_FERROPORT_TWO_COPIES', message);
}

/**
 * Throws for a port of another copy that stands in a message and not in the message's transfer list. Does nothing for
 * other objects.
 * @param {object} object no port of this copy
 * @throws {TypeError} ERR_FERROPORT_TWO_COPIES; the running Node's error, if the port could have been transferred
 */
function refuseUnlisted(object) {
  const copy = akinOf(object);
  if (copy !== undefined) refusals.refusePort(object, copy.isOpen(object));
}

module.exports = { cardOf, akinOf, twoCopies, refuseUnlisted };
