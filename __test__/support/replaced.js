'use strict';

// Methods and getters of the language with others in their place, as a program may put them there. What is called here is noted
// before.

const { defineProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;

/** Without these the replacements themselves could not be. */
const NEVER = ['constructor', '__proto__', '__defineGetter__', '__defineSetter__'];

/**
 * @param {Record<string, any>} owners objects with methods, by name
 * @param {(f: Function, name: string) => Function} replace gives what takes a function's place
 * @param {(f: Function) => boolean} [isLeft] whether a function stays
 * @returns {{ put: () => void, takeBack: () => void }}
 */
function replacements(owners, replace, isLeft = () => false) {
  /** @type {{ owner: any, key: PropertyKey, before: PropertyDescriptor, during: PropertyDescriptor }[]} */
  const places = [];
  for (const [name, owner] of Object.entries(owners)) {
    for (const key of ownKeys(owner)) {
      const before = /** @type {PropertyDescriptor} */ (getOwnPropertyDescriptor(owner, key));
      if (NEVER.includes(String(key)) || !before.configurable) continue;
      const what = `${name}.${String(key)}`;
      if (typeof before.value === 'function') {
        if (isLeft(before.value)) continue;
        places.push({ owner, key, before, during: { ...before, value: replace(before.value, what) } });
      } else if (before.get !== undefined) {
        places.push({ owner, key, before, during: { ...before, get: replace(before.get, what) } });
      }
    }
  }
  const define = (which) => {
    for (let i = 0; i < places.length; i++) defineProperty(places[i].owner, places[i].key, places[i][which]);
  };
  return { put: () => define('during'), takeBack: () => define('before') };
}

module.exports = { replacements };
