// A worker: one that reads files and tells the indexers each word of them, or one that keeps a part of the index.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const threads = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));
const { workerData } = threads;
const parentPort = /** @type {Port} */ (threads.parentPort);

/**
 * @typedef {import('node:worker_threads').MessagePort} Port
 * @typedef {{ word: string, file: number, count: number }} Posting a word, and how often a file has it
 * @typedef {{ read: number, post: number, receive: number }} Seconds
 */

/** What takes the time, in seconds of this thread. */
const seconds = { read: 0, post: 0, receive: 0 };

const WORD = /[\p{L}_][\p{L}\p{N}_]*/gu;

/**
 * @param {string} text
 * @returns {Map<string, number>} how often each word stands in it
 */
function countWords(text) {
  const counts = new Map();
  for (const word of text.match(WORD) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/**
 * @param {string} word
 * @returns {number} the same for the same word, 32 bits
 */
function hash(word) {
  let hash = 0;
  for (let i = 0; i < word.length; i++) hash = (Math.imul(hash, 31) + word.charCodeAt(i)) | 0;
  return hash >>> 0;
}

/** @param {{ folder: string, ports: Port[] }} data a port to each indexer */
function readFiles({ folder, ports }) {
  parentPort.on('message', ({ file, name }) => {
    if (file === undefined) {
      parentPort.postMessage({ seconds });
      for (const port of [...ports, parentPort]) port.close();
      return;
    }
    const began = performance.now();
    const counts = countWords(fs.readFileSync(path.join(folder, name), 'utf8'));
    const postings = /** @type {Posting[][]} */ (ports.map(() => []));
    for (const [word, count] of counts) postings[hash(word) % ports.length].push({ word, file, count });
    const read = performance.now();
    postings.forEach((list, index) => {
      for (const posting of list) ports[index].postMessage(posting);
      ports[index].postMessage({ file });
    });
    seconds.read += (read - began) / 1000;
    seconds.post += (performance.now() - read) / 1000;
  });
}

/** @param {{ ports: Port[] }} data a port to each reader */
function keepIndex({ ports }) {
  /** @type {Map<string, { total: number, files: number[] }>} */
  const index = new Map();
  let postings = 0;

  const add = (/** @type {Posting} */ { word, file, count }) => {
    postings++;
    const entry = index.get(word);
    if (entry === undefined) {
      index.set(word, { total: count, files: [file] });
    } else {
      entry.total += count;
      entry.files.push(file);
    }
  };
  for (const port of ports) {
    port.on('message', (/** @type {Posting | { file: number }} */ message) => {
      // A file's last message is only its number.
      if ('word' in message) add(message);
      else parentPort.postMessage({ file: message.file });
    });
  }
  parentPort.on('message', () => {
    const { active } = performance.eventLoopUtilization();
    seconds.receive = active / 1000;
    parentPort.postMessage({ seconds, part: partOf(index, postings) });
    for (const port of [...ports, parentPort]) port.close();
  });
}

/**
 * @typedef {object} Part of the index, as it is shown and compared
 * @property {number} words
 * @property {number} postings
 * @property {number} checksum of words, of how often they are there and where; the same whatever came first
 * @property {{ word: string, total: number, files: number }[]} top the most frequent ones
 */

/**
 * @param {Map<string, { total: number, files: number[] }>} index
 * @param {number} postings
 * @returns {Part}
 */
function partOf(index, postings) {
  let checksum = 0;
  const all = [];
  for (const [word, { total, files }] of index) {
    const places = files.reduce((sum, file) => (sum + Math.imul(file + 1, 2654435761)) | 0, 0);
    checksum = (checksum + Math.imul(hash(word) ^ places, total)) | 0;
    all.push({ word, total, files: files.length });
  }
  const top = all.sort((a, b) => b.total - a.total || (a.word < b.word ? -1 : 1)).slice(0, workerData.shown);
  return { words: index.size, postings, checksum: checksum >>> 0, top };
}

if (workerData.folder === undefined) keepIndex(workerData);
else readFiles(workerData);
