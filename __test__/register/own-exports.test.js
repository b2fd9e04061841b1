'use strict';

// What node:worker_threads exports and ferroport has nothing of its own for is Node's, as it is, by require and on the hook.

const path = require('node:path');
const test = require('ava');
const { endsWell } = require('../support/program');

const REGISTER = path.join(__dirname, '..', '..', 'register.js');

/** Also what Node loads only when it is asked for. */
const NAMES = JSON.stringify([
  'isMainThread',
  'isInternalThread',
  'resourceLimits',
  'threadId',
  'threadName',
  'SHARE_ENV',
  'locks',
]);

endsWell(
  test,
  'by require',
  `const node = require('node:worker_threads');
  const named = (value) => (typeof value === 'object' && value !== null ? Object.getOwnPropertyNames(value).join() : '');
  const before = ${NAMES}.map((name) => named(node[name]));
  const here = require(ferroport);
  const wrong = ${NAMES}.filter((name, index) => here[name] !== node[name] || named(node[name]) !== before[index] || name in here !== name in node);
  console.log(wrong);`,
  ['[]'],
);

endsWell(
  test,
  'on the hook, by require and by import',
  `const node = process.getBuiltinModule('node:worker_threads');
  const original = node[Symbol.for(['ferro', 'port.original'].join(''))];
  import('node:worker_threads').then((imported) => {
    console.log(${NAMES}.filter((name) => node[name] !== original[name] || imported[name] !== original[name]));
  });`,
  ['[]'],
  { execArgv: ['-r', REGISTER] },
);
