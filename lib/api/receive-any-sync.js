// receiveAnySync: the next message of any of several ports.
'use strict';

const { inspect } = require('node:util');
const { isObject } = require('../language/originals');
const { isPort } = require('../port/port');
const { itemsOf } = require('../post/transfer-list');
const { invalidArgType, nodeError } = require('../node/errors');
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
  const list = isObject(ports) ? itemsOf(ports) : undefined;
  if (list === undefined) throw invalidArgType('ports', 'an Iterable of MessagePort', ports);
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
