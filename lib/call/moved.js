// transfer(value, list): what moves with a value, wherever that is in the arguments or the result of a call.
'use strict';

const { globals, isObject, methods, uncurry } = require('../language/originals');
const { invalidArgType } = require('../node/errors');

/** @type {WeakMap<object, any>} */
const lists = new globals.WeakMap();

/** @type {(value: object) => any} */
const listOf = uncurry(methods.weakMapGet, lists);

/** @type {(value: object, list: any) => unknown} */
const setList = uncurry(methods.weakMapSet, lists);

/** @type {(value: object) => boolean} */
const forget = uncurry(methods.weakMapDelete, lists);

/** Whether the program has ever asked for it: nobody else pays. */
let isUsed = false;

/**
 * Notes what is to be moved when a value is sent by a call, as an argument or as a result.
 * @template T
 * @param {T} value
 * @param {any} list as postMessage takes it
 * @returns {T} the same value
 * @throws {TypeError} ERR_INVALID_ARG_TYPE for a value that is no object, or a list that is none
 */
function transfer(value, list) {
  if (!isObject(value)) throw invalidArgType('value', 'an object', value);
  if (!isObject(list)) throw invalidArgType('list', 'an iterable object', list);
  isUsed = true;
  setList(/** @type {any} */ (value), list);
  return value;
}

/**
 * What is to be moved with a value; it is asked once.
 * @param {any} value
 * @returns {any} undefined for most
 */
function takeList(value) {
  if (!isUsed || !isObject(value)) return undefined;
  const list = listOf(value);
  if (list !== undefined) forget(value);
  return list;
}

/**
 * What is to be moved with the arguments of a call.
 * @param {any[]} args
 * @param {any} list that the call itself was given
 * @returns {any} as postMessage takes it
 */
function listOfAll(args, list) {
  if (!isUsed) return list;
  let all = list;
  for (let i = 0; i < args.length; i++) {
    const own = takeList(args[i]);
    if (own !== undefined) all = all === undefined ? own : joined(all, own);
  }
  return all;
}

/**
 * @param {any} one
 * @param {any} other
 * @returns {any[]} programs' iterables, read as the language does
 */
function joined(one, other) {
  const { transferListOf } = require('../post/transfer-list');
  const all = transferListOf(one);
  const more = transferListOf(other);
  for (let i = 0; i < more.length; i++) all[all.length] = more[i];
  return all;
}

module.exports = { transfer, takeList, listOfAll };
