'use strict';

// What happens between messages, and to those that follow: ticks, errors, listeners and ports that change on the way.

const test = require('ava');
const { endsWell } = require('../support/program');

/** Declares a program with a channel whose `port2` has posted `count` numbers to `port1`, from 1. */
const during = (title, count, body, lines) =>
  endsWell(
    test,
    title,
    `const { MessageChannel, receiveMessageOnPort } = require(ferroport);
    const { port1, port2 } = new MessageChannel();
    const later = (work, turns = 20) => setImmediate(() => (turns === 0 ? work() : later(work, turns - 1)));
    ${body}
    for (let n = 1; n <= ${count}; n++) port2.postMessage(n);`,
    lines,
  );

during(
  'ticks and microtasks run after each message, until none is left',
  2,
  `port1.on('message', (n) => {
    console.log('message', n);
    Promise.resolve().then(() => { console.log('microtask', n); process.nextTick(() => console.log('last', n)); });
    process.nextTick(() => console.log('tick', n));
    if (n === 2) later(() => port1.close());
  });`,
  ['message 1', 'tick 1', 'microtask 1', 'last 1', 'message 2', 'tick 2', 'microtask 2', 'last 2'],
);

during(
  'a listener for removeListener that throws does not make the thread deaf',
  2,
  `process.on('uncaughtException', (error) => console.log(error.message));
  port1.on('removeListener', () => { throw new Error('removed'); });
  port1.once('message', (n) => console.log('once', n));
  port1.on('message', (n) => { console.log(n); if (n === 3) port1.close(); });
  later(() => port2.postMessage(3));`,
  ['1', 'removed', '2', '3'],
);

during(
  'whatever goes wrong in a drain, the next messages come',
  2,
  `process.on('uncaughtException', (error) => console.log(error.message));
  const { nextTick } = process;
  port1.on('message', (n) => {
    if (n === 3) { console.log(n); port1.close(); return; }
    process.nextTick = () => { process.nextTick = nextTick; throw new Error('broken ' + n); };
    throw new Error();
  });
  later(() => port2.postMessage(3));`,
  ['broken 1', 'broken 2', '3'],
);

during(
  'handlers of uncaught errors may post to the port, and throwing ticks and microtasks delay nobody',
  1,
  `process.on('uncaughtException', (error) => { console.log(error.message); port2.postMessage(error.n + 1); });
  const fail = (n) => { throw Object.assign(new Error('error ' + n), { n }); };
  port1.on('message', (n) => {
    if (n === 1) fail(n);
    if (n === 2) process.nextTick(fail, n);
    if (n === 3) queueMicrotask(() => fail(n));
    if (n === 4) return Promise.reject(Object.assign(new Error('error ' + n), { n }));
    if (n === 5) port1.close();
  });`,
  ['error 1', 'error 2', 'error 3', 'error 4'],
);

for (const [when, close] of Object.entries({
  'in its listener': 'port1.close()',
  'in a tick of it': 'process.nextTick(() => port1.close())',
  'after an await in it': 'Promise.resolve().then(() => port1.close())',
})) {
  during(
    `a port that closes itself ${when} has the rest of what was waiting`,
    4,
    `port1.on('message', (n) => { console.log(n); if (n === 1) ${close}; }).on('close', () => console.log('close'));`,
    ['1', '2', '3', '4', 'close'],
  );
}

during(
  'listeners that come and go while messages wait: nothing is lost, nothing comes twice',
  5,
  `const second = (n) => { console.log('second', n); if (n === 5) port1.close(); };
  port1.once('message', (n) => {
    console.log('first', n);
    later(() => {
      console.log('waiting');
      port1.on('message', (n) => { if (n === 2) port1.on('message', second); });
      port1.once('message', (n) => console.log('third', n));
    });
  });`,
  ['first 1', 'waiting', 'third 2', 'second 2', 'second 3', 'second 4', 'second 5'],
);

during(
  'a port that is transferred by its own listener takes the rest along',
  4,
  `const other = new MessageChannel();
  port1.on('message', (n) => { console.log(n); if (n === 2) other.port1.postMessage(null, [port1]); });
  port1.on('close', () => console.log('left'));
  other.port2.addEventListener('message', ({ ports: [port] }) => {
    port.on('message', (n) => { console.log('there', n); if (n === 4) port.close(), other.port2.close(); });
  });`,
  ['1', '2', 'there 3', 'there 4', 'left'],
);

during(
  'a port that is stopped by its own listener keeps the rest, also for receiveMessageOnPort',
  3,
  `const listener = (n) => {
    console.log(n);
    port1.off('message', listener);
    later(() => { console.log(receiveMessageOnPort(port1).message); port1.on('message', (n) => { console.log(n); port1.close(); }); });
  };
  port1.on('message', listener);
  port1.ref();`,
  ['1', '2', '3'],
);

during(
  'receiveMessageOnPort inside a listener takes the next message, and the drain goes on after it',
  4,
  `port1.on('message', (n) => {
    console.log(n, receiveMessageOnPort(port1)?.message);
    if (n === 3) port1.close();
  });`,
  ['1 2', '3 4'],
);
