// Runs first in a worker of ours, and in whatever inherits its execArgv: workers of Node's own, Node's hook threads.
'use strict';

const { workerData } = require('node:worker_threads');

// Those others have no use for the addon.
if (require('./envelope').open(workerData) !== undefined) require('../threads');
else require('./preload').restoreExecArgv();
if (require('../register/reach').isInherited()) require('../../register');
