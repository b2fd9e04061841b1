'use strict';

// Methods of the language that a program has replaced: while an attempt is made, each call of one can be made to throw.

const { makeInjector } = require('./injector');

const { apply, defineProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;

const owners = {
  Array,
  'Array.prototype': Array.prototype,
  'Map.prototype': Map.prototype,
  'Set.prototype': Set.prototype,
  'WeakMap.prototype': WeakMap.prototype,
  'WeakSet.prototype': WeakSet.prototype,
  'Object.prototype': Object.prototype,
  Object,
  Reflect,
  'String.prototype': String.prototype,
  'RegExp.prototype': RegExp.prototype,
  'Date.prototype': Date.prototype,
  'Function.prototype': Function.prototype,
  'Error.prototype': Error.prototype,
  'ArrayBuffer.prototype': ArrayBuffer.prototype,
  'TypedArray.prototype': Object.getPrototypeOf(Uint8Array.prototype),
  'DataView.prototype': DataView.prototype,
  'BigInt.prototype': BigInt.prototype,
  'Promise.prototype': Promise.prototype,
};

/** Without these the replacements themselves could not be. */
const NEVER = new Set(['constructor', '__proto__', '__defineGetter__', '__defineSetter__']);

/** An injector whose replacements are there only while it is armed. */
function builtinCalls() {
  const injector = makeInjector('a replaced builtin throws');
  /** @type {{ owner: any, key: PropertyKey, before: PropertyDescriptor, during: PropertyDescriptor }[]} */
  const places = [];
  for (const [name, owner] of Object.entries(owners)) {
    for (const key of ownKeys(owner)) {
      const before = /** @type {PropertyDescriptor} */ (getOwnPropertyDescriptor(owner, key));
      if (NEVER.has(String(key)) || !before.configurable) continue;
      const what = `${name}.${String(key)}`;
      const replace = (f) =>
        function replaced(...args) {
          injector.pass(what);
          return apply(f, this, args);
        };
      if (typeof before.value === 'function') {
        places.push({ owner, key, before, during: { ...before, value: replace(before.value) } });
      } else if (before.get !== undefined) {
        places.push({ owner, key, before, during: { ...before, get: replace(before.get) } });
      }
    }
  }
  const put = (which) => {
    for (let i = 0; i < places.length; i++) defineProperty(places[i].owner, places[i].key, places[i][which]);
  };
  return {
    ...injector,
    arm(n, isSticky) {
      put('during');
      injector.arm(n, isSticky);
    },
    disarm() {
      injector.disarm();
      put('before');
    },
  };
}

module.exports = { builtinCalls };
