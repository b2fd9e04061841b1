'use strict';

// What TypeScript is told of the addon's functions is what Rust says.

const fs = require('node:fs');
const test = require('ava');
const native = require('../../lib/native/native');
const { TARGET, declarations } = require('../../scripts/natives');

test('native.d.ts says what the sources of Rust say: if not, run `node scripts/natives.js`', (t) => {
  t.is(fs.readFileSync(TARGET, 'utf8'), declarations());
});

test('the addon has the functions that are declared, and no others', (t) => {
  const declared = [...declarations().matchAll(/^ {2}(\w+): /gm)].map(({ 1: name }) => name);
  const there = Object.keys(native).filter((name) => typeof native[name] === 'function');
  t.deepEqual(there.sort(), declared.sort());
});
