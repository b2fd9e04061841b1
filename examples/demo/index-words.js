// One run of the job: readers and indexers are started, files are handed out, and the parts of the index put together.
'use strict';

const path = require('node:path');

/** How many files each reader has before it at a time: enough to stay busy, few enough to hold their words in memory. */
const AHEAD = 4;

/** How many of the most frequent words are shown. */
const SHOWN = 10;

/**
 * @typedef {import('./worker').Part} Part
 * @typedef {import('./worker').Seconds} Seconds
 * @typedef {import('node:worker_threads').Worker} Worker
 *
 * @typedef {object} Run
 * @property {Part} index of all files
 * @property {number} messages that the workers and this thread have sent
 * @property {number} seconds from starting the first worker to the end of the last
 * @property {number} processor seconds of processor time in the meantime, of all threads, for the program and for the system
 * @property {Seconds} spent in all workers together
 */

/**
 * @param {string} moduleName 'ferroport' or 'node:worker_threads'
 * @param {string} folder
 * @param {string[]} files text files, relative to the folder
 * @param {{ readers: number, indexers: number, onFile: () => void }} options `onFile` is called once per file
 * @returns {Promise<Run>} rejects when a worker fails
 */
async function indexWords(moduleName, folder, files, { readers, indexers, onFile }) {
  const threads = /** @type {typeof import('node:worker_threads')} */ (require(moduleName));
  const began = performance.now();
  const before = process.cpuUsage();
  const channels = Array.from({ length: readers }, () =>
    Array.from({ length: indexers }, () => new threads.MessageChannel()),
  );
  /** @type {(data: { ports: import('node:worker_threads').MessagePort[], folder?: string }) => Worker} */
  const start = (data) =>
    new threads.Worker(path.join(__dirname, 'worker.js'), {
      argv: [moduleName],
      workerData: { ...data, shown: SHOWN },
      transferList: data.ports,
    });
  const reading = channels.map((row) => start({ folder, ports: row.map(({ port1 }) => port1) }));
  const keeping = Array.from({ length: indexers }, (_, index) =>
    start({ ports: channels.map((row) => row[index].port2) }),
  );
  const workers = [...reading, ...keeping];

  try {
    const ends = workers.map(ended);
    await Promise.race([Promise.all(ends), handOut(files, reading, keeping, onFile)]);
    // In this order: when all files are in the index, nothing is on its way between the workers any more.
    const accounts = workers.map(accountOf);
    for (const worker of workers) worker.postMessage({});
    const told = await Promise.race([Promise.all(ends).then(() => Promise.all(accounts)), Promise.all(accounts)]);
    await Promise.all(ends);
    const index = together(told.flatMap(({ part }) => part ?? []));
    const { user, system } = process.cpuUsage(before);
    return {
      index,
      // Beside the words: each file to its reader, its end to each indexer and from there to this thread.
      messages: index.places + files.length * (1 + 2 * indexers),
      seconds: (performance.now() - began) / 1000,
      processor: (user + system) / 1e6,
      spent: {
        read: sum(told.map(({ seconds }) => seconds.read)),
        post: sum(told.map(({ seconds }) => seconds.post)),
        receive: sum(told.map(({ seconds }) => seconds.receive)),
      },
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/**
 * Gives the readers the files, each the next one when one of its own is in the index.
 * @param {string[]} files
 * @param {Worker[]} reading
 * @param {Worker[]} keeping
 * @param {() => void} onFile
 * @returns {Promise<void>} resolves when all are in the index
 */
function handOut(files, reading, keeping, onFile) {
  const left = new Array(files.length).fill(keeping.length);
  let next = 0;
  let done = 0;
  return new Promise((resolve) => {
    const give = (/** @type {number} */ reader) => {
      if (next === files.length) return;
      reading[reader].postMessage({ file: next, name: files[next] });
      readerOf[next++] = reader;
    };
    const readerOf = /** @type {number[]} */ ([]);
    for (const worker of keeping) {
      worker.on('message', ({ file }) => {
        if (file === undefined || --left[file] > 0) return;
        onFile();
        give(readerOf[file]);
        if (++done === files.length) resolve();
      });
    }
    for (let turn = 0; turn < AHEAD; turn++) for (const reader of reading.keys()) give(reader);
  });
}

/**
 * @param {Worker} worker
 * @returns {Promise<void>} rejects when it fails
 */
const ended = (worker) =>
  new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });

/**
 * @param {Worker} worker
 * @returns {Promise<{ seconds: Seconds, part?: Part }>} what it says in the end
 */
const accountOf = (worker) =>
  new Promise((resolve) => {
    worker.on('message', (message) => {
      if (message.seconds !== undefined) resolve(message);
    });
  });

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/**
 * @param {Part[]} parts which have no word in common
 * @returns {Part}
 */
function together(parts) {
  return {
    words: sum(parts.map(({ words }) => words)),
    places: sum(parts.map(({ places }) => places)),
    checksum: sum(parts.map(({ checksum }) => checksum)) % 2 ** 32,
    top: parts
      .flatMap(({ top }) => top)
      .sort((a, b) => b.times - a.times || (a.word < b.word ? -1 : 1))
      .slice(0, SHOWN),
  };
}

module.exports = { indexWords };
