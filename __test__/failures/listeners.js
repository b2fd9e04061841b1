'use strict';

// Listeners that overflow, or call what overflows, while a batch of messages is delivered.

const { AsyncLocalStorage } = require('node:async_hooks');
const { PADDINGS, callAt } = require('./stack');
const { sentinel } = require('./sentinels');
const { World, isSame } = require('./world');
const { turns } = require('./trial');

const BATCH = 24;

const overflow = (n) => 1 + overflow(n + 1);

/** What a listener does with little stack. `other`: a channel on which a message waits. */
const acts = {
  'posts elsewhere': ({ other }) => other.port1.postMessage(['secret'.repeat(900), { text: 'x'.repeat(3000) }]),
  'posts back': ({ port2 }) => port2.postMessage({ back: 'secret'.repeat(3000) }),
  'receives from its own port': ({ api, port2 }) => api.receiveMessageOnPort(port2),
  'receives elsewhere': ({ api, other }) => api.receiveMessageOnPort(other.port2),
  'closes another port': ({ other }) => other.port1.close(),
  'makes a channel': ({ api }) => new api.MessageChannel().port1.postMessage(1),
  'adds a listener elsewhere': ({ other }) => other.port2.once('messageerror', () => {}),
};

/**
 * Delivers one batch; some of its listeners overflow.
 * @param {import('./drivers').Setting} setting
 * @param {World} world
 * @param {string} name
 * @param {((line: any) => unknown) | undefined} act with little stack; if there is none, the listener itself overflows
 */
async function deliver({ api, random, uncaught }, world, name, act) {
  const storage = new AsyncLocalStorage();
  const store = { name };
  const channel = storage.run(store, () => new api.MessageChannel());
  const other = new api.MessageChannel();
  const { port1, port2 } = channel;
  const line = { api, ...channel, other };
  const heard = [];
  /** Those that a listener has taken out by itself, or not been able to read. */
  let taken = 0;
  let thrown = 0;
  let strayed = 0;
  uncaught.handle = () => void thrown++;
  const wanted = new Set(Array.from({ length: 4 }, () => random.below(BATCH)));
  let overflows = 0;
  const listener = (value) => {
    if (storage.getStore() !== store) strayed++;
    heard.push(value);
    if (!wanted.has(heard.length - 1)) return;
    if (act === undefined) {
      overflows++;
      return overflow(0);
    }
    const outcome = callAt(random.below(60), random.below(PADDINGS), () => act(line));
    if (name === 'receives from its own port' && (outcome.threw || outcome.result !== undefined)) taken++;
  };
  const isEvent = random.chance(50);
  if (isEvent) port2.addEventListener('message', ({ data }) => listener(data));
  else port2.on('message', listener);
  const values = Array.from({ length: BATCH }, (_, n) => sentinel(n));
  for (const value of values) port1.postMessage(value);
  port2.start();
  await turns(12);
  const isComplete = taken === 0 ? heard.length === BATCH : heard.length >= BATCH - taken && heard.length <= BATCH;
  world.expect(isComplete, 'so many messages were heard', heard.length, 'taken otherwise:', taken);
  let place = 0;
  const isInOrder = heard.every((value) => {
    while (place < BATCH && !isSame(values[place], value)) place++;
    return place++ < BATCH;
  });
  world.expect(
    isInOrder && (taken > 0 || place === BATCH),
    'messages were heard that were not posted, or out of order',
  );
  world.expect(
    thrown === overflows,
    'so many exceptions were uncaught',
    thrown,
    'listeners that overflowed:',
    overflows,
  );
  world.expect(strayed === 0, 'a listener has seen another store than that of its port', strayed);
  world.expect(storage.getStore() === undefined, 'a store is still entered');
  world.expect(port2.hasRef?.() !== false || isEvent, 'the port does not keep the thread alive any more');
  uncaught.handle = undefined;
  let closed = 0;
  port2.on('close', () => closed++);
  port1.close();
  other.port1.close();
  await turns(4);
  world.expect(closed === 1, 'the port has not closed', closed);
}

/** @param {import('./drivers').Setting} setting */
async function driveListeners(setting) {
  const { api, plan, tally, random, leftovers } = setting;
  const world = new World(api, tally, random, leftovers);
  for (const [name, act] of Object.entries({ overflows: undefined, ...acts })) {
    for (let time = 0; time < plan.attempts; time++) {
      tally.begin(`a listener that ${name}`, 'the stack is full', `time ${time}`);
      await deliver(setting, world, name, act);
      tally.count(true);
      world.verify();
    }
  }
  world.close();
  await turns(5);
}

module.exports = { driveListeners };
