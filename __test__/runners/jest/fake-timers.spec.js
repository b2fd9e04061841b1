'use strict';

// Timers, ticks and microtasks of this file are fake from its start (fakeTimers.enableGlobally), and nobody moves their clock.

const { MessageChannel } = require('ferroport');

test('messages and the close come in real time', async () => {
  const { port1, port2 } = new MessageChannel();
  const seen = [];
  const closed = new Promise((resolve) => port2.on('close', resolve));
  port2.on('message', (value) => {
    seen.push(value);
    if (value === 3) port1.close();
  });
  for (const value of [1, 2, 3]) port1.postMessage(value);
  await closed;
  expect(seen).toEqual([1, 2, 3]);
});

test('also those that come after the fake clock has moved', async () => {
  jest.advanceTimersByTime(1000);
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => port1.on('message', resolve));
  port2.onmessage = ({ data }) => port2.postMessage([data]);
  port1.postMessage('question');
  expect(await answer).toEqual(['question']);
  port1.close();
});
