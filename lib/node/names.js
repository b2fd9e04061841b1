// The names that node:worker_threads exports, told without loading that where nothing depends on loading it.
'use strict';

const nodeGlobals = require('../language/node-globals');

/** In all versions since 20.19. */
const ALWAYS = { 20: 0, 22: 0, 24: 0, 26: 0 };

/**
 * In Node's order, with the release of each line that brought them (nodejs.org/api/worker_threads.html, "History"). A line that
 * is not named never got them.
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
  return Object.keys(NAMES).filter((name) => minor >= (NAMES[name][major] ?? Infinity));
}

module.exports = { namesWithoutLoading };
