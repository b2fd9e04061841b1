// The names that node:worker_threads exports, told without loading that where nothing depends on loading it.
'use strict';

const nodeGlobals = require('./node-globals');

/** In all versions of Node since 20.19, in the order of Node 20's. */
const ALWAYS = [
  ...['isMainThread', 'MessagePort', 'MessageChannel', 'markAsUntransferable', 'moveMessagePortToContext'],
  ...['receiveMessageOnPort', 'resourceLimits', 'postMessageToThread', 'threadId', 'SHARE_ENV', 'Worker', 'parentPort'],
  ...['workerData', 'BroadcastChannel', 'setEnvironmentData', 'getEnvironmentData'],
];

/**
 * Those that have come later, with the release of each line that brought them (nodejs.org/api/worker_threads.html, "History"). A
 * line that is not named never got them.
 * @type {Record<string, Record<number, number>>}
 */
const ADDED = {
  isMarkedAsUntransferable: { 22: 0, 24: 0, 26: 0 },
  markAsUncloneable: { 22: 10, 24: 0, 26: 0 },
  isInternalThread: { 22: 14, 24: 0, 26: 0 },
  threadName: { 22: 20, 24: 6, 26: 0 },
  locks: { 24: 5, 26: 0 },
};

/** The lines of releases that are known to have no others. */
const LINES = [20, 22, 24, 26];

/**
 * @param {NodeJS.Process} process
 * @returns {string[] | undefined} undefined where they are not known, or where loading them cannot wait
 */
function namesWithoutLoading({ versions, abort }) {
  const [major, minor] = versions.node.split('.', 2).map(Number);
  const isKnown = LINES.includes(major) && versions.bun === undefined && versions.deno === undefined;
  // Node marks what workers may not call. The first message of one is read before its code runs.
  const isWorker = /** @type {any} */ (abort)?.disabled === true;
  if (!isKnown || isWorker || nodeGlobals !== globalThis) return undefined;
  return [...ALWAYS, ...Object.keys(ADDED).filter((name) => minor >= (ADDED[name][major] ?? Infinity))];
}

module.exports = { namesWithoutLoading };
