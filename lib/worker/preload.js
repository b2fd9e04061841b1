// The bootstrap, with which a worker of ferroport's begins, and what hides the bootstrap from the worker's code.
'use strict';

const { dirname, sep } = require('node:path');
const { filename } = require('../here');
const { isAmong, methods, process, statics, uncurry } = require('../language/originals');
const threads = require('../node/threads').original;

const { defineProperty, getOwnPropertyDescriptor, isArray } = statics;
const splice = uncurry(methods.arraySplice);
const exec = uncurry(methods.regExpExec);

/**
 * The path of the bootstrap, in the folder of lib or of dist. There is none in a bundle, whose modules have no files:
 * its workers load ferroport by themselves.
 */
const bootstrap = filename === undefined ? undefined : `${dirname(filename)}${sep}bootstrap.js`;

/**
 * The words in execArgv that load the bootstrap. They come first, so that it runs before the other preloads.
 * @type {string[]}
 */
const option = bootstrap === undefined ? [] : ['--require', bootstrap];

/**
 * The same for Bun, which preloads only the modules in its own option `preload`.
 * @param {any} given the program's option `preload`: a module, or a list
 */
function preloadsFor(given) {
  const all = bootstrap === undefined ? [] : [bootstrap];
  if (isArray(given)) for (let i = 0; i < given.length; i++) all[all.length] = given[i];
  else if (given !== undefined && given !== null) all[all.length] = given;
  return all;
}

/** The name in the environment data, which Node hands on to workers of workers. */
const SHOWN = 'ferroport.execArgv';

/**
 * Notes what process.execArgv is to show in this worker. This worker's bootstrap reads it, and those of the workers
 * that inherit its execArgv.
 * @param {string[] | undefined} shown undefined if it is the list as it is, without the bootstrap
 */
function remember(shown) {
  threads.setEnvironmentData(SHOWN, shown);
}

/** Gives process.execArgv and Node's list of preloads the content that they would have without the bootstrap. */
function restoreExecArgv() {
  if (bootstrap === undefined) return;
  hidePreload(bootstrap);
  const { execArgv } = process;
  if (execArgv[0] !== option[0] || execArgv[1] !== bootstrap) return;
  const shown = /** @type {string[] | undefined} */ (threads.getEnvironmentData(SHOWN));
  if (shown === undefined) return splice(execArgv, 0, 2);
  splice(execArgv, 0, execArgv.length);
  for (let i = 0; i < shown.length; i++) execArgv[i] = shown[i];
}

/**
 * Replaces Node's list of preloads. It is not changed in place, because Node is going over it at the moment.
 * @param {string} path of the bootstrap
 */
function hidePreload(path) {
  const property = getOwnPropertyDescriptor(process, '_preload_modules');
  if (!property?.configurable || !isArray(property.value) || !isAmong(property.value, path)) return;
  const value = [];
  for (let i = 0; i < property.value.length; i++) {
    if (property.value[i] !== path) value[value.length] = property.value[i];
  }
  defineProperty(process, '_preload_modules', { ...property, value });
}

/**
 * The environment variables for a worker, with which the bootstrap also runs before preloads that NODE_OPTIONS names.
 * @param {any} env the program's option `env`
 * @returns {{ env: any, nodeOptions: string | undefined }} env: what Node gets; nodeOptions: the worker's NODE_OPTIONS,
 *   undefined if it is what `env` says
 */
function environmentFor(env) {
  const own = env === undefined || env === null ? process.env : env;
  // A shared environment cannot differ between threads, so preloads named there run before the bootstrap.
  const nodeOptions = typeof own === 'object' ? own.NODE_OPTIONS : undefined;
  const preloads = typeof nodeOptions === 'string' && exec(/(^|\s)(-r|--require)\b/, nodeOptions) !== null;
  if (!preloads || bootstrap === undefined) return { env, nodeOptions: undefined };
  return { env: { ...own, NODE_OPTIONS: `--require ${quoted(bootstrap)} ${nodeOptions}` }, nodeOptions };
}

/**
 * @param {string} path
 * @returns {string} the path as a word of NODE_OPTIONS
 */
function quoted(path) {
  let text = '';
  for (let i = 0; i < path.length; i++) text += path[i] === '"' || path[i] === '\\' ? `\\${path[i]}` : path[i];
  return `"${text}"`;
}

module.exports = {
  bootstrap,
  isBundled: bootstrap === undefined,
  option,
  preloadsFor,
  remember,
  restoreExecArgv,
  environmentFor,
};
