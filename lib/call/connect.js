// connect: a peer at this end of a port.
'use strict';

const { globals, isObject, methods, uncurry } = require('../language/originals');
const { invalidArgType, nodeError } = require('../node/errors');
const { makePeer } = require('./peer');

/** The ports that have a peer. @type {WeakSet<object>} */
const connected = new globals.WeakSet();

/** @type {(source: object) => boolean} */
const isConnected = uncurry(methods.weakSetHas, connected);

/** @type {(source: object) => unknown} */
const add = uncurry(methods.weakSetAdd, connected);

/** @type {(source: object) => unknown} */
const remove = uncurry(methods.weakSetDelete, connected);

/**
 * Lets functions be called over a port. Both ends call it.
 * @param {any} port a port, parentPort, or a Worker
 * @param {{ api?: object } | null} [options]
 * @throws {TypeError} ERR_INVALID_ARG_TYPE
 * @throws {Error} ERR_FERROPORT_CONNECTED if the port has a peer already
 */
function connect(port, options) {
  const isFit =
    isObject(port) &&
    typeof port.postMessage === 'function' &&
    typeof port.receiveSync === 'function' &&
    typeof port.on === 'function';
  if (!isFit) throw invalidArgType('port', 'a MessagePort or a Worker of ferroport', port);
  if (options !== undefined && options !== null && !isObject(options)) {
    throw invalidArgType('options', 'of type object', options);
  }
  const api = options?.api;
  if (api !== undefined && !isObject(api)) throw invalidArgType('options.api', 'of type object', api);
  if (isConnected(port)) {
    throw nodeError(globals.Error, 'ERR_FERROPORT_CONNECTED', 'The port has a peer already, which has not been closed');
  }
  add(port);
  return makePeer(port, api, () => remove(port));
}

module.exports = connect;
