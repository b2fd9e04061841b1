'use strict';

// Many blocked calls, each with calls back: every answer is the right one.

const path = require('node:path');
const test = require('ava');
const { Worker } = require('../..');
const { connect } = require('../../dist/call');
const { WHOLE } = require('./whole');

const COUNT = WHOLE ? 100_000 : 10_000;

const THREAD = path.join(__dirname, 'thread.js');

test(`${COUNT} calls that block, with two calls back each`, async (t) => {
  const worker = new Worker(THREAD);
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  let asked = 0;
  const peer = connect(worker, {
    api: {
      first: (index) => (asked++, { index, text: `first ${index}` }),
      second: (index, { text }) => (asked++, [text, index * 2]),
    },
  });
  let wrong = 0;
  for (let i = 0; i < COUNT; i++) {
    const { index, answers } = peer.callSync('join', [i]);
    if (index !== i || answers.length !== 2 || answers[0] !== `first ${i}` || answers[1] !== i * 2) wrong++;
  }
  t.is(wrong, 0);
  t.is(asked, 2 * COUNT);
  peer.close();
  await ended;
});

test('blocked calls and others at the same time, from both ends', async (t) => {
  const worker = new Worker(THREAD);
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  const peer = connect(worker, { api: { twice: (value) => 2 * value } });
  const theirs = peer.call('both', [COUNT / 10]);
  const mine = [];
  for (let i = 0; i < COUNT / 10; i++) {
    mine.push(peer.call('later', [i]));
    t.is(peer.callSync('later', [i]), i);
  }
  t.deepEqual(
    await Promise.all(mine),
    Array.from({ length: COUNT / 10 }, (_, i) => i),
  );
  t.is(await theirs, COUNT / 10);
  peer.close();
  await ended;
});
