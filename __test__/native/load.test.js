'use strict';

// Very many typed messages, both ways at the same time, between JavaScript and threads of Rust.

const test = require('ava');
const { hasher } = require('../../scripts/example-addon');

const { MessageChannel } = require('../..');

/** Ten million: by hand, a few minutes. */
const COUNT = Number(process.env.STORM_COUNT ?? 200_000);

test(`${COUNT} typed messages each way at the same time: none is lost, and each comes in its turn`, async (t) => {
  t.timeout(60 * 60_000);
  const addon = require(await hasher());
  const { port1, port2 } = new MessageChannel({ highWaterMark: 1000 });
  const start = performance.now();
  addon.bothWays(port2, COUNT);
  let expected = 0;
  const received = new Promise((resolve, reject) => {
    let isReceived = false;
    port1.on('message', (/** @type {{ n: number, text: string }} */ { n, text }) => {
      if (text === 'received') isReceived = true;
      else if (n === expected && text === String(n % 1000)) expected++;
      else reject(new Error(`${n}, ${text} instead of ${expected}`));
      if (isReceived && expected === COUNT) resolve(undefined);
    });
    port1.on('messageerror', reject);
    port1.on('close', () => reject(new Error(`closed after ${expected}`)));
  });
  const sent = (async () => {
    for (let n = 0; n < COUNT; n++) {
      const message = { n, text: String(n % 1000) };
      while (!port1.tryPostMessage(message)) if (!(await port1.ready)) return;
    }
  })();
  try {
    await Promise.all([sent, received]);
  } finally {
    port1.close();
  }
  t.is(expected, COUNT);
  t.log(`${((performance.now() - start) / 1000).toFixed(1)} s`);
});
