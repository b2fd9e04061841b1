// Runs first in a worker of ferroport's. Threads that inherit the worker's execArgv run this file, too: workers of
// Node's own, and the threads of Node's module hooks.
'use strict';

const { workerData } = require('node:worker_threads');

// Only a worker of ferroport's needs the addon.
if (require('./through-node/envelope').open(workerData) !== undefined) require('./worker/this-thread');
else require('./worker/preload').restoreExecArgv();
if (require('./through-node/reach').isInherited()) require('../register');
