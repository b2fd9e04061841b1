'use strict';

// The core scenarios on Node, where what they expect is checked against the built-in, too. Bun and Deno have no built-in
// to ask: there the scenarios are run by runner.js.

const path = require('node:path');
const test = require('ava');
const { groups, implementation } = require('./groups');

const root = path.resolve(__dirname, '..', '..');

const libs = { ferroport: root, 'the built-in': 'node:worker_threads' };

for (const [name, module] of Object.entries(libs)) {
  const lib = implementation(module);
  for (const [group, scenarios] of Object.entries(groups)) {
    if (['additions', 'flow', 'blocking', 'calls', 'abort'].includes(group) && module !== root) continue;
    for (const [scenario, run] of Object.entries(scenarios)) {
      test.serial(`${group}: ${scenario} (${name})`, async (t) => {
        // Nobody waits for a 'close': runner.js has a timer running, too.
        const alive = setInterval(() => {}, 1000);
        try {
          await run(lib);
        } finally {
          clearInterval(alive);
        }
        t.pass();
      });
    }
  }
}
