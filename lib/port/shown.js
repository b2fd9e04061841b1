// What subscribers and tables are shown for ports that programs do not see themselves.
'use strict';

const { globals, methods, uncurry } = require('../language/originals');

/**
 * By port: the object that stands for the port, null for none.
 * @type {WeakMap<object, object | null>}
 */
const others = new globals.WeakMap();

const get = uncurry(methods.weakMapGet, others);
const set = uncurry(methods.weakMapSet, others);

/**
 * @param {object} port
 * @param {object | null} other what is shown in the port's place; null to show nothing
 */
function showAs(port, other) {
  set(port, other);
}

/**
 * @param {object} port
 * @returns {object | undefined} what a program knows of the port: mostly the port itself; undefined if the program knows nothing of it
 */
function shownAs(port) {
  const other = get(port);
  return other === undefined ? port : (other ?? undefined);
}

module.exports = { showAs, shownAs };
