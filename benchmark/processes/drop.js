// Drops channels that nobody used, and prints what is left of them.
'use strict';

const { dropChannels } = require('./drop-channels');

const threads = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

dropChannels(() => void new threads.MessageChannel(), Number(process.argv[3]));
