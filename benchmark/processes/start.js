// Starts a process that answers with messages, and makes its end a failure for whoever waits for one.
'use strict';

const { fork } = require('node:child_process');
const path = require('node:path');

/**
 * @param {string} file beside this one
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, flags?: string[] }} [settings] what is in its environment beside this process's own, and
 *   Node's options
 */
function startProcess(file, args, { env, flags = [] } = {}) {
  const child = fork(path.join(__dirname, file), args, { env: { ...process.env, ...env }, execArgv: flags });
  return {
    /** @param {string} message */
    send: (message) => child.send(message),
    /** @returns {Promise<any>} the next message */
    answer: () =>
      new Promise((resolve, reject) => {
        const ended = (/** @type {number | null} */ code) => reject(new Error(`${args.join(': ')} ended with ${code}`));
        child.once('exit', ended);
        child.once('message', (message) => {
          child.off('exit', ended);
          resolve(message);
        });
      }),
    close: () => child.connected && child.disconnect(),
  };
}

module.exports = { startProcess };
