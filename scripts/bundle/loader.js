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
 * @param {Function} NodeModule the class of modules
 */
function makeHouse(placeOf, requirePlace, NodeModule) {
  /** @type {Rooms} */
  const rooms = /** @type {any} */ ({ __proto__: null });

  /**
   * What the files that have been evaluated export.
   * @type {{ [source: string]: { exports: any } }}
   */
  const opened = /** @type {any} */ ({ __proto__: null });

  /**
   * What a file of lib exports.
   *
   * It counts as evaluated when it has been to its end. A script whose time is over ends anywhere, and nobody hears of it: what
   * it had begun to evaluate is evaluated again. So no file may require at once one that requires it at once.
   * @param {string} source
   * @returns {any}
   */
  function use(source) {
    const there = opened[source];
    if (there !== undefined) return there.exports;
    const made = { exports: {}, constructor: NodeModule };
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
      delete require.cache?.[require.resolve(`./${place}.js`)];
      there = /** @type {Rooms} */ (requirePlace(place).rooms);
    }
    return add(there);
  }

  /**
   * @param {Rooms} others
   * @returns {Rooms} all that there are
   */
  function add(others) {
    for (const source in others) rooms[source] = others[source];
    return rooms;
  }

  return { rooms, use, add };
}

module.exports = makeHouse;
