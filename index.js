// ferroport: stands wherever `node:worker_threads` stood.
'use strict';

const threads = require('node:worker_threads');
require('./lib/connect');
const { wrapped } = require('./lib/marks');

// One by one, so that ES modules can import each by its name.
module.exports.MessageChannel = require('./lib/message-channel');
module.exports.MessagePort = require('./lib/message-port').MessagePort;
module.exports.receiveMessageOnPort = require('./lib/receive-message');
module.exports.serialize = require('./lib/serialize').serialize;
module.exports.deserialize = require('./lib/serialize').deserialize;
module.exports.Worker = threads.Worker;
module.exports.parentPort = threads.parentPort;
module.exports.workerData = threads.workerData;
