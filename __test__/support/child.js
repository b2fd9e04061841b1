'use strict';

// The main program of a scenario's own process: runs the scenario it finds in its environment, writes notes as JSON lines.

const fs = require('node:fs');
const { context, load } = require('./observe');

const { PARITY_MODULE, PARITY_SCENARIO, PARITY_NOTES } = process.env;

const note = (entry) => fs.appendFileSync(PARITY_NOTES, `${JSON.stringify(entry)}\n`);

const scenario = new Function('require', `return (${PARITY_SCENARIO});`)(require);

scenario(context(load(PARITY_MODULE), note));
