'use strict';

// Which test files the scripts select. AVA says nothing of a pattern that fits no file while another one fits.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');

const ROOT = path.join(__dirname, '..', '..');

/** A pattern of test files in a script. */
const PATTERN = /'(__test__\/[^'\s]+\.test\.js)'/g;

/**
 * @param {string} pattern
 * @returns {string[]} a pattern for each of the names in its braces
 */
function alternatives(pattern) {
  const [, before, names, after] = /^(.*?)\{(.*?)\}(.*)$/.exec(pattern) ?? [];
  return names === undefined ? [pattern] : names.split(',').flatMap((name) => alternatives(before + name + after));
}

/** @param {string} pattern without braces */
const matcher = (pattern) =>
  new RegExp(`^${pattern.replace(/\*\*\/|[*.]/g, (part) => ({ '**/': '(?:.*/)?', '*': '[^/]*', '.': '\\.' })[part])}$`);

for (const script of ['soak.js', 'test-tsan.js']) {
  test(`each pattern of test files in ${script} fits one`, (t) => {
    const files = fs
      .readdirSync(path.join(ROOT, '__test__'), { recursive: true })
      .map((file) => `__test__/${file.replaceAll(path.sep, '/')}`);
    const text = fs.readFileSync(path.join(ROOT, 'scripts', script), 'utf8');
    const patterns = [...text.matchAll(PATTERN)].flatMap(([, pattern]) => alternatives(pattern));
    t.true(patterns.length > 0);
    t.deepEqual(
      patterns.filter((pattern) => !files.some((file) => matcher(pattern).test(file))),
      [],
    );
  });
}
