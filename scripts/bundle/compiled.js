// What dist/bootstrap.js begins with, put there by scripts/bundle: loads the files of dist that every worker needs as a worker
// before this one has compiled them.
'use strict';

/** What the first word of the memory says. */
const EMPTY = 0;
const BEGUN = 1;
const READY = 2;

/** V8 copies compiled code that begins anywhere else. */
const ALIGNMENT = 8;

/** Node wraps modules in this way, too. */
const HEAD = '(function (exports, require, module, __filename, __dirname) { ';
const TAIL = '\n})';

/**
 * Loads files into Node's cache of modules.
 *
 * The memory, which all threads of the process share, has after its state two numbers for each file: the bytes of its text, and
 * those of its compiled code; then all these bytes. The first worker of a process finds it empty, and fills it when the program's
 * own code has begun to run: the functions that have run until then are compiled. While it does, and where something fails,
 * nothing is done here, and the files are to be loaded in Node's own way.
 * @param {string[]} names of files that are in the same directory, without their ends
 * @param {NodeModule} entry the module that asks
 * @param {NodeRequire} load its `require`
 * @returns {any[] | undefined} what the files export
 */
function loadCompiled(names, entry, load) {
  const { filename } = entry;
  /** @type {any} */
  const memory = load('node:worker_threads').getEnvironmentData(`ferroport.compiled ${filename}`);
  if (memory === undefined) return undefined;
  const header = new Int32Array(memory, 0, 1 + 2 * names.length);
  const isReady = Atomics.load(header, 0) === READY;
  if (!isReady && Atomics.compareExchange(header, 0, EMPTY, BEGUN) !== EMPTY) return undefined;
  try {
    const { dirname, join } = load('node:path');
    const files = names.map((name) => join(dirname(filename), `${name}.js`));
    const pieces = isReady ? piecesIn(header) : files.map((file) => ({ text: read(file, load), code: undefined }));
    const scripts = pieces.map(({ text, code }, index) => compile(files[index], text, code, load));
    const modules = scripts.map((script, index) => evaluate(script, files[index], entry, load));
    for (const module of modules) load.cache[module.filename] = module;
    if (!isReady) {
      const texts = pieces.map(({ text }) => text);
      fillSoon(header, texts, scripts);
    }
    return modules.map(({ exports }) => exports);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} file
 * @param {NodeRequire} load
 * @returns {Buffer} what is compiled: esbuild writes nothing but ASCII
 */
function read(file, load) {
  return Buffer.from(HEAD + load('node:fs').readFileSync(file, 'latin1') + TAIL, 'latin1');
}

/**
 * @param {string} filename
 * @param {Buffer} text
 * @param {Buffer | undefined} cachedData which V8 refuses if it does not fit
 * @param {NodeRequire} load
 * @returns {import('node:vm').Script}
 */
function compile(filename, text, cachedData, load) {
  const { Script } = load('node:vm');
  return new Script(text.toString('latin1'), { filename, columnOffset: -HEAD.length, cachedData });
}

/**
 * @param {import('node:vm').Script} script
 * @param {string} file
 * @param {any} entry
 * @param {NodeRequire} load
 * @returns {NodeModule}
 */
function evaluate(script, file, entry, load) {
  const module = new entry.constructor(file, entry);
  module.filename = file;
  module.paths = entry.paths;
  script.runInThisContext()(module.exports, load, module, file, entry.path);
  module.loaded = true;
  return module;
}

/**
 * Fills the memory after the thread's first task. Programs may have patched the language by then.
 * @param {Int32Array} header
 * @param {Buffer[]} texts
 * @param {import('node:vm').Script[]} scripts
 */
function fillSoon(header, texts, scripts) {
  /** @type {any} */
  const memory = header.buffer;
  const { grow, maxByteLength } = memory;
  const { apply } = Reflect;
  const { store } = Atomics;
  const { createCachedData } = scripts[0];
  const { set } = Uint8Array.prototype;
  const Bytes = Uint8Array;
  const begin = startOf(header);
  setImmediate(() => {
    const parts = [];
    for (let i = 0; i < scripts.length; i++) {
      parts[2 * i] = texts[i];
      parts[2 * i + 1] = apply(createCachedData, scripts[i], []);
    }
    let size = begin;
    for (let i = 0; i < parts.length; i++) size = align(size + (header[1 + i] = parts[i].length));
    if (size > maxByteLength) return;
    apply(grow, memory, [size]);
    const bytes = new Bytes(memory);
    let offset = begin;
    for (let i = 0; i < parts.length; i++) {
      apply(set, bytes, [parts[i], offset]);
      offset = align(offset + parts[i].length);
    }
    store(header, 0, READY);
  });
}

/**
 * What the memory has of each file.
 * @param {Int32Array} header
 * @returns {{ text: Buffer, code: Buffer }[]}
 */
function piecesIn(header) {
  const pieces = [];
  let offset = startOf(header);
  const next = (/** @type {number} */ length) => {
    const part = Buffer.from(/** @type {any} */ (header.buffer), offset, length);
    offset = align(offset + length);
    return part;
  };
  for (let i = 1; i < header.length; i += 2) pieces.push({ text: next(header[i]), code: next(header[i + 1]) });
  return pieces;
}

/** @param {Int32Array} header */
function startOf(header) {
  return align(header.byteLength);
}

/** @param {number} offset */
function align(offset) {
  return (offset + ALIGNMENT - 1) & -ALIGNMENT;
}

module.exports = loadCompiled;
