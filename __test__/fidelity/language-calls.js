'use strict';

// Notes the calls of the language's own methods that code of certain files makes, whatever a program has put in their place.

const { replacements } = require('../support/replaced');

const { apply, construct, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;

const OriginalError = Error;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const split = uncurry(String.prototype.split);
const includes = uncurry(String.prototype.includes);

/** Objects with methods, by name: prototypes, and what has static ones. */
const owners = { Reflect, JSON, Math, Atomics };
for (const name of [
  ...['Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry', 'Promise', 'Object', 'String'],
  ...['Number', 'Boolean', 'BigInt', 'Symbol', 'RegExp', 'Date', 'Function', 'Error', 'TypeError', 'ArrayBuffer'],
  ...['SharedArrayBuffer', 'DataView', 'Uint8Array', 'Int32Array', 'Float64Array'],
]) {
  owners[name] = globalThis[name];
  owners[`${name}.prototype`] = globalThis[name].prototype;
}
for (const [name, object] of Object.entries({
  'typed arrays': Uint8Array.prototype,
  iterators: getPrototypeOf([].values()),
  'iterators of arrays': [].values(),
  'iterators of Maps': new Map().values(),
  'iterators of Sets': new Set().values(),
  'iterators of strings': ''[Symbol.iterator](),
  generators: getPrototypeOf((function* () {})()),
})) {
  owners[name] = getPrototypeOf(object);
}

/**
 * @param {string} folder whose files' calls are noted
 * @returns {{ noted: string[], begin: () => void, end: () => void }} noted between `begin` and `end`: method and place
 */
function watchCalls(folder) {
  const noted = [];
  let isBusy = true;
  const note = (method) => {
    if (isBusy) return;
    isBusy = true;
    // The error's own line, this function and the replacement come first.
    const line = split(new OriginalError().stack, '\n')[3] ?? '';
    if (includes(line, folder)) noted[noted.length] = `${method} ${line}`;
    isBusy = false;
  };
  const { put, takeBack } = replacements(
    owners,
    (f, method) =>
      function replaced(...args) {
        note(method);
        return new.target === undefined ? apply(f, this, args) : construct(f, args, new.target);
      },
    // Classes stay what they are.
    (f) => getOwnPropertyDescriptor(f, 'prototype') !== undefined,
  );
  return {
    noted,
    begin() {
      put();
      isBusy = false;
    },
    end() {
      isBusy = true;
      takeBack();
    },
  };
}

module.exports = { watchCalls };
