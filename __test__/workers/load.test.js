'use strict';

// Workers at full speed: nothing lost, doubled or out of order, and the event loop gets its turn.

const test = require('ava');
const { once } = require('node:events');
const { readFile } = require('node:fs/promises');
const { isDeepStrictEqual } = require('node:util');
const { MessageChannel, Worker } = require('../..');
const { FERROPORT } = require('../support/program');

const load = `const { parentPort, workerData, MessageChannel } = require(${JSON.stringify(FERROPORT)});`;

const COUNT = 300_000;

/** The message with a number, in one of many kinds; both sides make it. */
const make = (number) => {
  switch (number % 7) {
    case 0:
      return number;
    case 1:
      return `text ${number}`;
    case 2:
      return { number, nested: { list: [number, null, true] } };
    case 3:
      return [number, new Map([[number, 'value']])];
    case 4:
      return { bytes: new Uint8Array([number & 255, (number >> 8) & 255, number >> 16]) };
    case 5:
      return BigInt(number);
    default:
      return { date: new Date(number), long: 'é'.repeat(number % 300) };
  }
};

test.serial(`${COUNT} mixed messages from a worker that closes at once arrive complete and in order`, async (t) => {
  const body = `${load} const make = ${make};
    for (let number = 0; number < ${COUNT}; number++) parentPort.postMessage(make(number));
    parentPort.close();`;
  const worker = new Worker(body, { eval: true });
  let count = 0;
  const wrong = [];
  worker.on('message', (value) => {
    // Deep comparison of all would take longer than all the rest.
    if (count % 11 === 0 && !isDeepStrictEqual(value, make(count))) wrong.push(count);
    if (count % 7 === 0 && value !== count) wrong.push(count);
    count++;
  });
  await once(worker, 'exit');
  t.deepEqual([count, wrong], [COUNT, []]);
});

test.serial('four workers at full speed into one thread keep their orders', async (t) => {
  const each = 50_000;
  const body = `${load}
    for (let number = 0; number < ${each}; number++) {
      workerData.port.postMessage(number);
      if (number % 5 === 0) parentPort.postMessage(number);
    }
    workerData.port.close();`;
  const counts = await Promise.all(
    [0, 1, 2, 3].map(async () => {
      const { port1, port2 } = new MessageChannel();
      const worker = new Worker(body, { eval: true, workerData: { port: port1 }, transferList: [port1] });
      const seen = { port: 0, parent: 0, wrong: 0 };
      port2.on('message', (value) => (seen.wrong += value === seen.port++ ? 0 : 1));
      worker.on('message', (value) => (seen.wrong += value === 5 * seen.parent++ ? 0 : 1));
      await Promise.all([once(port2, 'close'), once(worker, 'exit')]);
      return seen;
    }),
  );
  t.deepEqual(counts, Array(4).fill({ port: each, parent: each / 5, wrong: 0 }));
});

test.serial('timers, immediates and I/O get their turn while two ports answer each other for ever', async (t) => {
  const { port1, port2 } = new MessageChannel();
  let going = true;
  let answers = 0;
  for (const port of [port1, port2]) {
    port.on('message', (value) => {
      answers++;
      if (going) port.postMessage(value);
    });
  }
  port1.postMessage('ball');
  const turns = [];
  const turn = () => {
    turns.push(answers);
    if (going) setImmediate(turn);
  };
  turn();
  const began = process.hrtime.bigint();
  await Promise.all([
    new Promise((resolve) => setTimeout(resolve, 30)).then(() => {
      t.log(`a timer of 30 ms came after ${Number(process.hrtime.bigint() - began) / 1e6} ms, ${answers} answers`);
    }),
    readFile(__filename),
  ]);
  going = false;
  port1.close();
  const most = Math.max(...turns.map((count, index) => count - (turns[index - 1] ?? 0)));
  t.true(answers > 0 && most <= 1000, `${most} messages in one turn of the event loop`);
});

test.serial('two threads answer each other, and timers come in both', async (t) => {
  const body = `${load}
    setTimeout(() => parentPort.postMessage('timer'), 30);
    parentPort.on('message', (value) => (value === 'end' ? parentPort.close() : parentPort.postMessage(value)));`;
  const worker = new Worker(body, { eval: true });
  const timers = { here: false, there: false };
  setTimeout(() => (timers.here = true), 30);
  worker.on('message', (value) => {
    if (value === 'timer') timers.there = true;
    else worker.postMessage(timers.here && timers.there ? 'end' : value);
  });
  worker.postMessage('ball');
  await once(worker, 'exit');
  t.deepEqual(timers, { here: true, there: true });
});

test.serial('a worker that is sent more than it has read when it closes leaves nothing behind', async (t) => {
  const worker = new Worker(`${load} parentPort.once('message', () => parentPort.close());`, { eval: true });
  for (let number = 0; number < 20_000; number++) worker.postMessage(make(number));
  const [code] = await once(worker, 'exit');
  t.is(code, 0);
  t.notThrows(() => worker.postMessage(1));
});
