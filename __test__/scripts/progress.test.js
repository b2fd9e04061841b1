'use strict';

// What a test run tells while it runs.

const test = require('ava');
const { heard } = require('../../scripts/heard');
const { Progress } = require('../../scripts/progress');
const { steps } = require('../../scripts/steps');
const suites = require('../../scripts/suites');

/** A run of two steps with a clock of the test's own; `written` is what was told of it. */
function run(t, options, parts) {
  const clock = { seconds: 0 };
  const written = [];
  const stream = { write: (text) => void written.push(text), ...options };
  const progress = new Progress(parts, { stream, now: () => clock.seconds * 1000 });
  t.teardown(() => clearInterval(progress.timer));
  return { progress, clock, written };
}

const FILES = ['__test__/core/core.test.js', '__test__/parity/worker.test.js', '__test__/worker.test.js'];

const PARTS = [
  { name: 'lint', seconds: 20 },
  { name: 'ava', seconds: 60, files: FILES },
];

test('a test of AVA is known by its file and its title, whichever way they are cut', (t) => {
  t.deepEqual(heard('  ✔ core › core › a › b (1.2s)', FILES), { file: FILES[0], passed: true });
  t.deepEqual(heard('  ✘ [fail]: parity › worker › a title', FILES), { file: FILES[1], failed: 'a title' });
  t.deepEqual(heard('  ✘ [fail]: worker › throws Error thrown in test', FILES), {
    file: FILES[2],
    failed: 'throws Error thrown in test',
  });
  t.deepEqual(heard('  Uncaught exception in __test__/worker.test.js', FILES), {
    file: FILES[2],
    failed: 'uncaught exception',
  });
  t.deepEqual(heard('    ℹ seed 1', FILES), {});
  t.deepEqual(heard('  ✔ a title (2m 1.5s)', FILES.slice(0, 1)), { file: FILES[0], passed: true });
  const together = ['__test__/core/core.test.js', '__test__/core/more.test.js'];
  t.deepEqual(heard('  ✔ more › a title', together), { file: together[1], passed: true });
});

test('a test of cargo is known by the program before it', (t) => {
  t.deepEqual(heard('     Running tests/wire.rs (target/debug/deps/wire-1)'), { file: 'tests/wire.rs' });
  t.deepEqual(heard('     Running unittests src/lib.rs (target/debug/deps/lib-1)'), { file: 'src/lib.rs' });
  t.deepEqual(heard('test a::b ... ok'), { passed: true });
  t.deepEqual(heard('test a::b ... FAILED'), { failed: 'a::b' });
});

test('a failure is told when it happens, with its file and its title', (t) => {
  const { progress, written } = run(t, {}, PARTS);
  progress.begin();
  progress.end('lint ... ok');
  progress.begin();
  progress.hear('  ✔ core › core › fine\n  ✘ [fail]: worker › brok');
  t.deepEqual(written, ['lint ... ok\n']);
  progress.hear('en\n  ✔ ');
  t.is(written[1], '  FAILED in ava: __test__/worker.test.js: broken\n');
});

test('where it cannot be drawn again, a line comes now and then, and says where, how much and how long', (t) => {
  const { progress, clock, written } = run(t, {}, PARTS);
  progress.begin();
  clock.seconds = 19;
  progress.tick();
  t.deepEqual(written, []);
  clock.seconds = 20;
  progress.tick();
  t.regex(written[0], /^ {2}\[1\/2\] lint: some \S+ (s|min) to go\n$/);
  progress.end('lint ... ok');
  progress.begin();
  clock.seconds += 30;
  progress.hear('  ✔ core › core › fine\n  ✔ core › core › more\n  ✔ worker › fine\n');
  progress.tick();
  t.regex(
    written.at(-1),
    /^ {2}\[2\/2\] ava: file 2 of 3, 3 passed, __test__\/worker\.test\.js, some \S+ \S+ to go\n$/,
  );
});

test('on a terminal the line is drawn again, never longer than it is wide, and gives way to whole lines', (t) => {
  const { progress, written } = run(t, { isTTY: true, columns: 30 }, PARTS);
  progress.begin();
  progress.end('lint ... ok');
  progress.begin();
  progress.hear('  ✘ [fail]: parity › worker › broken\n');
  const drawn = written.filter((text) => !text.endsWith('\n'));
  t.true(drawn.length > 1 && drawn.every((text) => text.startsWith('\r\x1b[K') && text.length < 30 + 4), `${drawn}`);
  t.true(written.includes('\r\x1b[Klint ... ok\n'));
});

test('how long to go is reckoned from how long the rest takes usually, and from the pace of this run', (t) => {
  const { progress, clock } = run(t, {}, PARTS);
  progress.begin();
  t.is(progress.left, 80);
  // Twice as slow as usual.
  clock.seconds = 40;
  progress.end('');
  progress.begin();
  t.is(progress.left, 120);
  for (const name of ['core › core', 'parity › worker']) progress.hear(`  ✔ ${name} › fine\n`);
  clock.seconds += 40;
  t.is(progress.left, 80);
  clock.seconds += 1000;
  t.true(progress.left > 80);
});

test('the usual files and the rare ones are all that there are, and the second lane leaves out only what it has not', (t) => {
  const { filesOf, testFiles } = suites;
  t.deepEqual([...filesOf('usual'), ...filesOf('rare')].sort(), testFiles());
  const slow = [...filesOf('slow lane'), ...filesOf('slow lane, rest')];
  t.is(new Set(slow).size, slow.length);
  const isLeft = (file) => suites.OF_NO_LANE.some((pattern) => pattern.test(file.replace('__test__/', '')));
  t.deepEqual(
    slow.sort(),
    testFiles().filter((file) => !isLeft(file)),
  );
});

test('each pattern by which files are chosen fits one', (t) => {
  const names = suites.testFiles().map((file) => file.replace('__test__/', ''));
  for (const list of ['RARE', 'OF_NO_LANE', 'OF_SLOW_LANE', 'OF_SOURCES']) {
    for (const pattern of suites[list]) {
      t.true(
        names.some((name) => pattern.test(name)),
        `${list}: ${pattern}`,
      );
    }
  }
  t.true(steps.every(({ seconds }) => seconds > 0));
});
