'use strict';

// What is driven, how, and how much of it: for the tests, and for long runs.

/**
 * @typedef {object} Plan what one program does
 * @property {'stack' | 'climbing' | 'into' | 'back' | 'builtins' | 'hooks' | 'reentrancy' | 'termination' | 'listeners' |
 *   'endedWorkers' | 'memory'} driver
 * @property {string[]} [groups] of operations; all of them if not given
 * @property {string[]} [operations] names of some; all of the groups if not given
 * @property {number} seed
 * @property {number} attempts of each operation, about; 0: all that there are
 * @property {boolean} [hot] whether the operations have been called often before
 * @property {boolean} [cold] whether nothing has been called before, so that files are loaded with little stack, too
 * @property {boolean} [builtIn] on Node's own ports, to see that the questions are right
 * @property {boolean} [hook] by what node:worker_threads and the globals are on the hook
 * @property {number} [stackSizeMb] in a worker with a stack of this size
 */

/**
 * @typedef {object} Way how operations are made to fail
 * @property {Plan['driver']} driver
 * @property {string} title a sentence that is so for each group of operations
 * @property {string[]} [execArgv]
 * @property {Partial<Plan>} [plan] more of it
 * @property {string[]} [groups] of operations that are driven so; all if not given
 * @property {number} few attempts of each operation in a test
 * @property {number} many in a program of a long run
 */

/** Groups of operations, with how a sentence calls them. */
const groups = {
  posting: 'a post',
  refused: 'a post of what cannot be cloned',
  hooked: 'a post of what has code in it',
  receiving: 'a receive',
  bytes: 'serialize and deserialize',
  broadcasting: 'a broadcast',
  transferring: 'a post with a transfer list',
  ports: 'a method of a port',
  'node ports': "a way into Node's ports or out of them",
  workers: 'a worker',
  hook: 'structuredClone of a port',
};

const groupNames = Object.keys(groups);

const withoutWorkers = groupNames.filter((name) => name !== 'workers' && name !== 'hook');

/** So small that it is soon full, and large enough for the test itself. */
const SMALL = '--stack-size=250';

/** @type {Record<string, Way>} */
const ways = {
  stack: {
    driver: 'stack',
    title: 'fails for want of stack',
    execArgv: [SMALL],
    groups: groupNames.filter((name) => name !== 'hook'),
    few: 16,
    many: 0,
  },
  hot: {
    driver: 'stack',
    title: 'fails for want of stack when it has been optimised',
    execArgv: [SMALL],
    plan: { hot: true },
    groups: ['posting', 'transferring'],
    few: 8,
    many: 0,
  },
  cold: {
    driver: 'stack',
    title: 'fails for want of stack when it is made for the first time',
    execArgv: [SMALL],
    plan: { cold: true },
    groups: ['refused', 'transferring', 'node ports'],
    few: 0,
    many: 0,
  },
  interpreted: {
    driver: 'stack',
    title: 'fails for want of stack where nothing is compiled',
    execArgv: ['--stack-size=500', '--no-opt', '--no-sparkplug'],
    groups: ['posting', 'transferring'],
    few: 4,
    many: 0,
  },
  worker: {
    driver: 'stack',
    title: 'fails for want of stack in a worker with little of it',
    plan: { stackSizeMb: 0.5 },
    groups: ['posting', 'receiving', 'broadcasting', 'transferring'],
    few: 3,
    many: 0,
  },
  hook: {
    driver: 'stack',
    title: 'fails for want of stack on the hook',
    execArgv: [SMALL],
    plan: { hook: true },
    groups: ['posting', 'transferring', 'hook'],
    few: 4,
    many: 0,
  },
  ordinary: {
    driver: 'stack',
    title: 'fails for want of stack in an ordinary thread',
    groups: ['posting', 'transferring'],
    few: 2,
    many: 60,
  },
  climbing: {
    driver: 'climbing',
    title: 'fails several times in a row for want of stack',
    execArgv: [SMALL],
    groups: withoutWorkers,
    few: 24,
    many: 600,
  },
  into: {
    driver: 'into',
    title: 'fails where it calls the addon',
    groups: withoutWorkers,
    few: 12,
    many: 0,
  },
  back: {
    driver: 'back',
    title: 'fails where the addon calls back',
    groups: withoutWorkers.filter((name) => !name.includes('ports')),
    few: 12,
    many: 0,
  },
  builtins: {
    driver: 'builtins',
    title: 'fails in a builtin that the program has replaced',
    groups: withoutWorkers,
    few: 5,
    many: 0,
  },
  hooks: {
    driver: 'hooks',
    title: 'fails in code of the value',
    groups: ['hooked'],
    few: 30,
    many: 0,
  },
};

/**
 * Drivers that have operations of their own.
 * @type {Record<string, Way>}
 */
const alone = {
  reentrancy: {
    driver: 'reentrancy',
    title: 'getters may post, receive, transfer, broadcast and overflow while a message is written',
    few: 80,
    many: 4000,
  },
  termination: {
    driver: 'termination',
    title: 'a script that a timeout ends leaves whole messages, and the quick way of posting',
    few: 3,
    many: 60,
  },
  listeners: {
    driver: 'listeners',
    title: 'listeners that overflow lose no message, and leave contexts as they were',
    few: 6,
    many: 200,
    execArgv: [SMALL],
  },
  endedWorkers: {
    driver: 'endedWorkers',
    title: 'workers may be ended at any instant while they post and receive',
    few: 1,
    many: 10,
  },
  memory: {
    driver: 'memory',
    title: 'memory does not grow with failures',
    few: 40,
    many: 1000,
    execArgv: [SMALL, '--expose-gc'],
  },
};

module.exports = { alone, groups, ways };
