// Runs one case, named on the command line, and sends its results to the parent.
'use strict';

const { findCase } = require('../cases');
const { runCase } = require('../rounds');

const [, , trial, name, settings] = process.argv;

runCase(findCase(trial, name), JSON.parse(settings)).then((results) => {
  // What the case has left open, ports by the ten thousand for one, ends here.
  process.send?.(results, () => process.exit());
});
