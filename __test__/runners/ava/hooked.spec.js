'use strict';

require('ferroport/register');
const test = require('ava');
const hooked = require('./hooked');

for (const [title, run] of Object.entries(hooked(require('ferroport')))) test(title, (t) => t.notThrowsAsync(run()));
