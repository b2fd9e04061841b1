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

test.serial('examples/link/parent.js and its child print what they say they print', async (t) => {
  const file = path.join(EXAMPLES, 'link', 'parent.js');
  // Whether 'close' of the port or the promise comes first, nobody says.
  const expected = printsOf(fs.readFileSync(file, 'utf8').split('\n')).sort();
  const { code, stdout, stderr } = await spawned(process.execPath, [file]);
  t.deepEqual([code, stderr, stdout.split('\n').slice(0, -1).sort()], [0, '', expected]);
  const answers = stdout.split('\n').filter((line) => line.startsWith('answer'));
  t.deepEqual(answers, ['answer 1', 'answer 2', 'answer 3']);
});

test.serial('the worker pool runs over three processes when one line is another', async (t) => {
  const file = path.join(EXAMPLES, 'worker-pool.js');
  const text = fs.readFileSync(file, 'utf8');
  const [line] = /^const \{ Worker, isMainThread, parentPort \} = require\('ferroport'\);$/m.exec(text) ?? [];
  t.not(line, undefined);
  const copy = path.join(EXAMPLES, `worker-pool-${process.pid}.js`);
  t.teardown(() => fs.rmSync(copy, { force: true }));
  fs.writeFileSync(copy, text.replace(/** @type {string} */ (line), line.replace("'ferroport'", "'./link/processes'")));
  const { code, stdout, stderr } = await spawned(process.execPath, [copy]);
  t.deepEqual([code, stderr, stdout.split('\n').slice(0, -1)], [0, '', printsOf(text.split('\n'))]);
});

test('examples/README.md lists every program', (t) => {
  const text = fs.readFileSync(path.join(EXAMPLES, 'README.md'), 'utf8');
  t.deepEqual(
    programs.filter((name) => !text.includes(`| [${name}](${name}) |`)),
    [],
  );
});
