'use strict';

// What copies leave that were loaded, used and dropped: as good as nothing, in a thread and in contexts of node:vm.

const path = require('node:path');
const test = require('ava');
const { BLOAT } = require('../support/limits');
const { FERROPORT, isPublished, program } = require('../support/program');

const COPIES = 200;

/** MiB that so many may leave. */
const MOST = 40;

/** MiB of it that may be in use by JavaScript. */
const MOST_USED = 4;

/** What is done with one copy, by names; the `channel` of some stays open when the copy is dropped. */
const USES = {
  'not used': 'async () => {}',
  used: `async ({ MessageChannel, receiveMessageOnPort }) => {
    const { port1, port2 } = new MessageChannel();
    const heard = new Promise((resolve) => port2.once('message', resolve));
    port1.postMessage({ list: [1, { a: 'b' }], bytes: new Uint8Array(1000) });
    await heard;
    const buffer = new ArrayBuffer(100_000);
    port1.postMessage(buffer, [buffer]);
    receiveMessageOnPort(port2);
    port1.close();
  }`,
  'used up to the fast lane, and left open': `async ({ MessageChannel, receiveMessageOnPort }) => {
    const { port1, port2 } = new MessageChannel();
    for (let n = 0; n < 300; n++) {
      port1.postMessage({ n, text: 'text' });
      receiveMessageOnPort(port2);
    }
    // Nobody reads them.
    for (let n = 0; n < 3; n++) port1.postMessage(new Uint8Array(100_000));
  }`,
};

const SANDBOX = JSON.stringify(path.join(__dirname, '..', 'support', 'context.js'));
const REGISTER = JSON.stringify(path.join(path.dirname(FERROPORT), 'register.js'));

/** How a copy is loaded and dropped. */
const WAYS = {
  'in one thread': `() => {
    const loaded = require(ferroport);
    for (const file of Object.keys(require.cache)) if (!file.endsWith('.node')) delete require.cache[file];
    // Where Node notes what a module has required, and holds it.
    children.length = 0;
    return loaded;
  }`,
  'each in a context of its own': `() => require(${SANDBOX}).sandbox().require(ferroport)`,
  'each in a context of its own, on the hook': `() => {
    const context = require(${SANDBOX}).sandbox();
    context.require(${REGISTER});
    return require('node:worker_threads');
  }`,
};

/**
 * Prints how many MiB there are more after many copies than after a few.
 * @param {string} load
 * @param {string} use
 */
const measuring = (load, use) => `
  const { children } = module;
  const use = ${use};
  const load = ${load};
  const { setTimeout: later } = require('node:timers/promises');
  const settled = async () => {
    // Finalizers run in turns of their own, and let go of what only the next collection finds.
    for (let round = 0; round < 5; round++) {
      gc();
      await later(5);
    }
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, used: heapUsed + external };
  };
  const repeat = async (times) => {
    for (let n = 0; n < times; n++) {
      await use(load());
      if (n % 20 === 0) await settled();
    }
    return settled();
  };
  (async () => {
    const before = await repeat(5);
    const after = await repeat(${COPIES});
    const grown = (name) => Math.ceil((after[name] - before[name]) / 2 ** 20);
    console.log(JSON.stringify({ rss: grown('rss'), used: grown('used') }));
  })();`;

// On the sources, a file that is loaded later is another copy's by then: Node's loader has forgotten the first one.
const declare = isPublished ? test.serial : test.serial.skip;

const cases = [
  ...Object.keys(USES).map((use) => ['in one thread', use]),
  ['each in a context of its own', 'used'],
  ['each in a context of its own, on the hook', 'used'],
];

// Without the fast lane there is less to leave.
for (const [way, use] of process.env.FERROPORT_FAST_LANE === '0' ? cases.slice(1, 2) : cases) {
  declare(`${COPIES} copies, ${use}, ${way}, leave less than ${MOST} MiB`, async (t) => {
    // The young generation grows with what is made there, and shrinks when nothing has been made for a while.
    const execArgv = ['--expose-gc', '--max-semi-space-size=1'];
    const { code, out, stderr } = await program(measuring(WAYS[way], USES[use]), { execArgv });
    t.is(code, 0, stderr);
    const { rss, used } = JSON.parse(out[0]);
    t.log(`${rss} MiB, ${used} of them in use`);
    t.true(rss < MOST * BLOAT, `${rss} MiB`);
    t.true(used < MOST_USED * BLOAT, `${used} MiB in use`);
  });
}
