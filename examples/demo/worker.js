// A worker: counts and hashes the contents it is sent, and hands the control port on to the next worker.
'use strict';

const { createHash } = require('node:crypto');

const threads = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));
const { workerData } = threads;
const parentPort = /** @type {Port} */ (threads.parentPort);

/** After how many files the control port goes on to the next worker. */
const FILES_PER_VISIT = 50;

/**
 * @typedef {import('node:worker_threads').MessagePort} Port
 * @type {{ name: string, count: number, next: Port, previous: Port }}
 */
const { name, count, next, previous } = workerData;

/** This worker's account, as it will be given in the end. */
const account = { worker: name, files: 0, bytes: 0, visits: 0 };

/** @type {Port | null} the control port, while it is here */
let control = null;
let filesThisVisit = 0;

parentPort.on('message', (message) => {
  if (message.control) {
    take(message.control);
    return;
  }
  const result = examine(message.name, new Uint8Array(message.content));
  parentPort.postMessage(result);
  account.files++;
  account.bytes += result.bytes;
  if (control && ++filesThisVisit >= FILES_PER_VISIT) handOn({});
});

previous.on('message', ({ control: port, finished }) => {
  take(port);
  if (finished) finish(finished);
});

/** @param {Port} port */
function take(port) {
  control = port;
  filesThisVisit = 0;
  account.visits++;
  // Whatever was queued in the port came along with it: 'finish' finds the worker that has it.
  port.on('message', () => finish([]));
}

/** @param {{ finished?: string[] }} note names of the workers that have ended, when the end goes round */
function handOn(note) {
  const port = /** @type {Port} */ (control);
  control = null;
  next.postMessage({ control: port, ...note }, [port]);
}

/**
 * Gives the account, sends the control port on, or closes it as the last, and lets this thread end.
 * @param {string[]} finished names of the workers that ended before
 */
function finish(finished) {
  control?.postMessage(account);
  if (finished.length + 1 === count) control?.close();
  else handOn({ finished: [...finished, name] });
  for (const port of [next, previous, parentPort]) port.close();
}

/**
 * @param {string} path
 * @param {Uint8Array} content
 * @returns {import('./analyse').FileResult}
 */
function examine(path, content) {
  let lines = 0;
  for (let i = 0; i < content.length; i++) if (content[i] === 10) lines++;
  if (content.length > 0 && content[content.length - 1] !== 10) lines++;
  return { path, bytes: content.length, lines, sha256: createHash('sha256').update(content).digest('hex') };
}
