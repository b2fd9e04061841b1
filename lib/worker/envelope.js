// What Node's Worker carries as workerData for ours.
'use strict';

const TOKEN = 'ferroport.worker';

/**
 * @typedef {object} Envelope
 * @property {string} token of the parked endpoint that becomes parentPort; the real workerData is its first message
 * @property {string[] | undefined} execArgv what process.execArgv is to show, where it differs from what Node was given
 */

/**
 * @param {Envelope} envelope
 * @returns {unknown} the workerData for Node
 */
const seal = ({ token, execArgv }) => ({ [TOKEN]: token, execArgv });

/**
 * @param {any} workerData of this thread, as Node gives it
 * @returns {Envelope | undefined} undefined if it is no envelope
 */
function open(workerData) {
  const token = workerData?.[TOKEN];
  return typeof token === 'string' ? { token, execArgv: workerData.execArgv } : undefined;
}

module.exports = { seal, open };
