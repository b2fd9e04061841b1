// Throws the running Node's errors for values that cannot be sent, and tells culprit-path.js which value an error is about.
'use strict';

const { types } = require('node:util');
const oracle = require('../runtime/oracle');
const told = require('./told-of-functions');
const { dataCloneError } = require('../node/errors');
const { classOf, getOwnPropertyDescriptor, getPrototypeOf, stringSlice } = require('../language/intrinsics');

/** Loaded when first needed. @type {typeof import('./culprit-path').blame} */
const blame = (error, culprit) => require('./culprit-path').blame(error, culprit);

/**
 * Throws the running Node's error for a value that its messaging refuses.
 * @param {unknown} value
 * @returns {never}
 * @throws {DOMException} DataCloneError, also where Node could send the value and ferroport cannot
 */
function refuse(value) {
  // The engine never optimises a function that only throws. So the work is done by another function.
  throw refusalOf(value);
}

/**
 * The error that `refuse` throws.
 * @param {unknown} value that the running Node's messaging or ferroport refuses
 * @returns {unknown}
 */
function refusalOf(value) {
  const known = typeof value === 'function' ? told.refusalOf(value) : undefined;
  return blame(known ?? askAbout(value), value);
}

/**
 * Shows a value to the running Node, and gives Node's error. If Node can send the value, the error is ferroport's own.
 * @param {unknown} value
 */
function askAbout(value) {
  try {
    oracle.clone(value);
  } catch (error) {
    if (typeof value === 'function') told.learn(value, error);
    return error;
  }
  return dataCloneError(
    `${describe(value)} could not be cloned: only the engine can move it, and bytes cannot hold it.`,
  );
}

/**
 * Throws the running Node's error for a port that stands in a message and not in its transfer list.
 * @param {object} port of ferroport
 * @param {boolean} isOpen whether the port is open and its endpoint is in this thread
 * @returns {never}
 */
function refusePort(port, isOpen) {
  try {
    return /** @type {never} */ (oracle.sendUnlistedPort(isOpen));
  } catch (error) {
    throw blame(error, port);
  }
}

/**
 * Throws for a signal that several threads share, where only bytes can go.
 * @param {object} signal
 * @returns {never}
 */
function refuseSignal(signal) {
  throw blame(
    dataCloneError(
      `${describe(signal)} could not be cloned: bytes cannot hold what another thread may abort. Only messages of ferroport can.`,
    ),
    signal,
  );
}

/**
 * Throws for the controller of such a signal.
 * @param {object} controller
 * @returns {never}
 */
function refuseController(controller) {
  throw blame(
    dataCloneError(`${describe(controller)} could not be cloned: its thread aborts. Send its signal.`),
    controller,
  );
}

/**
 * The error for an object that cannot go to a native thread, or out of the process.
 * @param {unknown} object
 * @param {boolean} leaves whether the message leaves the process
 */
function refusalToNative(object, leaves) {
  const why = leaves
    ? 'the message leaves the process, and this cannot'
    : 'a native thread reads the message, and only the engine can move it';
  return blame(dataCloneError(`${describe(object)} could not be cloned: ${why}.`), object);
}

/**
 * The words in which Node's errors name a value.
 * @param {unknown} value
 */
function describe(value) {
  if (typeof value !== 'object' || value === null) return String(value);
  const prototype = types.isProxy(value) ? null : getPrototypeOf(value);
  const isAsked = prototype !== null && !types.isProxy(prototype);
  const constructor = isAsked ? getOwnPropertyDescriptor(prototype, 'constructor')?.value : undefined;
  if (typeof constructor === 'function' && !types.isProxy(constructor)) {
    const name = getOwnPropertyDescriptor(constructor, 'name')?.value;
    if (typeof name === 'string' && name !== '') return `#<${name}>`;
  }
  return `#<${isAsked ? stringSlice(classOf(value), 8, -1) : 'Object'}>`;
}

module.exports = { refuse, refusalOf, refusePort, refuseSignal, refuseController, refusalToNative };
