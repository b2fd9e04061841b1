'use strict';

// Reads of Rust's sources which file uses what of which other.

const fs = require('node:fs');
const path = require('node:path');

/**
 * @typedef {object} File a file of Rust
 * @property {string} name from `src/` on
 * @property {string[]} module where it stands in the crate
 * @property {string} code without comments and strings
 */

/**
 * @param {string} root the folder of `lib.rs`
 * @returns {File[]} the files in it and below
 */
function filesOf(root) {
  return fs
    .readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.rs'))
    .map((name) => name.split(path.sep).join('/'))
    .sort()
    .map((name) => ({
      name,
      module: name === 'lib.rs' ? [] : name.replace(/(\/mod)?\.rs$/, '').split('/'),
      code: bare(fs.readFileSync(path.join(root, name), 'utf8')),
    }));
}

/**
 * Takes comments and what strings say out of a source, and the tests at its end.
 * @param {string} source
 */
function bare(source) {
  const [product] = source.split(/^#\[cfg\((?:all\()?test\b/m);
  return product.replace(/\/\/.*|"(?:\\.|[^"\\])*"|'(?:\\.[^']*|[^'\\])'/g, (token) => (token[0] === '/' ? '' : '""'));
}

/**
 * The paths of a `use`, its groups written out.
 * @param {string} tree as it stands there: `a::{self, b::{c, d as e}}`
 * @returns {string[][]}
 */
function pathsOf(tree) {
  const text = tree.replace(/\s+/g, ' ').trim();
  const open = text.indexOf('{');
  if (open < 0) {
    const parts = text.replace(/ as \w+$/, '').split('::');
    return [parts.at(-1) === 'self' ? parts.slice(0, -1) : parts];
  }
  const before = text.slice(0, open).split('::').slice(0, -1);
  const inside = text.slice(open + 1, text.lastIndexOf('}'));
  return splitAtCommas(inside).flatMap((each) => pathsOf(each).map((rest) => [...before, ...rest]));
}

/**
 * @param {string} list
 * @returns {string[]} what stands between the commas that are in no braces
 */
function splitAtCommas(list) {
  const parts = [''];
  let depth = 0;
  for (const each of list) {
    if (each === '{') depth++;
    if (each === '}') depth--;
    if (each === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += each;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

/**
 * Every place of a file that names something of the crate: what it names, and how far down it stands in modules of its own.
 * @param {File} file
 * @returns {{ path: string[], inner: number, isReexport: boolean }[]}
 */
function mentions({ code }) {
  const found = [];
  for (const { 1: isPublic, 2: tree, index } of code.matchAll(/\b(pub(?:\([^)]*\))?\s+)?use\s+([^;]+);/g)) {
    const inner = depthAt(code, index);
    for (const each of pathsOf(tree)) {
      found.push({ path: each, inner, isReexport: isPublic !== undefined && inner === 0 });
    }
  }
  const rest = code.replace(/\buse\s+[^;]+;|pub\(in [^)]*\)/g, (use) => ' '.repeat(use.length));
  for (const { 0: text, index } of rest.matchAll(/(?<![\w:$])\$?(?:crate|super)(?:::\w+)+/g)) {
    found.push({ path: text.replace('$', '').split('::'), inner: depthAt(code, index), isReexport: false });
  }
  return found.filter(({ path: [first], isReexport }) => isReexport || ['crate', 'super', 'self'].includes(first));
}

/**
 * In how many modules that the file itself has (`mod real { … }`) a place is.
 * @param {string} code
 * @param {number} place
 */
function depthAt(code, place) {
  let modules = 0;
  const open = [];
  for (const { 0: token, index } of code.matchAll(/\bmod\s+\w+\s*\{|[{}]/g)) {
    if (index >= place) break;
    if (token === '}') {
      if (open.pop()) modules--;
    } else {
      open.push(token !== '{');
      if (token !== '{') modules++;
    }
  }
  return modules;
}

/**
 * Which file uses which others. What a folder's `mod.rs` hands on is used of the file that has it, and to hand on is
 * no use.
 * @param {File[]} files
 * @returns {Map<string, Set<string>>} names by names
 */
function usesOf(files) {
  const byModule = new Map(files.map((file) => [file.module.join('::'), file]));
  const said = new Map(files.map((file) => [file, mentions(file)]));

  /**
   * @param {File} from
   * @param {{ path: string[], inner: number }} mention
   * @returns {string[]} the same from the crate's root on
   */
  const absolute = (from, { path: parts, inner }) => {
    if (parts[0] === 'crate') return parts.slice(1);
    if (parts[0] !== 'super' && parts[0] !== 'self') return [...from.module, ...parts];
    const ups = parts.filter((part) => part === 'super').length - inner;
    const rest = parts.filter((part) => part !== 'super' && part !== 'self');
    return ups < 0 ? [...from.module, '', ...rest] : [...from.module.slice(0, from.module.length - ups), ...rest];
  };

  /**
   * @param {string[]} wanted from the crate's root on
   * @returns {File | undefined} the file that has it
   */
  const ownerOf = (wanted) => {
    let length = wanted.length;
    while (length > 0 && !byModule.has(wanted.slice(0, length).join('::'))) length--;
    const file = byModule.get(wanted.slice(0, length).join('::'));
    if (file === undefined || length === wanted.length) return file;
    const handedOn = (said.get(file) ?? []).find(
      ({ path: parts, isReexport }) => isReexport && parts.at(-1) === wanted[length],
    );
    const from = handedOn && absolute(file, handedOn);
    return from === undefined || from.join('::') === wanted.join('::') || !isBelow(from, file) ? file : ownerOf(from);
  };

  /**
   * @param {string[]} wanted
   * @param {File} file
   * @returns {boolean} whether that is in a file below this one
   */
  const isBelow = (wanted, { module }) => byModule.has(wanted.slice(0, module.length + 1).join('::'));

  const uses = new Map();
  for (const [file, list] of said) {
    const used = new Set();
    for (const mention of list) {
      if (mention.isReexport) continue;
      const owner = ownerOf(absolute(file, mention));
      if (owner !== undefined && owner !== file) used.add(owner.name);
    }
    uses.set(file.name, used);
  }
  return uses;
}

module.exports = { bare, filesOf, usesOf };
