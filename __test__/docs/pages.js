'use strict';

// The pages of the documentation.

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../..');

/** @returns {string[]} the files, relative to the root, with slashes */
const pages = () => {
  const markdownIn = (/** @type {string} */ folder) =>
    fs.readdirSync(path.join(ROOT, folder)).filter((name) => name.endsWith('.md'));
  return [...markdownIn('.'), ...markdownIn('docs').map((name) => `docs/${name}`)];
};

/** @param {string} page */
const read = (page) => fs.readFileSync(path.join(ROOT, page), 'utf8');

module.exports = { ROOT, pages, read };
