// receiveAnySync: the next message of any of several ports.
'use strict';

const { isPort } = require('../port/port');
const { invalidArgType, nodeError } = require('../node/errors');
const { inspect } = require('node:util');
const delivery = require('../delivery/receive-sync');

/**
 * @param {Iterable<any>} ports of this copy of ferroport
 * @param {any} [options] `timeout` in milliseconds
 * @returns {{ port: any, message: any }}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE if something else than ports is given, ERR_INVALID_ARG_VALUE if there are none; nothing was
 *   taken then
 * @throws as receiveAnySync in delivery/receive-sync.js
 */
function receiveAnySync(ports, options) {
  if (typeof (/** @type {any} */ (ports)?.[Symbol.iterator]) !== 'function' || typeof ports === 'string') {
    throw invalidArgType('ports', 'an Iterable of MessagePort', ports);
  }
  const list = [...ports];
  if (list.length === 0) {
    const message = `The argument 'ports' must not be empty. Received ${inspect(ports)}`;
    throw nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', message);
  }
  for (let i = 0; i < list.length; i++) {
    if (!isPort(list[i])) throw invalidArgType(`ports[${i}]`, 'an instance of MessagePort', list[i]);
  }
  return delivery.receiveAnySync(list, options);
}

module.exports = receiveAnySync;
