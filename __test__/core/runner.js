'use strict';

// Runs the core scenarios on whatever runtime runs this: AVA runs on Node only.
//
//   <runtime> __test__/core/runner.js [part of a scenario's name]
//
// The closing line says how many passed and failed; a run without it has crashed or ended early. The collector has to be
// exposed as `gc`, or to be exposable.

const path = require('node:path');
const { groups, implementation } = require('./groups');

/** Longest time that one scenario may take, in milliseconds: what hangs must fail. An emulator needs more. */
const LIMIT = 60_000 * Number(process.env.TEST_PATIENCE ?? 1);

const lib = implementation(path.resolve(__dirname, '..', '..'));

const [, , part = ''] = process.argv;
let passed = 0;
let failed = 0;

/**
 * @param {string} name
 * @param {(lib: any) => unknown} scenario
 */
async function runScenario(name, scenario) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${LIMIT / 1000} seconds`)), LIMIT);
  });
  try {
    await Promise.race([scenario(lib), limit]);
    passed++;
    console.log(`ok ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${name}\n${/** @type {any} */ (error)?.stack ?? error}`);
  } finally {
    clearTimeout(timer);
  }
}

async function main() {
  for (const [group, scenarios] of Object.entries(groups)) {
    for (const [name, scenario] of Object.entries(scenarios)) {
      const full = `${group}: ${name}`;
      if (full.includes(part)) await runScenario(full, scenario);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
}

main();
