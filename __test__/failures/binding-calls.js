'use strict';

// Stands between lib and the addon, so that calls in both directions can be counted and made to throw. To be put there
// before lib is loaded.

const path = require('node:path');
const { makeInjector } = require('./injector');
const { addon } = require('../support/inside');

const { apply } = Reflect;

/** Calls of these are not made to throw: nothing can be made without them, they are made once, or they only give memory back. */
const NEVER = new Set(['connect', 'makeBlock', 'leftovers', 'discard']);

/** After these no call of the operation overflows. */
const RESERVING = new Set(['reserveStack', 'reserveDeepStack', 'beginKept']);

/**
 * @returns how often each function has been called, and what makes calls throw
 */
function interpose() {
  const binding = require(addon);
  const into = makeInjector('a call into the addon throws');
  const back = makeInjector('a call back from the addon throws');
  /** @type {Record<string, number>} */
  const counts = Object.create(null);

  const wrap = (functions, injector, prefix) => {
    const wrapped = { ...functions };
    for (const [name, f] of Object.entries(functions)) {
      if (typeof f !== 'function' || NEVER.has(name)) continue;
      counts[name] = 0;
      wrapped[name] = function (...args) {
        counts[name]++;
        injector.pass(prefix + name);
        const result = apply(f, this, args);
        if (RESERVING.has(name)) {
          into.pardon();
          back.pardon();
        }
        return result;
      };
    }
    return wrapped;
  };

  const instantiate = () => {
    const native = binding.instantiate();
    const wrapped = wrap(native, into, 'native.');
    wrapped.connect = (functions) => {
      // The addon does not hold them.
      wrapped.connected = wrap(functions, back, '');
      native.connect(wrapped.connected);
    };
    return wrapped;
  };
  const { dlopen } = process;
  process.dlopen = (module, file, ...rest) => {
    apply(dlopen, process, [module, file, ...rest]);
    if (path.resolve(file) === addon) module.exports = { ...binding, instantiate };
  };
  return { counts, into, back };
}

module.exports = { interpose };
