// The errors of ferroport/nats.
'use strict';

const { errorOf } = require('../link/errors');

/** @param {string} name */
const noListenerError = (name) => errorOf('ERR_FERROPORT_NO_LISTENER', `Nobody listens to '${name}'`);

/** @param {unknown} [cause] */
const closedError = (cause) => errorOf('ERR_FERROPORT_HUB_CLOSED', 'The hub is closed', cause);

/**
 * @param {string} what
 * @param {unknown} cause
 */
const refusedError = (what, cause) =>
  errorOf('ERR_FERROPORT_NATS_REFUSED', `The NATS server does not allow ${what}`, cause);

/** @param {unknown} cause */
const clientError = (cause) =>
  errorOf(
    'ERR_FERROPORT_NATS_CLIENT',
    'ferroport/nats needs the package @nats-io/transport-node, version 3: npm install @nats-io/transport-node',
    cause,
  );

/** @param {unknown} cause */
const connectError = (cause) =>
  errorOf(
    'ERR_FERROPORT_NATS_CONNECT',
    `The NATS server could not be connected to: ${/** @type {any} */ (cause)?.message ?? cause}`,
    cause,
  );

/** @param {string} text what the client says */
const lostError = (text) => errorOf('ERR_FERROPORT_NATS_LOST', `The connection to NATS has ended for good: ${text}`);

/** @param {string} name @param {unknown} cause */
const unreachableError = (name, cause) =>
  errorOf('ERR_FERROPORT_UNREACHABLE', `Who listens to '${name}' answers, but could not be reached`, cause);

module.exports = {
  clientError,
  closedError,
  connectError,
  lostError,
  noListenerError,
  refusedError,
  unreachableError,
};
