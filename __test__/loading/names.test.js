'use strict';

// What is exported is what the built-in exports; in the main thread node:worker_threads is not loaded for that before it is needed.

const test = require('ava');
const { FERROPORT } = require('../support/program');
const { node } = require('./sides');

/** Ours, which the built-in does not have. */
const ADDITIONS = [
  ...['serialize', 'deserialize', 'inspectPorts', 'receiveAnySync'],
  ...['SharedAbortController', 'SharedAbortSignal'],
];

/** Those whose values are ferroport's own. */
const OURS = [
  ...['MessageChannel', 'MessagePort', 'BroadcastChannel', 'Worker', 'receiveMessageOnPort', 'postMessageToThread'],
  ...['setEnvironmentData', 'moveMessagePortToContext', 'markAsUncloneable', 'markAsUntransferable'],
];

const LOADED = `process.moduleLoadList.some((name) => name.endsWith(' worker_threads'))`;

/** Tells of each export what a program sees: that it is there, its type, and of Node's own whether it is the same value. */
const TELLING = `
  const ferroport = require(${JSON.stringify(FERROPORT)});
  const wasLoaded = ${LOADED};
  const builtin = require('node:worker_threads');
  const names = Object.keys(ferroport).filter((name) => !${JSON.stringify(ADDITIONS)}.includes(name));
  const others = [...names, ...Object.keys(builtin)].filter((name) => !(name in ferroport && name in builtin));
  const odd = names.filter((name) => typeof ferroport[name] !== typeof builtin[name]);
  const different = names.filter((name) => ferroport[name] !== builtin[name]);
  const isInOrder = names.join() === Object.keys(builtin).join();
  console.log(JSON.stringify({ wasLoaded, isInOrder, others, odd, different: different.sort() }));`;

const DIFFERENT = (/** @type {string[]} */ names) => [...names].sort();

test('the exports are those of the running Node, and node:worker_threads is not loaded for them in the main thread', async (t) => {
  const { stdout, stderr } = await node(['--eval', TELLING]);
  const { wasLoaded, isInOrder, others, odd, different } = JSON.parse(stdout || stderr);
  t.false(wasLoaded);
  t.true(isInOrder);
  t.deepEqual({ others, odd }, { others: [], odd: [] });
  const ours = OURS.filter((name) => name in require('node:worker_threads'));
  t.deepEqual(different, DIFFERENT(ours));
});

test('so they are in a worker of Node’s', async (t) => {
  const { stdout, stderr } = await node([
    '--eval',
    `new (require('node:worker_threads').Worker)(${JSON.stringify(TELLING)}, { eval: true })`,
  ]);
  const { isInOrder, others, odd } = JSON.parse(stdout || stderr);
  t.true(isInOrder);
  t.deepEqual({ others, odd }, { others: [], odd: [] });
});

test('what the program puts in the place of an export stays there', async (t) => {
  const { stdout } = await node([
    '--eval',
    `const ferroport = require(${JSON.stringify(FERROPORT)});
    ferroport.isMainThread = 'mine';
    ferroport.Worker = 'mine, too';
    console.log(ferroport.threadId, ferroport.isMainThread, ferroport.Worker, ${LOADED});`,
  ]);
  t.is(stdout, '0 mine mine, too true\n');
});
