'use strict';

// A thread begins with the complete codec, and loads the fast lane when it is busy or has a long message: at whatever message that
// is, nobody sees it.

const test = require('ava');
const { once } = require('node:events');
const path = require('node:path');
const threads = require('node:worker_threads');
const { arrivalOf } = require('../support/arrival');
const { describe } = require('../support/describe');
const { FERROPORT } = require('../support/program');
const { rows } = require('./rows');

// Neither codec is asked for.
delete process.env.FERROPORT_FAST_LANE;

const root = path.join(__dirname, '..', '..');
const isOurs = (/** @type {string} */ file) => /^(index|(dist|lib)\b.*)\.js$/.test(path.relative(root, file));
const isLane = ({ filename = '' }) => isOurs(filename) && filename.endsWith('fast-lane.js');

/** Modules that are no files have less. What is published takes its own files out of Node's cache, but not from among those that it has loaded. */
const hasLane = () =>
  Object.values(require.cache).some((each) => each !== undefined && [each, ...(each.children ?? [])].some(isLane));

/** A copy of ferroport that has not had any message. */
function freshCopy() {
  for (const file of Object.keys(require.cache)) if (isOurs(file)) delete require.cache[file];
  return require(FERROPORT);
}

/** @param {() => unknown} make a value that has the lane loaded by itself */
function isForLane(make) {
  arrivalOf(freshCopy(), make());
  return hasLane();
}

const all = Object.values(rows);
const makers = all.filter((make) => !isForLane(make));
const expected = makers.map((make) => arrivalOf(threads, make()));

/** Elements enough for the fast lane to be worth its loading. */
const LONG = Array.from({ length: 65 }, (_, index) => index);

for (const reads of [false, true]) {
  test(`values of every kind arrive as ever, whichever of them is the first for the lane, ${reads ? 'read' : 'written'} by it`, (t) => {
    t.true(makers.length > all.length / 2);
    for (let first = 0; first < makers.length; first++) {
      const ferroport = freshCopy();
      const { port1, port2 } = new ferroport.MessageChannel();
      const other = new ferroport.MessageChannel();
      for (let index = 0; index < makers.length; index++) {
        const isFirst = index === first;
        if (isFirst) t.false(hasLane());
        if (isFirst && !reads) other.port1.postMessage(LONG);
        /** @type {unknown} */
        let arrived;
        try {
          port1.postMessage(makers[index]());
          // Written by the complete codec, and read by the lane.
          if (isFirst && reads) other.port1.postMessage(LONG);
          arrived = describe(ferroport.receiveMessageOnPort(port2).message);
        } catch {
          arrived = arrivalOf(ferroport, makers[index]());
        }
        t.deepEqual(arrived, expected[index], `message ${index}, the lane from ${first} on`);
        if (isFirst) t.true(hasLane());
      }
      port1.close();
      other.port1.close();
    }
  });
}

test('a worker that is busy loads the lane in the middle of its messages, and none is lost, out of order or another', async (t) => {
  const COUNT = 12_000;
  const body = `const { parentPort } = require(${JSON.stringify(FERROPORT)});
    const hasLane = () => Object.keys(require.cache).some((file) => file.endsWith('fast-lane.js'));
    let before = 0;
    parentPort.on('message', (value) => {
      if (!hasLane()) before++;
      parentPort.postMessage(value.number === ${COUNT - 1} ? { value, before } : value);
    });`;
  const { Worker } = freshCopy();
  const worker = new Worker(body, { eval: true });
  const make = (/** @type {number} */ number) => ({
    number,
    text: 'é'.repeat(number % 40),
    list: [number, null, { number }],
  });
  let count = 0;
  const wrong = [];
  worker.on('message', (value) => {
    if (count < COUNT - 1) {
      const { number, text, list } = make(count);
      if (value.number !== number || value.text !== text || list[2].number !== value.list[2].number) wrong.push(count);
    }
    if (count % 8 === 0) worker.emit('ready', value);
    count++;
  });
  // A few under way at a time, so that neither side has all of them in one batch.
  let last;
  worker.on('message', (value) => void (last = value));
  for (let number = 0; number < COUNT; number++) {
    worker.postMessage(make(number));
    if (number % 8 === 7) await once(worker, 'ready');
  }
  while (count < COUNT) await once(worker, 'message');
  await worker.terminate();
  t.deepEqual([count, wrong], [COUNT, []]);
  t.deepEqual(last.value, make(COUNT - 1));
  t.true(last.before > 0 && last.before < COUNT, `${last.before} messages before the lane`);
});
