// Lists the regular files under a folder, and what could not be read.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

/** By this file a program marks a folder as its cache (https://bford.info/cachedir/); cargo's target has one. */
const CACHE_MARK = 'CACHEDIR.TAG';

/**
 * @typedef {{ path: string, code: string }} Problem a path relative to the folder, and the system's error code
 * @typedef {object} Listing
 * @property {string[]} files paths relative to the folder, parts separated by '/', sorted
 * @property {Problem[]} unreadable folders that could not be listed
 * @property {number} skipped how many links, sockets, pipes, devices, caches and .git folders were left out
 */

/**
 * @param {string} root
 * @returns {Listing}
 * @throws {Error} when `root` itself cannot be listed: it is missing, not a folder, or not readable
 */
function listFiles(root) {
  const listing = /** @type {Listing} */ ({ files: [], unreadable: [], skipped: 0 });
  const folders = [{ folder: '', entries: fs.readdirSync(root, { withFileTypes: true }) }];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of next.entries) {
      const name = path.posix.join(next.folder, entry.name);
      if (entry.isFile()) {
        listing.files.push(name);
      } else if (!entry.isDirectory() || entry.name === '.git') {
        listing.skipped++;
      } else {
        try {
          const entries = fs.readdirSync(path.join(root, name), { withFileTypes: true });
          if (entries.some((inner) => inner.name === CACHE_MARK)) listing.skipped++;
          else folders.push({ folder: name, entries });
        } catch (error) {
          listing.unreadable.push({ path: name, code: errorCode(error) });
        }
      }
    }
  }
  listing.files.sort();
  return listing;
}

/**
 * @param {unknown} error
 * @returns {string} the system's name for it, as in 'EACCES'
 */
function errorCode(error) {
  const { code, name } = /** @type {NodeJS.ErrnoException} */ (error);
  return code ?? name;
}

module.exports = { errorCode, listFiles };
