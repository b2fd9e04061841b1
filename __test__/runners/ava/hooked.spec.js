'use strict';

// The hook in this runner: what a test file requires as node:worker_threads is ferroport's.

require('ferroport/register');
const test = require('ava');
const hooked = require('./hooked');

for (const [title, run] of Object.entries(hooked(require('ferroport')))) test(title, (t) => t.notThrowsAsync(run()));
