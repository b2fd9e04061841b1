'use strict';

// Evaluates CommonJS files in contexts of node:vm, with a registry of modules of its own in each, as test runners do.

const fs = require('node:fs');
const { createRequire, isBuiltin } = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

/**
 * @typedef {object} Sandbox
 * @property {any} globals of the context
 * @property {(source: string) => any} run evaluates a script in it
 * @property {(file: string) => any} require the exports of a file, evaluated in it when it is first asked for
 * @property {() => void} end from now on nothing can be required any more
 * @property {() => number} refused how often that was tried
 */

/**
 * A context with the globals that Node has, besides those of the language.
 * @returns {Sandbox}
 */
function sandbox() {
  const context = vm.createContext({});
  const globals = vm.runInContext('globalThis', context);
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    // Read when it is asked for, because some are loaded then.
    const { enumerable } = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(globalThis, name));
    const become = (/** @type {unknown} */ value) =>
      Object.defineProperty(globals, name, { value, writable: true, enumerable, configurable: true });
    if (name in globals) continue;
    const get = () => (name === 'globalThis' || name === 'global' ? globals : /** @type {any} */ (globalThis)[name]);
    Object.defineProperty(globals, name, { get, set: become, enumerable, configurable: true });
  }
  /** @type {Map<string, { exports: any }>} */
  const modules = new Map();
  let hasEnded = false;
  let refused = 0;

  /** @param {string} file */
  function load(file) {
    const there = modules.get(file);
    if (there !== undefined) return there.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const resolving = createRequire(file);
    const inner = Object.assign((/** @type {string} */ name) => requireFrom(resolving, name), {
      resolve: resolving.resolve,
    });
    const names = ['module', 'exports', 'require', '__filename', '__dirname'];
    const options = { filename: file, parsingContext: context };
    const evaluate = vm.compileFunction(fs.readFileSync(file, 'utf8'), names, options);
    Reflect.apply(evaluate, module.exports, [module, module.exports, inner, file, path.dirname(file)]);
    return module.exports;
  }

  /**
   * @param {NodeJS.Require} resolving
   * @param {string} name
   */
  function requireFrom(resolving, name) {
    if (hasEnded) {
      refused++;
      throw new Error(`${name} is required, and the context has ended`);
    }
    if (isBuiltin(name)) return require(name);
    const file = resolving.resolve(name);
    return file.endsWith('.node') ? require(file) : load(file);
  }

  return {
    globals,
    run: (source) => vm.runInContext(source, context),
    require: load,
    end: () => void (hasEnded = true),
    refused: () => refused,
  };
}

module.exports = { sandbox };
