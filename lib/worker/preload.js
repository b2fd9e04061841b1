// The preload with which a worker of ours begins, and what hides it from the worker's code.
'use strict';

const { dirname, sep } = require('node:path');
const { filename } = require('../here');
const { isAmong, methods, process, statics, uncurry } = require('../language/originals');
const threads = require('../node/threads').original;

const { defineProperty, getOwnPropertyDescriptor, isArray } = statics;
const splice = uncurry(methods.arraySplice);
const exec = uncurry(methods.regExpExec);

/**
 * The file of the bootstrap, in the folder of lib or of dist. In a bundle, whose modules have no file names, there is none: workers load ferroport
 * by themselves.
 */
const bootstrap = filename === undefined ? undefined : `${dirname(filename)}${sep}bootstrap.js`;

/**
 * First in execArgv, so that it runs before the other preloads there.
 * @type {string[]}
 */
const option = bootstrap === undefined ? [] : ['--require', bootstrap];

/**
 * The same for Bun, which loads the modules that its own option `preload` names, and no others.
 * @param {any} given the option of that name: a module, or a list
 */
function preloadsFor(given) {
  const all = bootstrap === undefined ? [] : [bootstrap];
  if (isArray(given)) for (let i = 0; i < given.length; i++) all[all.length] = given[i];
  else if (given !== undefined && given !== null) all[all.length] = given;
  return all;
}

/** Node hands environment data on to workers of workers. */
const SHOWN = 'ferroport.execArgv';

/**
 * Remembers, for this worker's bootstrap and those that its own workers inherit, what process.execArgv is to show.
 * @param {string[] | undefined} shown undefined: the list as it is, without the bootstrap
 */
function remember(shown) {
  threads.setEnvironmentData(SHOWN, shown);
}

/** Makes process.execArgv, and Node's list of preloads, what they would be without the bootstrap. */
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
 * Node goes over its list right now: it gets another one.
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
 * The environment in which the bootstrap runs before the preloads that NODE_OPTIONS names, too.
 * @param {any} env the option of that name
 * @returns {{ env: any, nodeOptions: string | undefined }} what to give to Node; the worker's NODE_OPTIONS, if that is
 *   not what the given environment says
 */
function environmentFor(env) {
  const own = env === undefined || env === null ? process.env : env;
  // A shared environment cannot say one thing here and another there: those preloads run before the bootstrap.
  const nodeOptions = typeof own === 'object' ? own.NODE_OPTIONS : undefined;
  const preloads = typeof nodeOptions === 'string' && exec(/(^|\s)(-r|--require)\b/, nodeOptions) !== null;
  if (!preloads || bootstrap === undefined) return { env, nodeOptions: undefined };
  return { env: { ...own, NODE_OPTIONS: `--require ${quoted(bootstrap)} ${nodeOptions}` }, nodeOptions };
}

/**
 * @param {string} path
 * @returns {string} as NODE_OPTIONS is read
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
