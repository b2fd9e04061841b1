// This thread's parentPort and workerData.
'use strict';

const threads = /** @type {any} */ (require('node:worker_threads'));
require('../connect');
const native = require('../native/native');
const { open } = require('../through-node/envelope');

// What others say of where a port of this thread is.
if (typeof threads.threadId === 'number') native.setThread(threads.threadId);
const envelope = open(threads.workerData);
// The key is 0 if workerData only looks like an envelope, or if another copy of ferroport has sent it and will open it.
const key = envelope === undefined ? 0 : native.claim(envelope.token);

if (envelope !== undefined && key !== 0) {
  const { companion, execArgv, nodeOptions } = envelope;
  require('../channel/mailbox').bring(key, companion);
  require('./preload').remember(execArgv);
  if (nodeOptions !== undefined) process.env.NODE_OPTIONS = nodeOptions;
  // The parent has posted workerData before it gave the token away, so the message is there.
  const first = /** @type {{ message: any }} */ (require('../delivery/receive').receive(key));
  // On Node's own module, for code that knows no other.
  threads.parentPort = require('../post/message-port').make(key);
  threads.workerData = first.message;
  syncBuiltins();
}
if (!threads.isMainThread) require('./preload').restoreExecArgv();

/**
 * Lets ES modules see the new exports, too. On Node, the class of this module does it without loading node:module; not
 * every runtime has that.
 */
function syncBuiltins() {
  const { syncBuiltinESMExports } = /** @type {any} */ (module.constructor);
  (syncBuiltinESMExports ?? require('node:module').syncBuiltinESMExports)();
}

module.exports = { parentPort: threads.parentPort, workerData: threads.workerData };
