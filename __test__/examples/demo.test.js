'use strict';

// The demo on folders that are not as one would wish.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('ava');
const { LIMIT } = require('../support/limits');

const DEMO = path.join(__dirname, '..', '..', 'examples', 'demo.js');

/** Makes a folder of the test's own, and removes it when the test has ended. */
function folder(t) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-demo-'));
  t.teardown(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

function demo(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [DEMO, ...args], {
    encoding: 'utf8',
    timeout: LIMIT,
    killSignal: 'SIGKILL',
  });
  return { status, stdout, stderr };
}

test('an empty folder, a missing one and a file get an error of one line', (t) => {
  const empty = folder(t);
  const file = path.join(folder(t), 'file');
  fs.writeFileSync(file, '');
  for (const [given, expected] of [
    [empty, /^demo: the folder .* holds no files\n$/],
    [path.join(empty, 'missing'), /^demo: cannot read the folder .*ENOENT.*\n$/],
    [file, /^demo: cannot read the folder .*ENOTDIR.*\n$/],
  ]) {
    const { status, stdout, stderr } = demo(given);
    t.is(status, 2);
    t.regex(stderr, expected);
    t.is(stdout, '');
  }
});

test('files are counted by type, empty ones and those without a last line break too', (t) => {
  const root = folder(t);
  fs.mkdirSync(path.join(root, 'sub'));
  fs.writeFileSync(path.join(root, 'a.txt'), 'one\ntwo');
  fs.writeFileSync(path.join(root, 'sub', 'b.TXT'), 'one\ntwo\n');
  fs.writeFileSync(path.join(root, 'empty'), '');
  const { status, stdout } = demo(root, '--workers', '3');
  t.is(status, 0, stdout);
  t.regex(stdout, /^\.txt +2 +4 +15 +2 /m);
  t.regex(stdout, /^\(none\) +1 +0 +0 +1 /m);
  t.regex(stdout, /^The results are equal\.$/m);
});

test('what cannot be read is reported and the rest is counted', (t) => {
  const root = folder(t);
  fs.writeFileSync(path.join(root, 'fine.txt'), 'x\n');
  // Too long for fs.readFile, whoever asks; permissions would not stop a superuser.
  fs.writeFileSync(path.join(root, 'endless.bin'), '');
  fs.truncateSync(path.join(root, 'endless.bin'), 2 ** 33);
  const { status, stdout } = demo(root);
  t.is(status, 0, stdout);
  t.regex(stdout, /^Could not be read: 1\n {2}ERR_FS_FILE_TOO_LARGE endless\.bin$/m);
  t.regex(stdout, /^all +1 +1 +2 +1 /m);
});

test('more workers than files, and a single one, come to the same results', (t) => {
  const root = folder(t);
  for (let i = 0; i < 200; i++) fs.writeFileSync(path.join(root, `${i}.txt`), `${i}\n`.repeat(i));
  const [one, many] = ['1', '8'].map((workers) => demo(root, '--workers', workers));
  t.is(one.status, 0, one.stderr);
  t.is(many.status, 0, many.stderr);
  const total = (output) => /^all .*$/m.exec(output)?.[0];
  t.is(total(one.stdout), total(many.stdout));
});
