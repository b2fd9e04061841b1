// Reads each file once, so that the system has it in memory when it counts, and tells which of them are text.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { errorCode } = require('./list-files');

/** Longer ones are data, or were made by a program. */
const LONGEST = 256 * 1024;

/** Source maps are text, but not words. */
const NO_WORDS = /\.map$/;

/**
 * @typedef {object} Texts
 * @property {string[]} files those that are text, evenly taken from all if there are more than `most`
 * @property {number} bytes of them
 * @property {number} others how many are no text, source maps, or too long
 * @property {import('./list-files').Problem[]} unreadable
 */

/**
 * @param {string} folder
 * @param {string[]} files relative to it
 * @param {number} most
 * @returns {Texts}
 */
function textFiles(folder, files, most) {
  /** @type {{ name: string, bytes: number }[]} */
  const texts = [];
  const unreadable = [];
  let others = 0;
  for (const name of files) {
    try {
      const bytes = NO_WORDS.test(name) ? undefined : read(path.join(folder, name));
      // A file that has a zero in it is not text.
      if (bytes === undefined || bytes.includes(0)) others++;
      else texts.push({ name, bytes: bytes.length });
    } catch (error) {
      unreadable.push({ path: name, code: errorCode(error) });
    }
  }
  const step = Math.max(1, texts.length / most);
  const chosen = texts.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
  return {
    files: chosen.map(({ name }) => name),
    bytes: chosen.reduce((sum, { bytes }) => sum + bytes, 0),
    others,
    unreadable,
  };
}

/**
 * @param {string} file
 * @returns {Buffer | undefined} undefined if it is too long
 */
function read(file) {
  return fs.statSync(file).size > LONGEST ? undefined : fs.readFileSync(file);
}

module.exports = { LONGEST, textFiles };
