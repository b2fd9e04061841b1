'use strict';

// What the test run reads out of the test runners' outputs.

const test = require('ava');
const { avaCounts, cargoCounts, closingCounts, stepCounts, withoutPassed } = require('../../scripts/count');

const cargo = (passed, failed) =>
  `test result: ${failed ? 'FAILED' : 'ok'}. ${passed} passed; ${failed} failed; 0 ignored; 0 measured; 0 filtered out\n`;
const ava = (passed, summary = `${passed} tests passed`) =>
  `\n${'  ✔ a file › a test (1.2s)\n    ℹ SEED=1\n'.repeat(passed)}  ─\n\n  ${summary}\n`;

test("cargo's test programs are added up", (t) => {
  t.deepEqual(cargoCounts({ code: 0, output: cargo(3, 0) + cargo(0, 0) + cargo(4, 0) }), { passed: 7, failed: 0 });
  t.deepEqual(cargoCounts({ code: 101, output: cargo(3, 1) + cargo(4, 2) }), { passed: 7, failed: 3 });
});

test("AVA's ticks are counted, and everything that went wrong", (t) => {
  t.deepEqual(avaCounts({ code: 0, output: ava(12) }), { passed: 12, failed: 0 });
  t.deepEqual(avaCounts({ code: 1, output: ava(10, '2 tests failed\n  1 test skipped') }), { passed: 10, failed: 2 });
  const summary = ['1 hook failed', '1 test failed', '1 unhandled rejection', '2 uncaught exceptions'].join('\n  ');
  t.deepEqual(avaCounts({ code: 1, output: ava(3, summary) }), { passed: 3, failed: 5 });
});

test('tests that AVA waited for in vain have failed', (t) => {
  const output = ava(4, '2 tests remained pending after a timeout');
  t.deepEqual(avaCounts({ code: 1, output }), { passed: 4, failed: 2 });
});

test('a runner of ours is counted by its closing line, and has failed without one', (t) => {
  const output = 'ok a\nnot ok b\n3 passed, 4 failed\n';
  t.deepEqual(closingCounts({ code: 1, output }), { passed: 3, failed: 4 });
  t.deepEqual(closingCounts({ code: 0, output: 'ok a\n2 passed, 0 failed\n' }), { passed: 2, failed: 0 });
  t.deepEqual(closingCounts({ code: 139, output: 'ok a\nok b\n' }), { passed: 0, failed: 1 });
  t.deepEqual(closingCounts({ code: 0, output: 'ok a\n' }), { passed: 0, failed: 1 });
});

test('a runner that fails without naming a test counts as one failure', (t) => {
  t.deepEqual(cargoCounts({ code: 101, output: 'error: could not compile' }), { passed: 0, failed: 1 });
  t.deepEqual(avaCounts({ code: 1, output: ava(5) }), { passed: 5, failed: 1 });
});

test('a runner that runs no test counts as one failure', (t) => {
  t.deepEqual(cargoCounts({ code: 0, output: cargo(0, 0) }), { passed: 0, failed: 1 });
  t.deepEqual(avaCounts({ code: 0, output: '' }), { passed: 0, failed: 1 });
});

test('a step without tests inside counts as one', (t) => {
  t.deepEqual(stepCounts({ code: 0, output: '' }), { passed: 1, failed: 0 });
  t.deepEqual(stepCounts({ code: 2, output: '' }), { passed: 0, failed: 1 });
});

test('of a failed run only what did not pass is shown', (t) => {
  t.is(
    withoutPassed('  ✔ fine\n    ℹ SEED=1\n  ✘ [fail]: broken\n    ℹ SEED=2\n'),
    '  ✘ [fail]: broken\n    ℹ SEED=2\n',
  );
  t.is(withoutPassed('ok a\nnot ok b\nError: b\n'), 'not ok b\nError: b\n');
  t.is(withoutPassed('test a ... ok\ntest b ... FAILED\n'), 'test b ... FAILED\n');
});
