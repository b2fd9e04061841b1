'use strict';

// A test file of this runner that requires the package.

const scenarios = require('./scenarios');

for (const [title, run] of Object.entries(scenarios(require('ferroport')))) test(title, run);
