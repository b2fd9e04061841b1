'use strict';

// Where deprecations are shown, or end the program, ferroport shows none of its own, and hides none of the program's.

const path = require('node:path');
const test = require('ava');
const { same } = require('./sides');

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
