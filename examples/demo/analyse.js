// One run of the job: reads files, gives their contents to the workers, collects what they found.
'use strict';

const fs = require('node:fs/promises');
const { constants } = require('node:fs');
const path = require('node:path');
const { Crew } = require('./crew');
const { errorCode } = require('./list-files');

/** How many files each worker has before it at a time: enough to stay busy, few enough to hold in memory. */
const AHEAD = 8;

// Should a file have become a pipe since it was listed, opening it must not wait for a writer.
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * @typedef {{ path: string, bytes: number, lines: number, sha256: string }} FileResult what a worker finds out
 * @typedef {object} Run
 * @property {FileResult[]} results in the order of the files
 * @property {import('./list-files').Problem[]} unreadable files that could not be read, in the order of the files
 * @property {number} seconds from starting the first worker to the end of the last
 * @property {number} visits how often a worker took the control port
 * @property {(string | number)[][]} workers one row each: its name, files, bytes, visits
 */

/**
 * @param {string} moduleName 'ferroport' or 'node:worker_threads'
 * @param {string} folder
 * @param {string[]} files relative to the folder
 * @param {{ workers: number, onFile: () => void }} options `onFile` is called once per file, read or not
 * @returns {Promise<Run>} rejects when a worker fails
 */
async function analyse(moduleName, folder, files, { workers, onFile }) {
  const began = performance.now();
  const crew = new Crew(moduleName, workers);
  const results = /** @type {FileResult[]} */ (new Array(files.length));
  const unreadable = /** @type {import('./list-files').Problem[]} */ (new Array(files.length));
  let next = 0;

  // Each lane feeds one worker, one file after the other; the lanes share one list.
  const lane = async (/** @type {number} */ index) => {
    while (next < files.length) {
      const turn = next++;
      const name = files[turn];
      const content = await read(path.join(folder, name)).catch(errorCode);
      if (typeof content === 'string') unreadable[turn] = { path: name, code: content };
      else results[turn] = await crew.give(index % workers, name, content);
      onFile();
    }
  };
  try {
    await Promise.race([crew.failure, Promise.all(Array.from({ length: workers * AHEAD }, (_, index) => lane(index)))]);
    const rows = await Promise.race([crew.failure, crew.finish()]);
    return {
      results: results.filter(Boolean),
      unreadable: unreadable.filter(Boolean),
      seconds: (performance.now() - began) / 1000,
      visits: rows.reduce((sum, { visits }) => sum + visits, 0),
      workers: rows.map(({ worker, files, bytes, visits }) => [worker, files, bytes, visits]),
    };
  } finally {
    await crew.dismiss();
  }
}

/**
 * @param {string} file
 * @returns {Promise<ArrayBuffer>} the contents, in memory that nothing else uses, so that it can be transferred
 */
async function read(file) {
  const bytes = await fs.readFile(file, { flag: /** @type {any} */ (READ) });
  const memory = /** @type {ArrayBuffer} */ (bytes.buffer);
  const whole = bytes.byteLength > 0 && bytes.byteLength === memory.byteLength;
  return whole ? memory : memory.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

module.exports = { analyse };
