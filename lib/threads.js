// This thread's parentPort and workerData.
'use strict';

const threads = /** @type {any} */ (require('node:worker_threads'));
const { syncBuiltinESMExports } = require('node:module');
require('./connect');
const delivery = require('./delivery');
const { make } = require('./message-port');
const native = require('./native');
const sidecar = require('./sidecar');
const { open } = require('./worker/envelope');
const { remember, restoreExecArgv } = require('./worker/preload');

const envelope = open(threads.workerData);
// Not ours: what only looks like one, or what another copy of ferroport has sent and will open.
const key = envelope === undefined ? 0 : native.claim(envelope.token);

if (envelope !== undefined && key !== 0) {
  sidecar.bring(key, envelope.companion);
  remember(envelope.execArgv);
  if (envelope.nodeOptions !== undefined) process.env.NODE_OPTIONS = envelope.nodeOptions;
  // Posted before the token was given away.
  const first = /** @type {{ message: any }} */ (delivery.receive(key));
  // On the built-in module, for code that knows no other.
  threads.parentPort = make(key);
  threads.workerData = first.message;
  syncBuiltinESMExports();
}
restoreExecArgv();

module.exports = { parentPort: threads.parentPort, workerData: threads.workerData };
