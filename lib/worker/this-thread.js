// This thread's parentPort and workerData.
'use strict';

const threads = /** @type {any} */ (require('node:worker_threads'));
require('../connect');
const native = require('../native/native');
const { open } = require('../through-node/envelope');

// What others say of where a port of this thread is.
if (typeof threads.threadId === 'number') native.setThread(threads.threadId);
const envelope = open(threads.workerData);
// Not ours: what only looks like one, or what another copy of ferroport has sent and will open.
const key = envelope === undefined ? 0 : native.claim(envelope.token);

if (envelope !== undefined && key !== 0) {
  const { companion, execArgv, nodeOptions } = envelope;
  require('../channel/mailbox').bring(key, companion);
  require('./preload').remember(execArgv);
  if (nodeOptions !== undefined) process.env.NODE_OPTIONS = nodeOptions;
  // Posted before the token was given away.
  const first = /** @type {{ message: any }} */ (require('../delivery/receive').receive(key));
  // On the built-in module, for code that knows no other.
  threads.parentPort = require('../post/message-port').make(key);
  threads.workerData = first.message;
  syncBuiltins();
}
if (!threads.isMainThread) require('./preload').restoreExecArgv();

/** ES modules see it, too. Node's class of modules can do it without the loading of node:module, but not on every runtime. */
function syncBuiltins() {
  const { syncBuiltinESMExports } = /** @type {any} */ (module.constructor);
  (syncBuiltinESMExports ?? require('node:module').syncBuiltinESMExports)();
}

module.exports = { parentPort: threads.parentPort, workerData: threads.workerData };
