// npm run demo: statistics of a folder's files, computed by worker threads, over ferroport and over the built-in.
//
//   npm run demo -- [folder] [--workers <count>]
//
// The folder is this repository, node_modules included, unless another one is given.
'use strict';

const os = require('node:os');
const path = require('node:path');
const { parseArgs, isDeepStrictEqual } = require('node:util');
const { analyse } = require('./demo/analyse');
const { listFiles } = require('./demo/list-files');
const { Progress } = require('./demo/progress');
const { byType, typesTable } = require('./demo/statistics');
const { formatTable } = require('./demo/table');

/** The two that run the same job; the second is what the first is compared with. */
const MODULES = ['ferroport', 'node:worker_threads'];

/** How many unreadable files and folders are listed one by one. */
const PROBLEMS_SHOWN = 20;

/** A mistake of whoever typed the command: told in one line, without a stack. */
class UsageError extends Error {}

/**
 * @param {string[]} args
 * @returns {{ folder: string, workers: number }}
 */
function readArguments(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { workers: { type: 'string', default: String(Math.min(Math.max(os.availableParallelism(), 2), 8)) } },
  });
  if (positionals.length > 1) throw new UsageError(`expected one folder, got ${positionals.length}`);
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1 || workers > 64) {
    throw new UsageError(`expected --workers to be a whole number from 1 to 64, got '${values.workers}'`);
  }
  return { folder: path.resolve(positionals[0] ?? path.join(__dirname, '..')), workers };
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
  console.log(`\nCould not be read: ${problems.length}`);
  for (const { path, code } of problems.slice(0, PROBLEMS_SHOWN)) console.log(`  ${code.padEnd(8)} ${path}`);
  if (problems.length > PROBLEMS_SHOWN) console.log(`  and ${problems.length - PROBLEMS_SHOWN} more`);
}

/** @param {string[]} args */
async function main(args) {
  const { folder, workers } = readArguments(args);
  const listing = list(folder);
  console.log(`${folder}: ${listing.files.length} files, ${workers} workers`);
  if (listing.skipped > 0) {
    console.log(`(${listing.skipped} skipped: links, sockets, pipes, devices, caches, .git)`);
  }

  const runs = [];
  for (const name of MODULES) {
    const progress = new Progress(name, listing.files.length);
    const run = await analyse(name, folder, listing.files, { workers, onFile: () => progress.advance() });
    progress.end();
    const unreadable = [...listing.unreadable, ...run.unreadable];
    runs.push({ ...run, name, unreadable, types: byType(run.results) });
    if (runs.length > 1) break;
    console.log(`\n${typesTable(runs[0].types)}`);
    reportProblems(unreadable);
    console.log(`\nThe control port came to each worker in turn, ${run.visits} visits in all:`);
    console.log(formatTable(['worker', 'files', 'bytes', 'visits'], run.workers));
    console.log();
  }

  const [ours, builtIn] = runs;
  const equal = isDeepStrictEqual(ours.types, builtIn.types) && isDeepStrictEqual(ours.unreadable, builtIn.unreadable);
  console.log();
  for (const { name, seconds } of runs) console.log(`${name.padEnd(19)} ${seconds.toFixed(2)} s`);
  console.log('(most of both is reading and hashing; the first run also pays for files that no cache holds yet)');
  console.log(equal ? 'The results are equal.' : 'THE RESULTS DIFFER: did a file change in between?');
  if (!equal) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error) => {
  const usage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS');
  console.error(usage ? `demo: ${error.message}` : error);
  process.exitCode = usage ? 2 : 1;
});
