'use strict';

// Storms of those who want a port's messages: iterators, streams, listeners, receiveMessageOnPort, with pauses in between. Each message
// reaches one of them, in the order of posting, whoever comes and goes meanwhile.

const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const builtin = require('node:worker_threads');
const test = require('ava');
const { MessageChannel, Worker, receiveMessageOnPort } = require('../..');
const { endsWell } = require('../support/program');
const { randomOf } = require('../support/random');

const SEED = Number(process.env.PULL_SEED ?? (Math.random() * 2 ** 31) | 0);

/** What each of them is posted as, in turn: small, large, with a port, with something that only V8 can move. */
const wrapped = [
  (number) => number,
  (number) => ({ number, text: 'x'.repeat(number % 50) }),
  (number) => ({ number, text: 'x'.repeat(20_000) }),
  (number, { port1 } = new MessageChannel()) => [{ number, port1 }, [port1]],
  (number) => ({ number, error: new DOMException('moved') }),
];

const numberOf = (value) => (typeof value === 'number' ? value : value.number);

test('each message has one taker, in the order of posting, whoever comes and goes', async (t) => {
  t.log(`PULL_SEED=${SEED}`);
  // Some of the ports are unref'ed.
  const alive = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(alive));
  for (let round = 0; round < 40; round++) {
    const random = randomOf(SEED + round);
    const { below, chance } = random;
    const { port1, port2 } = new MessageChannel();
    // What came to those who have asked, in the order of asking; to listeners; and to receiveMessageOnPort.
    const asked = [];
    const [heard, received] = [[], []];
    const listener = (value) => void heard.push(numberOf(value));
    const iterators = [];
    let posted = 0;
    const ask = (iterator) => {
      const place = asked.push(undefined) - 1;
      iterator.next().then(({ value, done }) => done || (asked[place] = numberOf(value)));
    };
    const acts = [
      () => {
        for (let count = below(60); count > 0; count--) {
          const made = wrapped[chance(70) ? 0 : below(wrapped.length)](posted++);
          if (Array.isArray(made)) port1.postMessage(made[0], made[1]);
          else port1.postMessage(made);
        }
      },
      () => iterators.push(port2.messages()),
      () => void (iterators.length > 0 && ask(iterators[below(iterators.length)])),
      () => void (iterators.length > 0 && ask(iterators[below(iterators.length)])),
      () => iterators.length > 0 && iterators.splice(below(iterators.length), 1)[0].return(),
      () => port2.on('message', listener),
      () => port2.off('message', listener),
      () => port2.pause(),
      () => port2.resume(),
      () => {
        const next = receiveMessageOnPort(port2);
        if (next !== undefined) received.push(numberOf(next.message));
      },
      () => port2.unref(),
      () => sleep(below(2)),
      () => new Promise(setImmediate),
    ];
    for (let step = 0; step < 300; step++) {
      const made = acts[below(acts.length)]();
      // Sometimes the next step comes in the same task, and sometimes in a microtask.
      if (chance(50)) await made;
    }
    // What stands in line takes the last messages.
    port2.off('message', listener);
    port1.close();
    for await (const value of port2) asked.push(numberOf(value));
    await sleep(1);
    const taken = asked.filter((number) => number !== undefined);
    const numbers = Array.from({ length: posted }, (_, number) => number);
    const inOrder = (list) => list.toSorted((a, b) => a - b);
    t.true(
      [taken, heard, received].every((list) => list.every((number, place) => place === 0 || number > list[place - 1])),
      `in order; PULL_SEED=${SEED + round}`,
    );
    t.deepEqual(inOrder([...taken, ...heard, ...received]), numbers, `each once; PULL_SEED=${SEED + round}`);
  }
});

test('what a terminated or an orderly worker streams arrives up to its end', async (t) => {
  const random = randomOf(SEED);
  t.log(`PULL_SEED=${SEED}`);
  for (let round = 0; round < 12; round++) {
    const count = random.below(4000);
    const worker = new Worker(path.join(__dirname, 'pulls-thread.js'), {
      workerData: { count },
      highWaterMark: [1, 10, { bytes: 1000 }, null][round % 4],
    });
    const ends = random.chance(50);
    const after = random.below(count + 1);
    let read = 0;
    try {
      for await (const chunk of worker.readable) {
        if (chunk !== read) t.fail(`${chunk} instead of ${read}`);
        read++;
        if (ends && read === after) worker.terminate();
      }
      t.is(read, count);
    } catch (error) {
      t.is(error.code, 'ERR_FERROPORT_CLOSED');
      t.true(ends && read >= after && read <= count);
    }
    await worker.terminate();
  }
});

test('many senders that wait for room, and readers that stop anywhere', async (t) => {
  const random = randomOf(SEED);
  t.log(`PULL_SEED=${SEED}`);
  const rounds = Array.from({ length: 6 }, async (_, index) => {
    const worker = new Worker(path.join(__dirname, 'pulls-thread.js'), {
      workerData: { count: Infinity },
      highWaterMark: 1 + (index % 3),
    });
    const limit = random.below(2000);
    const reader = worker.readable.getReader();
    for (let read = 0; read < limit; read++) t.is((await reader.read()).value, read);
    await reader.cancel('enough');
    // The worker ends by itself once its stream has failed.
    const [code] = await new Promise((resolve) => worker.once('exit', (...all) => resolve(all)));
    t.is(code, 7);
  });
  await Promise.all(rounds);
});

/** Lets the making of an arriving port throw, and prints what iterators, a stream and its writer make of that. */
const UNREADABLE = `
const threads = require('node:worker_threads');
const { markAsUncloneable } = threads;
let fails = false;
// Called with each port that is made.
threads.markAsUncloneable = (object) => {
  if (fails) throw new RangeError('no more ports');
  return markAsUncloneable(object);
};
require(require('node:path').join(ferroport, '..', 'register.js'));
const { MessageChannel } = threads;
const failure = (promise) => promise.then((value) => value, (error) => error.message);
(async () => {
  for (const isAsked of [true, false]) {
    const { port1, port2 } = new MessageChannel();
    const inside = new MessageChannel();
    const iterator = port2.messages();
    const other = port2.messages();
    const posts = () => {
      port1.postMessage(inside.port1, [inside.port1]);
      port1.postMessage('next');
      fails = true;
    };
    if (!isAsked) posts();
    const waiting = [iterator.next(), iterator.next(), other.next()].map(failure);
    if (isAsked) posts();
    console.log(JSON.stringify(await Promise.all(waiting)), JSON.stringify(await iterator.next()));
    fails = false;
    port1.close();
  }
  const { port1, port2 } = new MessageChannel();
  const inside = new MessageChannel();
  const reader = port2.readable.getReader();
  const writer = port1.writable.getWriter();
  port1.postMessage(inside.port1, [inside.port1]);
  fails = true;
  console.log(await failure(reader.read()), '/', await failure(writer.closed));
  port1.close();
})();
`;

endsWell(
  builtin.markAsUncloneable === undefined ? test.skip : test,
  'a message that cannot be read ends the iterator that has asked for it, and a stream at both ends',
  UNREADABLE,
  [
    '["no more ports",{"done":true},{"value":"next","done":false}] {"done":true}',
    '["no more ports",{"done":true},{"value":"next","done":false}] {"done":true}',
    'no more ports / no more ports',
  ],
);
