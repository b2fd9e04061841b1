'use strict';

require('ferroport/register');
const test = require('node:test');
const hooked = require('./hooked');

for (const [title, run] of Object.entries(hooked(require('ferroport')))) test(title, run);
