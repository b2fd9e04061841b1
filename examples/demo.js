// npm run demo: an index of all words of a folder's files, made by worker threads that send each other every place of every word,
// over ferroport and over the built-in.
//
//   npm run demo -- [folder] [--workers <count>] [--files <most>]
//
// The folder is this repository, node_modules included, unless another one is given. Half of the workers read, half keep the index.
'use strict';

const os = require('node:os');
const path = require('node:path');
const { parseArgs, isDeepStrictEqual } = require('node:util');
const { indexWords } = require('./demo/index-words');
const { listFiles } = require('./demo/list-files');
const { Progress } = require('./demo/progress');
const { formatTable } = require('./demo/table');
const { LONGEST, textFiles } = require('./demo/text-files');

/** The two that run the same job; the second is what the first is compared with. */
const MODULES = ['ferroport', 'node:worker_threads'];

/** How often each runs, the two taking turns at who is first: what counts is the median. */
const ROUNDS = 3;

/** How many unreadable files and folders are listed one by one. */
const PROBLEMS_SHOWN = 20;

/** A mistake of whoever typed the command: told in one line, without a stack. */
class UsageError extends Error {}

/**
 * @param {string[]} args
 * @returns {{ folder: string, workers: number, most: number }}
 */
function readArguments(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      workers: { type: 'string', default: String(Math.min(Math.max(os.availableParallelism(), 2), 8)) },
      files: { type: 'string', default: '2000' },
    },
  });
  if (positionals.length > 1) throw new UsageError(`expected one folder, got ${positionals.length}`);
  const workers = wholeNumber('workers', values.workers, 2, 64);
  const most = wholeNumber('files', values.files, 1, 1e6);
  return { folder: path.resolve(positionals[0] ?? path.join(__dirname, '..')), workers, most };
}

/**
 * @param {string} option
 * @param {string} value
 * @param {number} least
 * @param {number} most
 */
function wholeNumber(option, value, least, most) {
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most) {
    throw new UsageError(`expected --${option} to be a whole number from ${least} to ${most}, got '${value}'`);
  }
  return number;
}

/**
 * @param {string} folder
 * @returns {import('./demo/list-files').Listing}
 */
function list(folder) {
  let listing;
  try {
    listing = listFiles(folder);
  } catch (error) {
    throw new UsageError(`cannot read the folder ${folder}: ${/** @type {Error} */ (error).message}`);
  }
  if (listing.files.length === 0 && listing.unreadable.length === 0) {
    throw new UsageError(`the folder ${folder} holds no files`);
  }
  return listing;
}

/** @param {import('./demo/list-files').Problem[]} problems */
function reportProblems(problems) {
  if (problems.length === 0) return;
  console.log(`Could not be read: ${problems.length}`);
  for (const { path, code } of problems.slice(0, PROBLEMS_SHOWN)) console.log(`  ${code.padEnd(8)} ${path}`);
  if (problems.length > PROBLEMS_SHOWN) console.log(`  and ${problems.length - PROBLEMS_SHOWN} more`);
}

/** @typedef {import('./demo/index-words').Run} Run */

/**
 * @param {number[]} numbers an odd number of them
 * @returns {number}
 */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[(numbers.length - 1) / 2];

/**
 * Runs both sides, in turn.
 * @param {string} folder
 * @param {string[]} files
 * @param {{ readers: number, indexers: number }} crew
 * @returns {Promise<Run[][]>} of each module, its runs
 */
async function takeTurns(folder, files, crew) {
  /** @type {Run[][]} */
  const runs = MODULES.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? [...MODULES.keys()] : [...MODULES.keys()].reverse();
    for (const side of order) {
      const progress = new Progress(`round ${round + 1} of ${ROUNDS}, ${MODULES[side]}`, files.length);
      runs[side].push(await indexWords(MODULES[side], folder, files, { ...crew, onFile: () => progress.advance() }));
      progress.end();
    }
  }
  return runs;
}

/** What is compared, with how it is read out of a run. */
const FIGURES = /** @type {[string, (run: Run) => number][]} */ ([
  ['from start to end', ({ seconds }) => seconds],
  ['processor time, all threads', ({ processor }) => processor],
  ['readers: reading files, finding words', ({ spent }) => spent.read],
  ['readers: posting', ({ spent }) => spent.post],
  ['indexers: receiving, keeping the index', ({ spent }) => spent.receive],
]);

/** @param {Run[][]} runs */
function reportTimes(runs) {
  const rows = FIGURES.map(([name, of]) => {
    const [ours, builtIn] = runs.map((side) => median(side.map(of)));
    return [name, `${ours.toFixed(2)} s`, `${builtIn.toFixed(2)} s`, `${(builtIn / ours).toFixed(2)} x`];
  });
  console.log(formatTable(['median of 3', ...MODULES, 'ratio'], rows));
  const [ours, builtIn] = runs.map((side) => median(side.map(({ seconds }) => seconds)));
  const ratio = builtIn / ours;
  console.log(
    '(the first line is time on the clock; the others are the threads of their kind, added up; reading, finding words and',
  );
  console.log('keeping the index are the same work on both sides)');
  if (ratio > 1.02) console.log(`ferroport is ahead: ${ratio.toFixed(2)} times as fast.`);
  else if (ratio < 0.98) console.log(`ferroport is NOT ahead here: it takes ${(1 / ratio).toFixed(2)} times as long.`);
  else console.log('Neither is ahead here: they take the same time.');
}

/** @param {string[]} args */
async function main(args) {
  const { folder, workers, most } = readArguments(args);
  const listing = list(folder);
  // This reads them all: no side pays for files that no cache holds yet.
  const { files, bytes, others, unreadable } = textFiles(folder, listing.files, most);
  reportProblems([...listing.unreadable, ...unreadable]);
  if (files.length === 0) {
    throw new UsageError(`the folder ${folder} holds no text files of up to ${LONGEST / 1024} KiB`);
  }
  const crew = { readers: Math.ceil(workers / 2), indexers: Math.floor(workers / 2) };
  console.log(`${folder}: ${files.length} text files, ${(bytes / 2 ** 20).toFixed(2)} MiB`);
  if (others > 0) console.log(`(${others} are no text, source maps, or longer than ${LONGEST / 1024} KiB)`);
  if (listing.skipped > 0) {
    console.log(`(${listing.skipped} skipped: links, sockets, pipes, devices, caches, .git)`);
  }
  console.log(
    `Each place of each word goes from one of ${crew.readers} readers to one of ${crew.indexers} indexers, in a message of its own.`,
  );

  const runs = await takeTurns(folder, files, crew);
  const [{ index, messages }] = runs[0];
  const number = (/** @type {number} */ value) => value.toLocaleString('en-US');
  console.log(
    `\n${number(index.words)} different words, ${number(messages)} messages in each run. The most frequent words:\n`,
  );
  console.log(
    formatTable(
      ['word', 'times'],
      index.top.map(({ word, times }) => [word, times]),
    ),
  );
  console.log();
  reportTimes(runs);
  const isEqual = runs.flat().every((run) => isDeepStrictEqual(run.index, index));
  console.log(isEqual ? 'The results are equal.' : 'THE RESULTS DIFFER: did a file change in between?');
  if (!isEqual) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error) => {
  const usage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS');
  console.error(usage ? `demo: ${error.message}` : error);
  process.exitCode = usage ? 2 : 1;
});
