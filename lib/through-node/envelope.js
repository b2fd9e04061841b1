// Envelopes: what Node's Worker carries as workerData for a Worker of ferroport's.
'use strict';

const TOKEN = 'ferroport.worker';

/**
 * @typedef {object} Envelope
 * @property {string} token of the parked endpoint that becomes parentPort's; the program's workerData is its first
 *   message
 * @property {import('../channel/sidecar').Companion} companion of that endpoint
 * @property {string[] | undefined} execArgv what process.execArgv is to show; undefined if it is the list without the
 *   bootstrap
 * @property {string | undefined} nodeOptions what process.env.NODE_OPTIONS is to be; undefined if it is to stay
 */

/**
 * @param {Envelope} envelope
 * @returns {unknown} the workerData for Node
 */
const seal = ({ token, ...others }) => ({ [TOKEN]: token, ...others });

/**
 * @param {any} workerData of this thread, as Node gives it
 * @returns {Envelope | undefined} undefined if workerData is no envelope
 */
function open(workerData) {
  const token = workerData?.[TOKEN];
  if (typeof token !== 'string') return undefined;
  const { companion, execArgv, nodeOptions } = workerData;
  return { token, companion, execArgv, nodeOptions };
}

module.exports = { seal, open };
