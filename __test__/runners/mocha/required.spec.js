'use strict';

const scenarios = require('./scenarios');

for (const [title, run] of Object.entries(scenarios(require('ferroport')))) it(title, run);
