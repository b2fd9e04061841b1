// Values that are made when they are first needed: files that few programs use, and what takes long to find out.
'use strict';

/**
 * @template T
 * @param {() => T} make gives neither undefined nor null, or is called again
 * @returns {() => T} a function that gives what `make` has given; if `make` throws, the next call calls it again
 */
function lazy(make) {
  /** @type {T | undefined} */
  let made;
  return () => (made ??= make());
}

module.exports = { lazy };
