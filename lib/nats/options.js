// What `connect` is given, checked before anything begins: the thread of links gets a copy.
'use strict';

const { types } = require('node:util');
const { isObject, statics } = require('../language/originals');
const { invalidArgType, nodeError } = require('../node/errors');
const { readSettings } = require('../link/settings');

const { keysOf } = statics;

/**
 * @typedef {object} Begin
 * @property {any} options of NATS's client
 * @property {string | undefined} name
 * @property {{ creds?: string | Uint8Array, nkey?: string | Uint8Array, jwt?: string }} credentials
 * @property {string | undefined} module that gives more options
 * @property {import('../link/session').Settings} settings
 */

/** What is ours among the options, and does not go to the client. */
const OWN = ['heartbeat', 'deadAfter', 'window', 'maxMessage', 'creds', 'nkey', 'jwt', 'optionsFrom'];

/**
 * @param {any} given
 * @returns {Begin}
 * @throws {TypeError} ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
 * @throws {RangeError} ERR_OUT_OF_RANGE
 */
function readOptions(given) {
  if (given !== undefined && given !== null && !isObject(given)) {
    throw invalidArgType('options', 'of type object', given);
  }
  const all = given ?? {};
  /** @type {any} */
  const options = {};
  const keys = keysOf(all);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (OWN.includes(key)) continue;
    const value = all[key];
    if (typeof value === 'function' || (key === 'authenticator' && value !== undefined)) {
      throw nodeError(
        TypeError,
        'ERR_INVALID_ARG_VALUE',
        `The client of NATS runs in a thread of its own, and the option "${key}" cannot get there. Use "creds", "nkey" or "jwt", or a ` +
          'module that "optionsFrom" names',
      );
    }
    options[key] = value;
  }
  const { creds, nkey, jwt, optionsFrom } = all;
  checkText('options.creds', creds, true);
  checkText('options.nkey', nkey, true);
  checkText('options.jwt', jwt, false);
  if (options.name !== undefined) checkText('options.name', options.name, false);
  if (optionsFrom !== undefined && typeof optionsFrom !== 'string' && !(optionsFrom instanceof URL)) {
    throw invalidArgType('options.optionsFrom', 'of type string or an instance of URL', optionsFrom);
  }
  return {
    options,
    name: options.name,
    credentials: { creds, nkey, jwt },
    module: optionsFrom === undefined ? undefined : moduleOf(`${optionsFrom}`),
    settings: readSettings(all),
  };
}

/** @param {string} given a path, a file: URL, or the name of a package */
function moduleOf(given) {
  const { isAbsolute, resolve } = require('node:path');
  const isPath = isAbsolute(given) || given[0] === '.';
  return isPath ? require('node:url').pathToFileURL(resolve(given)).href : given;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {boolean} orBytes
 */
function checkText(name, value, orBytes) {
  if (value === undefined || typeof value === 'string' || (orBytes && types.isUint8Array(value))) return;
  throw invalidArgType(name, orBytes ? 'of type string or an instance of Uint8Array' : 'of type string', value);
}

module.exports = { readOptions };
