// The worker of synckit's side: returns what it gets.
'use strict';

const { runAsWorker } = require('synckit');

runAsWorker((/** @type {any} */ value) => value);
