'use strict';

// The imports of files as a graph, and what must not be in one.

const fs = require('node:fs');
const path = require('node:path');

/** @typedef {Map<string, Set<string>>} Graph what each file imports */

/**
 * @param {string} root
 * @param {string[]} files JavaScript, relative to it, with forward slashes
 * @returns {Graph} what they require of one another, at once or later
 */
function graphOf(root, files) {
  return new Map(files.map((file) => [file, requiredBy(root, file, files)]));
}

/**
 * @param {string} root
 * @param {string} file
 * @param {string[]} files
 */
function requiredBy(root, file, files) {
  // Types may refer to anything: they are in comments.
  const text = fs.readFileSync(path.join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const names = [...text.matchAll(/\brequire\('(\.[^']*)'\)/g)].map(([, name]) => name);
  return new Set(names.filter((name) => !name.endsWith('.node')).map((name) => resolve(file, name, files)));
}

/**
 * @param {string} file
 * @param {string} name
 * @param {string[]} files
 */
function resolve(file, name, files) {
  const wanted = path.posix.join(path.posix.dirname(file), name);
  const found = [wanted, `${wanted}.js`, `${wanted}/index.js`].find((each) => files.includes(each));
  if (found === undefined) throw new Error(`${file} requires ${name}, which is none of the files`);
  return found;
}

/**
 * Files that use one another, directly or by others: the strongly connected components of more than one.
 * @param {Graph} uses
 * @returns {string[][]} each circle's files, by name
 */
function circlesOf(uses) {
  const reached = new Map([...uses.keys()].map((name) => [name, reach(name)]));

  /** @param {string} from */
  function reach(from) {
    const all = new Set();
    const waiting = [...(uses.get(from) ?? [])];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (all.has(next)) continue;
      all.add(next);
      waiting.push(...(uses.get(next) ?? []));
    }
    return all;
  }

  const circles = new Map();
  for (const [name, others] of reached) {
    if (!others.has(name)) continue;
    const circle = [...others].filter((other) => reached.get(other)?.has(name)).sort();
    circles.set(circle.join(' '), circle);
  }
  return [...circles.values()];
}

/**
 * The imports that run from a lower room to a higher one.
 * @param {Graph} graph
 * @param {string[]} rooms from the lowest to the highest
 * @param {(file: string) => string} roomOf
 * @returns {string[]} 'file → file', for each
 */
function upwardIn(graph, rooms, roomOf) {
  const floorOf = (/** @type {string} */ file) => {
    const floor = rooms.indexOf(roomOf(file));
    if (floor < 0) throw new Error(`${file} is in no room`);
    return floor;
  };
  return [...graph].flatMap(([file, imports]) =>
    [...imports].filter((each) => floorOf(each) > floorOf(file)).map((each) => `${file} → ${each}`),
  );
}

module.exports = { graphOf, circlesOf, upwardIn };
