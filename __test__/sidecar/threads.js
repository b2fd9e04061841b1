'use strict';

// Threads of Node that use ferroport by themselves, and ports that are carried into them.

const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { MessagePort } = require('../..');

/**
 * Starts a thread of Node's that runs the body of a function of `(ferroport, port, workerData)`, `port` being `port` there.
 * @param {any} port of ferroport
 * @param {Function} body
 * @param {object} [data]
 */
function startThread(port, body, data = {}) {
  const carrier = MessagePort.toNode(port);
  const code = `
    const { workerData } = require('node:worker_threads');
    const ferroport = require(${JSON.stringify(path.join(__dirname, '..', '..'))});
    (${body})(ferroport, ferroport.MessagePort.fromNode(workerData.carrier), workerData);
  `;
  const worker = new Worker(code, { eval: true, workerData: { ...data, carrier }, transferList: [carrier] });
  const ended = new Promise((resolve, reject) => worker.on('error', reject).on('exit', resolve));
  return { worker, ended };
}

module.exports = { startThread };
