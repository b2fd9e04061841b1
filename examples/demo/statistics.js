// Adds the results of single files up by type of file.
'use strict';

const { createHash } = require('node:crypto');
const path = require('node:path');
const { formatTable } = require('./table');

/** How many types get a row of their own. */
const ROWS = 15;

/**
 * @typedef {object} TypeStatistics
 * @property {string} type the extension, or '(none)'
 * @property {number} files
 * @property {number} lines
 * @property {number} bytes
 * @property {Set<string>} contents the SHA-256 of each different content
 * @property {string} sha256 of the files' paths and hashes: equal only if every file is
 */

/**
 * @param {import('./analyse').FileResult[]} results
 * @returns {TypeStatistics[]} most bytes first
 */
function byType(results) {
  /** @type {Map<string, import('./analyse').FileResult[]>} */
  const groups = new Map();
  for (const result of results) {
    const type = path.posix.extname(result.path).toLowerCase() || '(none)';
    const group = groups.get(type);
    if (group) group.push(result);
    else groups.set(type, [result]);
  }
  return [...groups]
    .map(([type, files]) => addUp(type, files))
    .sort((a, b) => b.bytes - a.bytes || (a.type < b.type ? -1 : 1));
}

/**
 * @param {string} type
 * @param {import('./analyse').FileResult[]} files in an order that is the same in every run
 * @returns {TypeStatistics}
 */
function addUp(type, files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.sha256}  ${file.path}\n`);
  return {
    type,
    files: files.length,
    lines: files.reduce((sum, file) => sum + file.lines, 0),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    contents: new Set(files.map((file) => file.sha256)),
    sha256: hash.digest('hex'),
  };
}

/**
 * @param {TypeStatistics[]} types
 * @returns {string} the largest types, the others in one row, and all together
 */
function typesTable(types) {
  const row = (/** @type {TypeStatistics} */ { type, files, lines, bytes, contents, sha256 }) => [
    ...[type, files, lines, bytes, contents.size],
    sha256.slice(0, 12),
  ];
  const rows = types.slice(0, ROWS).map(row);
  if (types.length > ROWS) rows.push(row(together(`${types.length - ROWS} other types`, types.slice(ROWS))));
  rows.push(row(together('all', types)));
  return formatTable(['type', 'files', 'lines', 'bytes', 'distinct', 'sha-256'], rows);
}

/**
 * @param {string} type
 * @param {TypeStatistics[]} parts
 * @returns {TypeStatistics}
 */
function together(type, parts) {
  const sum = (/** @type {'files' | 'lines' | 'bytes'} */ key) => parts.reduce((total, part) => total + part[key], 0);
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.sha256}  ${part.type}\n`);
  return {
    type,
    files: sum('files'),
    lines: sum('lines'),
    bytes: sum('bytes'),
    contents: new Set(parts.flatMap((part) => [...part.contents])),
    sha256: hash.digest('hex'),
  };
}

module.exports = { byType, typesTable };
