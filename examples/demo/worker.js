// A worker: one that reads files and tells the indexers each word of them, or one that keeps a part of the index.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const threads = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));
const { workerData } = threads;
const parentPort = /** @type {Port} */ (threads.parentPort);

/**
 * @typedef {import('node:worker_threads').MessagePort} Port
 * @typedef {{ word: string, file: number, line: number }} Place of a word
 * @typedef {{ read: number, post: number, receive: number }} Seconds
 */

/** What takes the time, in seconds of this thread. */
const seconds = { read: 0, post: 0, receive: 0 };

const WORD = /[\p{L}_][\p{L}\p{N}_]*/gu;

/**
 * @param {string} text
 * @param {number} file
 * @returns {Place[]} each word of the text
 */
function placesIn(text, file) {
  const places = [];
  let line = 0;
  for (const each of text.split('\n')) {
    line++;
    for (const word of each.match(WORD) ?? []) places.push({ word, file, line });
  }
  return places;
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
    const places = placesIn(fs.readFileSync(path.join(folder, name), 'utf8'), file);
    const read = performance.now();
    for (const place of places) ports[hash(place.word) % ports.length].postMessage(place);
    for (const port of ports) port.postMessage({ file });
    seconds.read += (read - began) / 1000;
    seconds.post += (performance.now() - read) / 1000;
  });
}

/** @param {{ ports: Port[] }} data a port to each reader */
function keepIndex({ ports }) {
  /** @type {Map<string, Place[]>} */
  const index = new Map();

  const add = (/** @type {Place} */ place) => {
    const places = index.get(place.word);
    if (places === undefined) index.set(place.word, [place]);
    else places.push(place);
  };
  for (const port of ports) {
    port.on('message', (/** @type {Place | { file: number }} */ message) => {
      // A file's last message is only its number.
      if ('word' in message) add(message);
      else parentPort.postMessage({ file: message.file });
    });
  }
  parentPort.on('message', () => {
    const { active } = performance.eventLoopUtilization();
    seconds.receive = active / 1000;
    parentPort.postMessage({ seconds, part: partOf(index) });
    for (const port of [...ports, parentPort]) port.close();
  });
}

/**
 * @typedef {object} Part of the index, as it is shown and compared
 * @property {number} words different ones
 * @property {number} places
 * @property {number} checksum of words and places; the same whatever came first
 * @property {{ word: string, times: number }[]} top the most frequent ones
 */

/**
 * @param {Map<string, Place[]>} index
 * @returns {Part}
 */
function partOf(index) {
  let count = 0;
  let checksum = 0;
  const all = [];
  for (const [word, places] of index) {
    count += places.length;
    for (const { file, line } of places) checksum = (checksum + Math.imul(hash(word) ^ line, 2 * file + 1)) | 0;
    all.push({ word, times: places.length });
  }
  const top = all.sort((a, b) => b.times - a.times || (a.word < b.word ? -1 : 1)).slice(0, workerData.shown);
  return { words: index.size, places: count, checksum: checksum >>> 0, top };
}

if (workerData.folder === undefined) keepIndex(workerData);
else readFiles(workerData);
