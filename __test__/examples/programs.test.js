'use strict';

// Each program of examples/ prints what it says it prints, ends by itself, and is listed.

const fs = require('node:fs');
const path = require('node:path');
const test = require('ava');
const { printsOf } = require('../docs/examples');
const { spawned } = require('../support/spawned');

const EXAMPLES = path.join(__dirname, '..', '..', 'examples');

const programs = fs.readdirSync(EXAMPLES).filter((name) => name.endsWith('.js') && name !== 'demo.js');

for (const name of programs) {
  // One after the other: each has threads of its own.
  test.serial(`examples/${name} prints what it says it prints`, async (t) => {
    const file = path.join(EXAMPLES, name);
    const expected = printsOf(fs.readFileSync(file, 'utf8').split('\n'));
    const { code, signal, stdout, stderr } = await spawned(process.execPath, [file]);
    t.deepEqual(
      { code, signal, stderr, lines: stdout.split('\n').slice(0, -1) },
      { code: 0, signal: null, stderr: '', lines: expected },
    );
    t.true(expected.length > 0, 'it says what it prints');
  });
}

test('examples/README.md lists every program', (t) => {
  const text = fs.readFileSync(path.join(EXAMPLES, 'README.md'), 'utf8');
  t.deepEqual(
    programs.filter((name) => !text.includes(`| [${name}](${name}) |`)),
    [],
  );
});
