'use strict';

// A second test file of this runner that requires the package: it is evaluated again.

const scenarios = require('./scenarios');

const copies = [1, 2, 3].map(() => {
  jest.resetModules();
  return require('ferroport');
});

test('each evaluation has classes of its own', () => {
  expect(new Set(copies.map(({ MessagePort }) => MessagePort)).size).toBe(3);
});

test('all work at the same time', async () => {
  const answers = copies.map(({ MessageChannel }, n) => {
    const { port1, port2 } = new MessageChannel();
    port2.on('message', (value) => port2.postMessage([value]));
    port1.postMessage(n);
    return new Promise((resolve) => port1.once('message', (value) => resolve(value) ?? port1.close()));
  });
  expect(await Promise.all(answers)).toEqual([[0], [1], [2]]);
});

for (const [title, run] of Object.entries(scenarios(copies[0]))) test(title, run);
