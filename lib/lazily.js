// Loads files of lib when they are first needed: loading takes time, and not every program needs all of them.
'use strict';

const { ownKeys } = Reflect;

/**
 * What a file exports that is loaded when it is first needed.
 *
 * A vm script's timeout may end the thread's JavaScript while the file is being loaded. Then it stands in Node's cache with the
 * exports that it began with, an empty object, and is never evaluated to its end: it is thrown out, with whatever else was being
 * loaded, and loaded again.
 * @template T
 * @param {() => T} load requires the file, which exports something; not to be used while files are loaded for the first time
 * @returns {T}
 */
function lazily(load) {
  const exported = load();
  if (ownKeys(/** @type {any} */ (exported)).length > 0) return exported;
  for (const name of ownKeys(require.cache)) {
    const module = require.cache[/** @type {string} */ (name)];
    if (module?.loaded === false && module.filename.startsWith(__dirname)) {
      Reflect.deleteProperty(require.cache, name);
    }
  }
  return load();
}

module.exports = lazily;
