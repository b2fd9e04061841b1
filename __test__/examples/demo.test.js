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

test('numbers of workers and files that cannot be get an error of one line', (t) => {
  for (const [option, value] of [
    ['--workers', '1'],
    ['--workers', 'many'],
    ['--files', '0'],
  ]) {
    const { status, stderr } = demo(folder(t), option, value);
    t.is(status, 2);
    t.regex(stderr, new RegExp(`^demo: expected ${option} to be a whole number from .*, got '${value}'\n$`));
  }
});

test('each place of each word is kept, and what is no text is left out', (t) => {
  const root = folder(t);
  fs.mkdirSync(path.join(root, 'sub'));
  fs.writeFileSync(path.join(root, 'a.txt'), 'one two two');
  fs.writeFileSync(path.join(root, 'sub', 'b.txt'), 'two: größe_1\n__proto__\n');
  fs.writeFileSync(path.join(root, 'empty'), '');
  fs.writeFileSync(path.join(root, 'binary'), 'one\0one');
  fs.writeFileSync(path.join(root, 'long'), 'one '.repeat(100_000));
  const { status, stdout, stderr } = demo(root, '--workers', '4');
  t.is(status, 0, stderr);
  t.regex(stdout, /: 3 text files, 0\.00 MiB\n\(2 are no text, source maps, or longer than 256 KiB\)\n/);
  t.regex(stdout, /^4 different words, 21 messages in each run\./m);
  t.regex(stdout, /^two +3\n__proto__ +1\ngröße_1 +1\none +1\n$/m);
  t.regex(stdout, /^The results are equal\.$/m);
});

test('it says what it has measured, and which side is ahead', (t) => {
  const root = folder(t);
  fs.writeFileSync(path.join(root, 'a.txt'), 'one two');
  const { stdout } = demo(root);
  t.regex(stdout, /^median of 3 +ferroport +node:worker_threads +ratio$/m);
  for (const line of ['from start to end', 'readers: posting', 'indexers: receiving']) {
    t.regex(stdout, new RegExp(`^${line}.* [\\d.]+ s +[\\d.]+ s +\\S+ x$`, 'm'));
  }
  t.regex(stdout, /^(ferroport is ahead|ferroport is NOT ahead here|Neither is ahead here): /m);
});

test('a folder without text gets an error of one line', (t) => {
  const root = folder(t);
  fs.writeFileSync(path.join(root, 'binary'), '\0');
  const { status, stderr } = demo(root);
  t.is(status, 2);
  t.regex(stderr, /^demo: the folder .* holds no text files of up to 256 KiB\n$/);
});

test('more workers than files, and two, come to the same results', (t) => {
  const root = folder(t);
  for (let i = 0; i < 20; i++) fs.writeFileSync(path.join(root, `${i}.txt`), `word${i} common `.repeat(i));
  const [two, many] = ['2', '12'].map((workers) => demo(root, '--workers', workers));
  t.is(two.status, 0, two.stderr);
  t.is(many.status, 0, many.stderr);
  const words = (output) => /^word +times.*?\n\n/ms.exec(output)?.[0];
  t.truthy(words(two.stdout));
  t.is(words(two.stdout), words(many.stdout));
});
