// What the methods of a port do on something that is no port of ours.
'use strict';

const { MessagePort: NodePort } = require('./node-threads').original;

/**
 * What a method does on something that is no port of ours: what the built-in's does.
 * @param {any} receiver
 * @param {string} name of a method, or of an accessor after 'get ' or 'set '
 * @param {ArrayLike<any>} args
 */
function foreign(receiver, name, args) {
  const [kind, accessor] = name.split(' ');
  if (accessor === undefined) return Reflect.apply(/** @type {any} */ (NodePort.prototype)[name], receiver, args);
  const { get, set } = /** @type {any} */ (Object.getOwnPropertyDescriptor(NodePort.prototype, accessor));
  return Reflect.apply(kind === 'get' ? get : set, receiver, args);
}

module.exports = { foreign };
