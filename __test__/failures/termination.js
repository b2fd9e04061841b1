'use strict';

// Scripts that a timeout ends in the middle: of a getter that never returns, or wherever they are.

const vm = require('node:vm');
const { sentinel } = require('./sentinels');
const { World, isSame } = require('./world');
const { turns } = require('./trial');

const ENDED = 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/**
 * Runs a function until a timeout ends it.
 * @returns {boolean} whether one has
 */
function endAfter(world, milliseconds, act) {
  globalThis.failuresAct = act;
  try {
    new vm.Script('failuresAct()').runInThisContext({ timeout: milliseconds });
    return false;
  } catch (error) {
    if (error?.code !== ENDED) world.tally.complain('another error is thrown than should be', error);
    return true;
  } finally {
    globalThis.failuresAct = undefined;
  }
}

const endless = (object, key) =>
  Object.defineProperty(object, key, {
    enumerable: true,
    get() {
      for (;;);
    },
  });

/** Values with a getter that never returns, and what has been written before it. */
const values = {
  'a small object': () => endless({ n: 1 }, 'endless'),
  'long strings': () => ['secret'.repeat(900), endless({ text: 'also secret'.repeat(400) }, 'endless')],
  records: () => [...Array.from({ length: 1500 }, (_, i) => ({ i, name: `record ${i}` })), endless({}, 'endless')],
  'a Map': () => new Map([['a', { b: endless([1], 1) }]]),
  'a deep object': () => {
    let value = endless({}, 'endless');
    for (let level = 0; level < 150; level++) value = [value];
    return value;
  },
  'shared memory and a view': () => [new SharedArrayBuffer(8), new Uint8Array(70_000), endless({}, 'endless')],
  'a getter in a getter': () => ({
    get a() {
      return {
        get b() {
          return endless({}, 'endless');
        },
      };
    },
  }),
};

/**
 * The quick way of posting is still taken, if it was before.
 * @param {import('./drivers').Setting} setting
 * @param {World} world
 */
function expectLane({ calls }, world) {
  if (calls === undefined || process.env.FERROPORT_FAST_LANE === '0') return;
  const channel = world.channel();
  const { send, post } = calls.counts;
  channel.port1.postMessage({ small: true });
  const sent = calls.counts.send - send;
  world.expectArrivals(channel.port2, [{ small: true }], 'a small message');
  world.giveBack(channel);
  world.expect(sent === 1 && calls.counts.post === post, 'posting does not take the quick way any more');
}

/** @param {import('./drivers').Setting} setting */
function endInGetters(setting, world) {
  const { api, tally, plan, random } = setting;
  const group = Array.from({ length: 2 }, () => new api.BroadcastChannel('termination'));
  const ways = {
    post: (channel, value) => channel.port1.postMessage(value),
    transfer: (channel, value, buffer) => channel.port1.postMessage([buffer, value], [buffer]),
    broadcast: (channel, value) => group[0].postMessage(value),
    serialize: (channel, value) => api.serialize?.(value),
    'post in a getter': (channel, value) =>
      channel.port1.postMessage({
        text: 'x'.repeat(3000),
        get a() {
          channel.port1.postMessage(value);
          return 1;
        },
      }),
  };
  for (const [way, act] of Object.entries(ways)) {
    if (way === 'serialize' && api.serialize === undefined) continue;
    for (const [name, make] of Object.entries(values)) {
      // Bytes cannot hold it.
      if (way === 'serialize' && name.startsWith('shared memory')) continue;
      for (let time = 0; time < Math.ceil(plan.attempts / 10); time++) {
        tally.begin(`${way}, ended in the middle`, 'a timeout ends a getter', name);
        const channel = world.channel();
        const { buffer } = new Uint8Array(100).fill(7);
        const value = make();
        const wasEnded = endAfter(world, 1 + random.below(3), () => act(channel, value, buffer));
        tally.count(wasEnded);
        if (random.chance(50)) world.verify();
        world.expectArrivals(channel.port2, [], 'its own channel, after it was ended');
        world.expectArrivals(group[1], [], 'a member, after it was ended');
        world.expect(buffer.byteLength === 100, 'a listed buffer has lost its bytes');
        world.expectWorks(channel, 'its own channel, afterwards');
        world.giveBack(channel);
        world.verify();
        expectLane(setting, world);
      }
    }
  }
  for (const member of group) member.close();
}

/** What loops do until they are ended. `posted` and `read` count what is over. */
const loops = {
  posts(line) {
    line.port1.postMessage(sentinel(line.posted));
    line.posted++;
  },
  'posts long strings'(line) {
    line.port1.postMessage([`${line.posted} ${'x'.repeat(3000)}`, { text: 'é'.repeat(2500), of: line.posted }]);
    line.posted++;
  },
  'posts and receives'(line) {
    line.port1.postMessage(sentinel(line.posted));
    line.posted++;
    const received = line.api.receiveMessageOnPort(line.port2);
    line.read++;
    line.isRight &&= isSame(received?.message, sentinel(line.read - 1));
  },
  'posts records'(line) {
    const n = line.posted;
    line.port1.postMessage(Array.from({ length: 40 }, (_, i) => ({ n, i, [`key${n % 20}`]: 'text' })));
    line.posted++;
  },
  transfers(line) {
    const bytes = new Uint8Array(100).fill(line.posted);
    line.port1.postMessage({ n: line.posted, bytes }, [bytes.buffer]);
    line.posted++;
  },
  'serializes and posts'(line) {
    line.api.serialize?.({ text: 'x'.repeat(3000), n: line.posted });
    line.port1.postMessage(sentinel(line.posted));
    line.posted++;
  },
};

/** What the message numbered `n` of a loop is. */
const messages = {
  posts: sentinel,
  'posts and receives': sentinel,
  'serializes and posts': sentinel,
  'posts long strings': (n) => [`${n} ${'x'.repeat(3000)}`, { text: 'é'.repeat(2500), of: n }],
  'posts records': (n) => Array.from({ length: 40 }, (_, i) => ({ n, i, [`key${n % 20}`]: 'text' })),
  transfers: (n) => ({ n, bytes: new Uint8Array(100).fill(n) }),
};

/** @param {import('./drivers').Setting} setting */
function endAnywhere(setting, world) {
  const { api, tally, plan, random } = setting;
  for (const [name, step] of Object.entries(loops)) {
    for (let time = 0; time < plan.attempts; time++) {
      tally.begin(`a loop that ${name}, ended anywhere`, 'a timeout', `time ${time}`);
      const line = { api, ...new api.MessageChannel(), posted: 0, read: 0, isRight: true };
      const wasEnded = endAfter(world, 1 + random.below(5), () => {
        for (;;) step(line);
      });
      tally.count(wasEnded);
      if (random.chance(50)) world.verify();
      world.expect(line.isRight, 'not what was posted, in the loop');
      const arrived = world.take(line.port2);
      // The one that was ended may have been sent, or read, or not.
      const all = arrived.length + line.read;
      const isComplete = all >= line.posted - 1 && all <= line.posted + 1;
      world.expect(isComplete, 'more has arrived than was posted, or less', all, line.posted);
      const offset = arrived.length > 0 && !isSame(arrived[0], messages[name](line.read)) ? 1 : 0;
      const wrong = arrived.findIndex((message, index) => !isSame(message, messages[name](line.read + offset + index)));
      if (wrong >= 0) {
        tally.complain('not what was posted', arrived[wrong], 'posted:', messages[name](line.read + offset + wrong));
      }
      line.port1.close();
      world.verify();
      expectLane(setting, world);
    }
  }
}

/** @param {import('./drivers').Setting} setting */
async function driveTermination(setting) {
  const { api, tally, random, leftovers } = setting;
  const world = new World(api, tally, random, leftovers);
  endInGetters(setting, world);
  await turns(3);
  endAnywhere(setting, world);
  world.close();
  await turns(5);
}

module.exports = { driveTermination };
