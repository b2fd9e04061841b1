// What a line of a test runner's output tells while the runner runs.
'use strict';

/**
 * @typedef {object} Heard
 * @property {string} [file] which the line is about
 * @property {boolean} [passed] that a test has
 * @property {string} [failed] the title of a test that has not, or what else went wrong
 */

/** @type {{ pattern: RegExp, told: (groups: string[]) => Heard }[]} */
const OF_CARGO = [
  { pattern: /^ +(?:Running (?:unittests )?|Doc-tests )(\S+)/, told: ([file]) => ({ file }) },
  { pattern: /^test .+ \.\.\. ok$/, told: () => ({ passed: true }) },
  { pattern: /^test (.+) \.\.\. FAILED$/, told: ([failed]) => ({ failed }) },
];

const AVA_TEST = /^ +([✔√✘✖×]) (?:\[(?:fail|expected fail)\]: )?(.+)$/;
const AVA_ELSE = /^ +(Uncaught exception|Unhandled rejection)(?: in (\S+))?$/;
const TIMES = / \((?:[\d.]+m?s|[\d.]+m [\d.]+s)\)$/;

/**
 * @param {string} line
 * @param {string[]} [files] those that AVA runs
 * @returns {Heard}
 */
function heard(line, files) {
  if (files !== undefined) return heardOfAva(line, files);
  for (const { pattern, told } of OF_CARGO) {
    const found = pattern.exec(line);
    if (found !== null) return told(found.slice(1));
  }
  return {};
}

/**
 * @param {string} line
 * @param {string[]} files
 * @returns {Heard}
 */
function heardOfAva(line, files) {
  const [, mark, whole] = AVA_TEST.exec(line) ?? [];
  if (mark !== undefined) {
    const { file, title } = placeOf(whole.replace(TIMES, ''), files);
    return mark === '✔' || mark === '√' ? { file, passed: true } : { file, failed: title };
  }
  const [, what, file] = AVA_ELSE.exec(line) ?? [];
  return what === undefined ? {} : { file, failed: what.toLowerCase() };
}

/**
 * @param {string} whole a title; where several files run, behind the names of the file and of its folders in the one that all have in
 *   common
 * @param {string[]} files
 * @returns {{ file?: string, title: string }}
 */
function placeOf(whole, files) {
  if (files.length === 1) return { file: files[0], title: whole };
  const folder = commonFolder(files);
  const parts = whole.split(' › ');
  for (let count = 1; count < parts.length; count++) {
    const file = `${folder}${parts.slice(0, count).join('/')}.test.js`;
    if (files.includes(file)) return { file, title: parts.slice(count).join(' › ') };
  }
  return { title: whole };
}

/**
 * @param {string[]} files with forward slashes
 * @returns {string} with the slash behind it
 */
function commonFolder([first, ...others]) {
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  while (!others.every((file) => file.startsWith(folder))) {
    folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  }
  return folder;
}

module.exports = { heard };
