// peer.remote: the functions of the other end, as methods of an object.
'use strict';

const { mapGet, mapSet } = require('../language/intrinsics');
const { globals, statics } = require('../language/originals');

const { create, freeze } = statics;

/**
 * @param {(name: string, args: any[]) => Promise<any>} call
 * @returns {any} an object that has a function under every name, and the same one each time
 */
function remoteOf(call) {
  const made = new globals.Map();
  return new Proxy(freeze(create(null)), {
    get(_target, name) {
      // What waits for an object asks whether it is a promise; symbols are asked for by the language.
      if (typeof name !== 'string' || name === 'then') return undefined;
      const there = mapGet(made, name);
      if (there !== undefined) return there;
      const method = (/** @type {any[]} */ ...args) => call(name, args);
      mapSet(made, name, method);
      return method;
    },
  });
}

module.exports = { remoteOf };
