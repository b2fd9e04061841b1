'use strict';

const test = require('ava');
const scenarios = require('./scenarios');

for (const [title, run] of Object.entries(scenarios(require('ferroport')))) test(title, (t) => t.notThrowsAsync(run()));
