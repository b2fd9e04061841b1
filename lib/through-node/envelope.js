// What Node's Worker carries as workerData for ours.
'use strict';

const TOKEN = 'ferroport.worker';

/**
 * @typedef {object} Envelope
 * @property {string} token of the parked endpoint that becomes parentPort; the real workerData is its first message
 * @property {import('../channel/sidecar').Companion} companion what goes along with the endpoint
 * @property {string[] | undefined} execArgv what process.execArgv is to show, unless it is the list without bootstrap
 * @property {string | undefined} nodeOptions what process.env.NODE_OPTIONS is to be, unless it is as it should be
 */

/**
 * @param {Envelope} envelope
 * @returns {unknown} the workerData for Node
 */
const seal = ({ token, ...others }) => ({ [TOKEN]: token, ...others });

/**
 * @param {any} workerData of this thread, as Node gives it
 * @returns {Envelope | undefined} undefined if it is no envelope
 */
function open(workerData) {
  const token = workerData?.[TOKEN];
  if (typeof token !== 'string') return undefined;
  const { companion, execArgv, nodeOptions } = workerData;
  return { token, companion, execArgv, nodeOptions };
}

module.exports = { seal, open };
