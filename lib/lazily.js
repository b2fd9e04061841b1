// Loads files of lib when they are first needed: loading takes time, and not every program needs all of them.
'use strict';

const path = require('node:path');

const { ownKeys } = Reflect;

/** This file, as Node knows it. */
const self = /** @type {NodeJS.Module} */ (/** @type {unknown} */ (module));

/** Files that programs require. */
const ENTRIES = ['index.js', 'register.js'].map((name) => path.join(__dirname, '..', name));

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
  if (require.cache[__filename] !== self) return amongOwn(load);
  const exported = load();
  if (ownKeys(/** @type {any} */ (exported)).length > 0) return exported;
  for (const name of ownKeys(require.cache)) {
    const module = require.cache[/** @type {string} */ (name)];
    if (module?.loaded === false && isOfLib(module.filename)) {
      Reflect.deleteProperty(require.cache, name);
    }
  }
  return load();
}

/** @param {string} filename */
const isOfLib = (filename) => filename.startsWith(__dirname);

/**
 * The files of lib that this copy of ferroport is known to have loaded.
 * @type {Set<NodeJS.Module>}
 */
let own = new Set();

/** To be called when this copy has loaded all that programs can require: who empties Node's cache may take apart what is in it. */
function keep() {
  if (Array.isArray(self.children)) own = withRequired([...own, entryOf(self)]);
}

/**
 * The same where somebody has emptied Node's cache, and may have loaded another copy of ferroport: the file is to find the files
 * of this copy, and is not to be found by the other.
 * @template T
 * @param {() => T} load
 * @returns {T}
 */
function amongOwn(load) {
  keep();
  // Where there is no cache of Node's, nor what it knows of its modules.
  if (own.size === 0) return load();
  const others = takeOut();
  try {
    for (const each of own) require.cache[each.filename] = each;
    return load();
  } finally {
    own = new Set(takeOut());
    for (const each of others) require.cache[each.filename] = each;
  }
}

/**
 * Takes the files of lib out of Node's cache.
 * @returns {NodeJS.Module[]}
 */
function takeOut() {
  const taken = [];
  for (const name of Object.keys(require.cache)) {
    const each = require.cache[name];
    if (each === undefined || !isOfLib(name)) continue;
    taken.push(each);
    Reflect.deleteProperty(require.cache, name);
  }
  return taken;
}

/**
 * @param {NodeJS.Module[]} modules of this copy
 * @returns {Set<NodeJS.Module>} those of lib among them and among what they have required
 */
function withRequired(modules) {
  /** @type {Set<NodeJS.Module>} */
  const found = new Set();
  for (let next = modules.pop(); next !== undefined; next = modules.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    modules.push(...next.children.filter(({ filename }) => isOfLib(filename) || ENTRIES.includes(filename)));
  }
  for (const each of found) if (!isOfLib(each.filename)) found.delete(each);
  return found;
}

/**
 * @param {NodeJS.Module} module of lib
 * @returns {NodeJS.Module} the entry with which this copy has begun to load; or the first file of lib, if somebody requires those
 */
function entryOf(module) {
  const { parent } = module;
  if (!parent) return module;
  if (ENTRIES.includes(parent.filename)) return parent;
  return isOfLib(parent.filename ?? '') ? entryOf(parent) : module;
}

module.exports = lazily;
lazily.keep = keep;
