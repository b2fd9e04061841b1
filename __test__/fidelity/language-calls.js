'use strict';

// Notes the calls of the language's own methods that code of certain files makes, whatever a program has put in their place.

const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;

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

/** Without these nothing can be noted. */
const NEVER = ['constructor', '__proto__', '__defineGetter__', '__defineSetter__'];

/**
 * @param {string} folder whose files' calls are noted
 * @returns {{ noted: string[], begin: () => void, end: () => void }} noted between `begin` and `end`: method and place
 */
function watchCalls(folder) {
  /** @type {{ owner: any, key: PropertyKey, before: PropertyDescriptor, during: PropertyDescriptor }[]} */
  const places = [];
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
  for (const [name, owner] of Object.entries(owners)) {
    for (const key of ownKeys(owner)) {
      const before = /** @type {PropertyDescriptor} */ (getOwnPropertyDescriptor(owner, key));
      if (NEVER.includes(String(key)) || !before.configurable) continue;
      const method = `${name}.${String(key)}`;
      const replace = (f) =>
        function replaced(...args) {
          note(method);
          return new.target === undefined ? apply(f, this, args) : construct(f, args, new.target);
        };
      if (typeof before.value === 'function') {
        // Classes stay what they are.
        if (getOwnPropertyDescriptor(before.value, 'prototype')) continue;
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
    noted,
    begin() {
      put('during');
      isBusy = false;
    },
    end() {
      isBusy = true;
      put('before');
    },
  };
}

module.exports = { watchCalls };
