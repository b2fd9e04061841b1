'use strict';

// Every file of the tests begins alike: in strict mode, and with a comment that says what the file proves or does for those that prove.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');

const TESTS = path.join(__dirname, '..');

const files = fs
  .readdirSync(TESTS, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.js'));

test("every file begins with 'use strict' and a comment", (t) => {
  const begin = /^'use strict';\n\n(\/\/ |\/\*\*)/;
  t.deepEqual(
    files.filter((name) => !begin.test(fs.readFileSync(path.join(TESTS, name), 'utf8'))),
    [],
  );
});

test('every test file is in a folder, which README.md says what it proves', (t) => {
  const folders = new Set(files.filter((name) => name.endsWith('.test.js')).map((name) => name.split(path.sep)[0]));
  const text = fs.readFileSync(path.join(TESTS, 'README.md'), 'utf8');
  t.deepEqual(
    [...folders].filter((folder) => !text.includes(`| \`${folder}/\` |`)),
    [],
  );
});
