// Runs first in a worker of ours, and in whatever inherits its execArgv: workers of Node's own, Node's hook threads.
'use strict';

const { workerData } = require('node:worker_threads');

// Those others have no use for the addon.
if (require('./through-node/envelope').open(workerData) !== undefined) require('./worker/this-thread');
else require('./worker/preload').restoreExecArgv();
if (require('./through-node/reach').isInherited()) require('../register');
