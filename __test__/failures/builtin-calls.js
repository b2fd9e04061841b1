'use strict';

// Methods of the language that a program has replaced: while an attempt is made, each call of one can be made to throw.

const { makeInjector } = require('./injector');
const { replacements } = require('../support/replaced');

const { apply } = Reflect;

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

/** An injector whose replacements are there only while it is armed. */
function builtinCalls() {
  const injector = makeInjector('a replaced builtin throws');
  const { put, takeBack } = replacements(
    owners,
    (f, what) =>
      function replaced(...args) {
        injector.pass(what);
        return apply(f, this, args);
      },
  );
  return {
    ...injector,
    arm(n, isSticky) {
      put();
      injector.arm(n, isSticky);
    },
    disarm() {
      injector.disarm();
      takeBack();
    },
  };
}

module.exports = { builtinCalls };
