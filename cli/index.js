#!/usr/bin/env node
// npx ferroport: what the package can do on its user's machine beside being required.
'use strict';

const { version } = require('../package.json');

const HELP = `Usage: npx ferroport <command>

Commands:
  bench [--rounds <count>]   measures ferroport beside node:worker_threads here, with this Node: under a minute. Prints a table,
                             and writes ferroport-bench.json, .svg and .html into the current folder
  info                       prints what a bug report needs

Options:
  -h, --help                 prints this
  -v, --version              prints the version`;

/** A mistake of whoever typed the command: told in one line, without a stack. */
class UsageError extends Error {}

/**
 * @param {string[]} args behind the command
 * @param {import('node:util').ParseArgsConfig['options']} [options]
 * @returns {Record<string, any>}
 * @throws {UsageError}
 */
function optionsOf(args, options = {}) {
  const { parseArgs } = require('node:util');
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message);
  }
}

/** @type {Record<string, (args: string[]) => unknown>} */
const COMMANDS = {
  bench(args) {
    const { rounds = '45' } = optionsOf(args, { rounds: { type: 'string' } });
    const count = Number(rounds);
    if (!Number.isInteger(count) || count < 1 || count > 1000) {
      throw new UsageError(`expected --rounds to be a whole number from 1 to 1000, got '${rounds}'`);
    }
    return require('./bench').bench({ rounds: count, folder: process.cwd() });
  },
  info(args) {
    optionsOf(args);
    console.log(require('./info').info());
  },
};

/** @param {string[]} args */
async function main([command, ...args]) {
  if (command === '--help' || command === '-h') return console.log(HELP);
  if (command === '--version' || command === '-v') return console.log(version);
  if (command === undefined) throw new UsageError(`expected a command\n\n${HELP}`);
  if (!Object.hasOwn(COMMANDS, command)) {
    throw new UsageError(`there is no command '${command}'; those that there are: ${Object.keys(COMMANDS).join(', ')}`);
  }
  if (args.includes('--help') || args.includes('-h')) return console.log(HELP);
  return COMMANDS[command](args);
}

main(process.argv.slice(2)).catch((error) => {
  const isUsage = error instanceof UsageError;
  console.error(isUsage ? `ferroport: ${error.message}` : error);
  process.exitCode = isUsage ? 2 : 1;
});
