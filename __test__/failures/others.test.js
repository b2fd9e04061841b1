'use strict';

// What else may happen in the middle of an operation.

const { BUILT_IN, SEED, declare } = require('./declare');
const { alone } = require('./plans');

for (const [driver, { title, few, execArgv }] of Object.entries(alone)) {
  declare(title, { driver, seed: SEED, attempts: few, builtIn: BUILT_IN }, { execArgv });
}
