// postMessageToThread: Node's, which takes ports of ferroport, too.
'use strict';

const { original } = require('../node/threads');
const { apply } = require('../language/intrinsics');
const { isAnyPort } = require('../copies/own');

/** undefined on Node 22.0 to 22.4, and on other runtimes. */
const node = /** @type {any} */ (original).postMessageToThread;

/**
 * Sends a value to another thread of the process, which hears it as `process.on('workerMessage')`.
 *
 * In a thread with the hook, a port of ferroport arrives as one. In any other thread it arrives as a port of Node's,
 * and this thread hands on what is posted to its peer, see docs/compatibility.md.
 * @param {any} threadId
 * @param {any} value
 * @param {any} [transferList] may be left out
 * @param {any} [timeout] in milliseconds
 * @returns {Promise<void>} rejects as Node's; the ports close then
 */
async function postMessageToThread(threadId, value, transferList, timeout) {
  if (typeof transferList !== 'object' || transferList === null) return apply(node, undefined, arguments);
  const { hasSome, transferListOf } = require('../post/transfer-list');
  const items = transferListOf(transferList);
  if (!hasSome(items, isAnyPort)) return node(threadId, value, items, timeout);
  const { messageForNode } = require('../through-node/packing');
  const message = messageForNode(value, items, 'served');
  try {
    return await node(threadId, message.value, message.items, timeout);
  } catch (error) {
    // The posting has failed, so nobody else has these ports.
    for (let i = 0; i < message.packed.length; i++) message.packed[i].close();
    throw error;
  }
}

module.exports = node === undefined ? undefined : postMessageToThread;
