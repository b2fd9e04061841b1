// The names that node:worker_threads exports. They are known without loading that module, where nothing depends on its
// being loaded.
'use strict';

const nodeGlobals = require('../language/node-globals');

/** The release of each line that brought an export: all lines since 20.19 have it from the start. */
const ALWAYS = { 20: 0, 22: 0, 24: 0, 26: 0 };

/**
 * The exports in Node's order, with the release of each line that brought them (nodejs.org/api/worker_threads.html,
 * "History"). A line that is missing never got the export.
 * @type {Record<string, Record<number, number>>}
 */
const NAMES = {
  isInternalThread: { 22: 14, 24: 0, 26: 0 },
  isMainThread: ALWAYS,
  MessagePort: ALWAYS,
  MessageChannel: ALWAYS,
  markAsUncloneable: { 22: 10, 24: 0, 26: 0 },
  markAsUntransferable: ALWAYS,
  isMarkedAsUntransferable: { 22: 0, 24: 0, 26: 0 },
  moveMessagePortToContext: ALWAYS,
  receiveMessageOnPort: ALWAYS,
  resourceLimits: ALWAYS,
  postMessageToThread: ALWAYS,
  threadId: ALWAYS,
  threadName: { 22: 20, 24: 6, 26: 0 },
  SHARE_ENV: ALWAYS,
  Worker: ALWAYS,
  parentPort: ALWAYS,
  workerData: ALWAYS,
  BroadcastChannel: ALWAYS,
  setEnvironmentData: ALWAYS,
  getEnvironmentData: ALWAYS,
  locks: { 24: 5, 26: 0 },
};

/** The lines of releases whose exports are all in the table. */
const LINES = [20, 22, 24, 26];

/**
 * @param {NodeJS.Process} process
 * @returns {string[] | undefined} undefined if the names are not known, or if the module must be loaded at once
 */
function namesWithoutLoading({ versions, abort }) {
  const [major, minor] = versions.node.split('.', 2).map(Number);
  const isKnown = LINES.includes(major) && versions.bun === undefined && versions.deno === undefined;
  // Node marks the functions that workers may not call. A worker's first message is read before its code runs.
  const isWorker = /** @type {any} */ (abort)?.disabled === true;
  if (!isKnown || isWorker || nodeGlobals !== globalThis) return undefined;
  return Object.keys(NAMES).filter((name) => minor >= (NAMES[name][major] ?? Infinity));
}

module.exports = { namesWithoutLoading };
