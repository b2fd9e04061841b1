// The export of node:worker_threads from which Node makes the ports that arrive through its own messaging.
'use strict';

const builtin = require('node:worker_threads');

/** Another copy of ferroport cannot take out what this one has packed. Node splits such names at the colon. */
const hiddenExport = `ferroport.MessagePort of ${__dirname}`.replaceAll(':', '|');

/** Read when the first one arrives. */
function defineHiddenExport() {
  Object.defineProperty(builtin, hiddenExport, {
    configurable: true,
    get: () => require('./transferable').Arrival,
  });
}

module.exports = { hiddenExport, defineHiddenExport };
