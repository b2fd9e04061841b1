// Starts a thread of a trial on one side, with a port of that side between here and there.
'use strict';

const path = require('node:path');

/**
 * @param {import('../rounds').Side} side
 * @param {string} file beside this one
 * @param {object} [settings] which the thread finds in its workerData
 * @returns {{ port: import('node:worker_threads').MessagePort, close: () => Promise<unknown> }}
 */
function startThread({ module, threads }, file, settings) {
  const { port1, port2 } = new threads.MessageChannel();
  const worker = new threads.Worker(path.join(__dirname, file), {
    argv: [module],
    workerData: { port: port2, ...settings },
    transferList: [port2],
  });
  worker.on('error', (error) => {
    throw error;
  });
  return { port: port1, close: () => worker.terminate() };
}

module.exports = { startThread };
