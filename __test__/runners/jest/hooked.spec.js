'use strict';

require('ferroport/register');
const hooked = require('./hooked');

for (const [title, run] of Object.entries(hooked(require('ferroport')))) test(title, run);
