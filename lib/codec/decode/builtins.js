// Reads Maps, Sets, boxed primitives, regular expressions and errors.
'use strict';

const { tags } = require('../../native/native');
const { revive, fill } = require('../../objects/revive');
const { at, enter, read, remember, rememberAt, reserve } = require('./reader');
const { Map, Object, globals, mapSet, setAdd } = require('../../language/intrinsics');

const { Set } = globals;
const { ERROR, ERROR_HAS_CAUSE, ERROR_HAS_MESSAGE, ERROR_HAS_STACK, ERROR_KIND, REGEXP } = tags;

/** @param {number} entries */
function readMap(entries) {
  enter();
  const map = new Map();
  remember(map);
  for (let i = 0; i < entries; i++) {
    const key = read();
    mapSet(map, key, read());
  }
  at.depth--;
  return map;
}

/** @param {number} values */
function readSet(values) {
  enter();
  const set = new Set();
  remember(set);
  for (let i = 0; i < values; i++) setAdd(set, read());
  at.depth--;
  return set;
}

function readRegExp() {
  const place = reserve();
  const source = read();
  return rememberAt(place, revive(REGEXP, source, read(), undefined, undefined));
}

function readBoxed() {
  const place = reserve();
  return rememberAt(place, Object(read()));
}

/** @param {number} argument */
function readError(argument) {
  enter();
  const place = reserve();
  const message = (argument & ERROR_HAS_MESSAGE) === 0 ? undefined : read();
  const stack = (argument & ERROR_HAS_STACK) === 0 ? undefined : read();
  const hasCause = (argument & ERROR_HAS_CAUSE) !== 0;
  // Where nothing in the message is referred to again, the error can be made when its cause is there, which is quicker.
  const options = hasCause && at.objects === null ? { cause: read() } : undefined;
  const error = rememberAt(place, revive(ERROR, argument & ERROR_KIND, message, stack, options));
  if (hasCause && options === undefined) fill(ERROR, error, [read()]);
  at.depth--;
  return error;
}

module.exports = { readBoxed, readError, readMap, readRegExp, readSet };
