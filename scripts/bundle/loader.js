// What dist/core.js begins with, put there by scripts/bundle: finds the files of lib, in itself or in the other files of dist, and
// evaluates those that are asked for.
'use strict';

/**
 * @typedef {(module: { exports: any }, exports: any, use: (source: string) => any) => void} Room what a file of lib does when it
 *   is evaluated
 */

/** @typedef {{ [source: string]: Room }} Rooms by the names of the files */

/** What the names of Node's modules begin with. */
const NODE = 'node:';

/**
 * @param {{ [source: string]: string }} placeOf which other file of dist has what is not in this one
 * @param {(place: string) => { rooms?: Rooms }} requirePlace
 * @param {{ constructor: Function, filename: string | undefined, children?: NodeJS.Module[] }} core the module that this is in. Its
 *   constructor is the class of modules, and its filename undefined in a bundle, whose modules have none
 */
function makeHouse(placeOf, requirePlace, core) {
  const { constructor, filename } = core;

  /** @type {Rooms} */
  const rooms = /** @type {any} */ ({ __proto__: null });

  /**
   * What the files that have been evaluated export.
   * @type {{ [source: string]: { exports: any } }}
   */
  const opened = /** @type {any} */ ({ __proto__: null });

  /** Node's modules, also where a bundler has left no `require`. */
  const { getBuiltinModule } = process;

  /**
   * What a file of lib, or a module of Node's, exports.
   *
   * It counts as evaluated when it has been to its end. A script whose time is over ends anywhere, and nobody hears of it: what
   * it had begun to evaluate is evaluated again. So no file may require at once one that requires it at once.
   * @param {string} source
   * @returns {any}
   */
  function use(source) {
    const there = opened[source];
    if (there !== undefined) return there.exports;
    if (source[NODE.length - 1] === ':') return getBuiltinModule(source);
    const made = { exports: {}, constructor, filename };
    const room = rooms[source] ?? roomsIn(placeOf[source])[source];
    room(made, made.exports, use);
    opened[source] = made;
    return made.exports;
  }

  /**
   * @param {string} place
   * @returns {Rooms}
   */
  function roomsIn(place) {
    // Node keeps what there is of a file whose evaluation was ended.
    return add(take(place) ?? /** @type {Rooms} */ (take(place)));
  }

  /**
   * @param {Rooms} others
   * @returns {Rooms} all that there are
   */
  function add(others) {
    for (const source in others) rooms[source] = others[source];
    return rooms;
  }

  /**
   * Loads a file for this copy of ferroport alone. Node finds files by name, so that other copies in the thread would find it,
   * and what they find holds the copy that has loaded it.
   * @param {string} place
   */
  function take(place) {
    const exported = requirePlace(place);
    // Not every loader of modules has such a list.
    const { children = [] } = core;
    for (let i = 0; i < children.length; i++) {
      const { id, exports } = children[i];
      if (exports === exported && filename !== undefined) delete require.cache?.[id];
    }
    return exported.rooms;
  }

  /**
   * Loads all files of dist, without evaluating more. In a context of node:vm they are evaluated by somebody else than Node's
   * loader, mostly a test runner, which may refuse to load anything once the test file has ended that loaded ferroport; what it has
   * left open goes on.
   */
  function fetchAll() {
    for (const source in placeOf) if (rooms[source] === undefined) roomsIn(placeOf[source]);
  }

  if (Object.getPrototypeOf(getBuiltinModule('node:util')) !== Object.prototype) fetchAll();

  return { rooms, use, add };
}

module.exports = makeHouse;
