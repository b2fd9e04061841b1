// npm run bench -- flow [name]...: what the bounds of queues are for. Not part of the other groups: these cases take seconds each, and
// are measured in megabytes and in how long somebody waits.
'use strict';

const { existsSync } = require('node:fs');
const path = require('node:path');

/** The cases, by their files. Each file exports `run(write)`, which prints lines and gives whether all floors have held. */
const CASES = ['bounds', 'iteration', 'streams'];

/** @param {string[]} names none for all */
async function main(names) {
  for (const name of CASES) {
    const file = path.join(__dirname, `${name}.js`);
    if ((names.length > 0 && !names.includes(name)) || !existsSync(file)) continue;
    const held = await require(file).run((/** @type {string} */ line) => console.log(line));
    if (!held) process.exitCode = 1;
  }
}

module.exports = { main };
