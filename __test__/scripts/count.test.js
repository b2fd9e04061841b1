// What the test run reads out of the test runners' outputs.
'use strict';

const test = require('ava');
const { cargoCounts, stepCounts, tapCounts, withoutPassed } = require('../../scripts/count');

const cargo = (passed, failed) =>
  `test result: ${failed ? 'FAILED' : 'ok'}. ${passed} passed; ${failed} failed; 0 ignored; 0 measured; 0 filtered out\n`;
const tap = (passed, failed) =>
  `1..${passed + failed}\n# tests ${passed + failed}\n# pass ${passed}\n# fail ${failed}\n`;

test("cargo's test programs are added up", (t) => {
  t.deepEqual(cargoCounts({ code: 0, output: cargo(3, 0) + cargo(0, 0) + cargo(4, 0) }), { passed: 7, failed: 0 });
  t.deepEqual(cargoCounts({ code: 101, output: cargo(3, 1) + cargo(4, 2) }), { passed: 7, failed: 3 });
});

test("AVA's summary is read from its end", (t) => {
  t.deepEqual(tapCounts({ code: 0, output: `# pass 99\nok 1 - a\n${tap(12, 0)}` }), { passed: 12, failed: 0 });
  t.deepEqual(tapCounts({ code: 1, output: tap(10, 2) }), { passed: 10, failed: 2 });
});

test('a runner that fails without naming a test counts as one failure', (t) => {
  t.deepEqual(cargoCounts({ code: 101, output: 'error: could not compile' }), { passed: 0, failed: 1 });
  t.deepEqual(tapCounts({ code: 1, output: tap(5, 0) }), { passed: 5, failed: 1 });
});

test('a runner that runs no test counts as one failure', (t) => {
  t.deepEqual(cargoCounts({ code: 0, output: cargo(0, 0) }), { passed: 0, failed: 1 });
  t.deepEqual(tapCounts({ code: 0, output: '' }), { passed: 0, failed: 1 });
});

test('a step without tests inside counts as one', (t) => {
  t.deepEqual(stepCounts({ code: 0, output: '' }), { passed: 1, failed: 0 });
  t.deepEqual(stepCounts({ code: 2, output: '' }), { passed: 0, failed: 1 });
});

test('of a failed run only what did not pass is shown', (t) => {
  t.is(withoutPassed('ok 1 - fine\nnot ok 2 - broken\n'), 'not ok 2 - broken\n');
  t.is(withoutPassed('test a ... ok\ntest b ... FAILED\n'), 'test b ... FAILED\n');
});
