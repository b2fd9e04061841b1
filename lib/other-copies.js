// Ports of other copies of ferroport in this thread: how they are told, and what is said of those that cannot be used here.
'use strict';

const path = require('node:path');
const native = require('./native');
const oracle = require('./oracle');
const { nodeError } = require('./errors');
const { getOwnPropertyDescriptor, getPrototypeOf, types } = require('./codec/intrinsics');

/** Under which a copy, of whatever version, leaves a `Copy` on the prototype of its ports. */
const COPY = Symbol.for('ferroport.copy');

/** @typedef {import('./sidecar').Companions} Companions */

/**
 * @typedef {object} Identity of a copy
 * @property {string} version
 * @property {string} folder where it is
 * @property {number} library the addon that it uses, as the process has loaded it: endpoints belong to one
 */

/**
 * What a copy of ferroport lets others do with its ports. What Identity has and `isPort` stay what they are in all versions; the
 * rest is for copies of the same version.
 *
 * Lists of keys have 0 at the places of what belongs to others.
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
 * @property {(port: any) => { message: any } | undefined} receive receiveMessageOnPort
 * @property {(port: any) => import('node:worker_threads').MessagePort} toNode
 */

/** @typedef {Identity & OfPorts} Copy */

/** @type {Identity} */
const identity = { version: native.version, folder: path.dirname(__dirname), library: native.library };

/**
 * The copy to which a port belongs that is none of this copy's. Runs no code of the program's.
 * @param {any} value no port of this copy
 * @returns {Copy | undefined} undefined if it is no port of ferroport
 */
function copyOf(value) {
  if (typeof value !== 'object' || types.isProxy(value)) return undefined;
  for (let link = value; link !== null && !types.isProxy(link); link = getPrototypeOf(link)) {
    const copy = getOwnPropertyDescriptor(link, COPY)?.value;
    if (copy !== undefined) return typeof copy?.isPort === 'function' && copy.isPort(value) ? copy : undefined;
  }
  return undefined;
}

/**
 * The copy to which a port belongs that is none of this copy's, if the two understand one another.
 * @param {any} value no port of this copy
 * @returns {Copy | undefined} undefined if it is no port of ferroport
 * @throws {TypeError} ERR_FERROPORT_TWO_COPIES
 */
function akinOf(value) {
  const copy = copyOf(value);
  if (copy !== undefined && copy.version !== identity.version) throw twoCopies(copy);
  return copy;
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
 * Throws for a port of another copy that stands in a message and not in its transfer list; does nothing for anything else.
 * @param {object} object no port of this copy
 * @throws {TypeError} ERR_FERROPORT_TWO_COPIES; the running Node's error, if it could have been transferred
 */
function refuseUnlisted(object) {
  const copy = akinOf(object);
  if (copy !== undefined) oracle.refusePort(object, copy.isOpen(object));
}

module.exports = { COPY, identity, copyOf, akinOf, twoCopies, refuseUnlisted };
