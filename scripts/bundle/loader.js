// What dist/core.js begins with, put there by scripts/bundle: finds the files of lib, in itself or in the other files of dist, and
// evaluates those that are asked for.
'use strict';

/**
 * @typedef {(module: { exports: any }, exports: any, use: (source: string) => any) => void} Room what a file of lib does when it
 *   is evaluated
 */

/** @typedef {{ [source: string]: Room }} Rooms by the names of the files */

/**
 * @param {{ [source: string]: string }} placeOf which other file of dist has what is not in this one
 * @param {(place: string) => { rooms?: Rooms }} requirePlace
 * @param {{ constructor: Function, filename: string | undefined }} core the module that this is in. Its constructor is the class of
 *   modules, and its filename undefined in a bundle, whose modules have none
 */
function makeHouse(placeOf, requirePlace, { constructor, filename }) {
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
    if (source.startsWith('node:')) return getBuiltinModule(source);
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
    let there = requirePlace(place).rooms;
    if (there === undefined) {
      // Node keeps what there is of a file whose evaluation was ended.
      if (filename !== undefined) delete require.cache?.[filename.replace(/[^/\\]*$/, `${place}.js`)];
      there = /** @type {Rooms} */ (requirePlace(place).rooms);
    }
    for (const source in there) rooms[source] = there[source];
    return rooms;
  }

  return { rooms, use };
}

module.exports = makeHouse;
