// What a port's methods do on something that is no port of ferroport's.
'use strict';

const { MessagePort: NodePort } = require('../node/threads').original;
const { apply, getOwnPropertyDescriptor, startsWith, stringSlice } = require('../language/intrinsics');

/**
 * Calls the built-in's method or accessor on something that is no port of ferroport's, so that Node throws its own
 * error.
 * @param {any} receiver
 * @param {string} name of a method, or of an accessor after 'get ' or 'set '
 * @param {ArrayLike<any>} args
 */
function foreign(receiver, name, args) {
  const isGetter = startsWith(name, 'get ');
  if (!isGetter && !startsWith(name, 'set ')) {
    return apply(/** @type {any} */ (NodePort.prototype)[name], receiver, args);
  }
  const { get, set } = /** @type {any} */ (getOwnPropertyDescriptor(NodePort.prototype, stringSlice(name, 4)));
  return apply(isGetter ? get : set, receiver, args);
}

module.exports = { foreign };
