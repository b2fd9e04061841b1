'use strict';

// The program of nodejs/node#41762, bounded: three workers post in a loop to a slow reader. benchmark/flow/bounds.js measures more of it.

const test = require('ava');
const { bounded, killed } = require('../../benchmark/flow/bounds');

test.serial('memory stays flat, and nothing is lost', async (t) => {
  const { growth, sent, read, isComplete } = await bounded(2, 1000);
  t.true(isComplete);
  t.is(read, sent);
  t.true(read > 1000, 'the senders have waited');
  t.true(growth < 100 * 1024 * 1024, `${growth} bytes`);
});

test.serial('every sender hears that the reader was killed', async (t) => {
  const delays = await killed();
  t.is(delays.length, 3);
  for (const delay of delays) t.true(delay > 0 && delay < 10_000, `${delay} ms`);
});
