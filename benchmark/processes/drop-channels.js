// Makes and drops channels, a few thousand at a time, with collections and turns of the event loop in between.
'use strict';

const { setImmediate: turn } = require('node:timers/promises');
const { collect, memory, printGrowth } = require('./memory');

const AT_ONCE = 5_000;

/**
 * Prints by how much the memory grew over `count` channels, after a tenth of that to fill pools and tables.
 * @param {() => void} make makes a channel and forgets it
 * @param {number} count
 * @returns {Promise<never>}
 */
async function dropChannels(make, count) {
  await makeMany(make, count / 10);
  const before = await memory();
  await makeMany(make, count);
  await printGrowth(before);
  process.exit();
}

/**
 * @param {() => void} make
 * @param {number} count
 */
async function makeMany(make, count) {
  for (let made = 0; made < count; made++) {
    make();
    if (made % AT_ONCE === AT_ONCE - 1) {
      collect();
      await turn();
      await turn();
    }
  }
}

module.exports = { dropChannels };
