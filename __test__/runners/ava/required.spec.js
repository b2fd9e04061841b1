'use strict';

// A test file of this runner that requires the package.

const test = require('ava');
const scenarios = require('./scenarios');

for (const [title, run] of Object.entries(scenarios(require('ferroport')))) test(title, (t) => t.notThrowsAsync(run()));
