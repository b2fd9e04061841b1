'use strict';

// Where deprecations are shown, or end the program, ferroport shows none of its own, and hides none of the program's.

const path = require('node:path');
const test = require('ava');
const { REGISTER, node, same } = require('./sides');

const STRICT = path.join(__dirname, 'strict.js');
const USES = path.join(__dirname, 'uses.js');

for (const flags of [
  ['--pending-deprecation', '--throw-deprecation'],
  ['--pending-deprecation', '--trace-deprecation', '--no-warnings'],
  ['--pending-deprecation', '--no-deprecation'],
]) {
  same(test.serial, flags.join(' '), STRICT, { flags });
}

same(test.serial, 'pending deprecations by the environment', STRICT, { env: { NODE_PENDING_DEPRECATION: '1' } });

same(test.serial, 'all that the program of the other flags does', USES, {
  flags: ['--pending-deprecation', '--throw-deprecation'],
});

/** How the hook can come, and whether it is in every thread then. */
const WAYS = [
  { flags: ['--require', REGISTER], isEverywhere: true },
  { flags: ['--stack-trace-limit=1', '--enable-source-maps', '--require', REGISTER], isEverywhere: true },
  { flags: ['--import', REGISTER], isEverywhere: false },
  { flags: ['--require', REGISTER], env: { FERROPORT_DISABLE: '1' }, isEverywhere: false },
];

test('the hook finds out without a deprecated property whether it is in every thread', async (t) => {
  const asking = `const { getEnvironmentData } = process.getBuiltinModule('node:worker_threads');
    console.log(getEnvironmentData('ferroport.everywhere') !== undefined);`;
  for (const { flags, env, isEverywhere } of WAYS) {
    const all = ['--pending-deprecation', '--throw-deprecation', ...flags, '--eval', asking];
    const { code, stdout, stderr } = await node(all, env);
    t.deepEqual(
      { code, stderr, isEverywhere: stdout.trim() },
      { code: 0, stderr: '', isEverywhere: `${isEverywhere}` },
    );
  }
});
