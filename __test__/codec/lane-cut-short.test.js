'use strict';

// A program runs out of stack, or is ended by a timeout, anywhere in a call of ours: what is remembered is right afterwards.

const test = require('ava');
const { endsWell } = require('../support/program');

/** The beginning of each program: `trip(value)` is what arrives, `drain()` forgets what waits. */
const BEGIN = `const vm = require('node:vm');
  const { join } = require('node:path');
  const { inside } = require(join(ferroport, '..', '..', '__test__', 'support', 'inside.js'));
  const lib = (name) => inside(\`lib/\${name}.js\`);
  const { MessageChannel, receiveMessageOnPort } = require(ferroport);
  const { port1, port2 } = new MessageChannel();
  port1.unref();
  port2.unref();
  const trip = (value) => {
    port1.postMessage(value);
    return receiveMessageOnPort(port2).message;
  };
  const drain = () => {
    while (receiveMessageOnPort(port2));
  };
  // A native channel of which only half could be made would end the program, later, in Node.
  lib('runtime/oracle').clone(1);
  // Calls a function with ever more stack, from none at all, until it ends well.
  const withLittleStack = (action) => {
    let done = false;
    const go = () => {
      try {
        go();
      } catch {}
      if (done) return;
      action();
      done = true;
    };
    go();
  };`;

/** Functions are made, and tables filled, by the fast lane only. */
const FAST = { env: { FERROPORT_FAST_LANE: '1' } };

endsWell(
  test,
  'a string whose reading was ended by a timeout is the same string when it comes again',
  `${BEGIN}
  const make = (i) => String(i).padStart(8, '0') + ' and the very same tail';
  let last = 0;
  const step = () => trip(make(++last));
  for (let i = 0; i < 20_000; i++) step();
  const wrong = new Set();
  for (let round = 0; round < 600; round++) {
    try {
      vm.runInNewContext('for (;;) step()', { step }, { timeout: 1 + (round % 3) });
    } catch {}
    drain();
    for (let i = last - 2; i < last + 2; i++) if (trip(make(i)) !== make(i)) wrong.add(i);
  }
  console.log(wrong.size, 'wrong');`,
  ['0 wrong'],
);

endsWell(
  test,
  'objects whose keys were being listed, or whose functions were being made, when a timeout came, are sent as they are',
  `${BEGIN}
  const { isDeepStrictEqual } = require('node:util');
  const make = (i, n) => ({ ['a' + (i >> 2)]: n, b: 'text', ['c' + (i >> 3)]: { d: n, ['e' + (i >> 4)]: [n] } });
  let last = 0;
  const step = () => {
    last++;
    for (let n = 0; n < 4; n++) trip(make(last, n));
  };
  const wrong = new Set();
  for (let round = 0; round < 600; round++) {
    try {
      vm.runInNewContext('for (;;) step()', { step }, { timeout: 1 + (round % 3) });
    } catch {}
    drain();
    for (let i = last - 20; i < last + 20; i++) {
      for (let n = 0; n < 3; n++) if (!isDeepStrictEqual(trip(make(i, n)), make(i, n))) wrong.add(i);
    }
  }
  console.log(wrong.size, 'wrong');`,
  ['0 wrong'],
);

endsWell(
  test,
  'a function that could not be made for want of stack takes no room',
  `${BEGIN}
  const { Shape } = lib('codec/shapes/shapes');
  const { giveWriter } = lib('codec/shapes/functions');
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  let without = 0;
  for (let number = 0; number < 600; number++) {
    const shape = new Shape(keys, number);
    withLittleStack(() => giveWriter(shape, { getPrototypeOf: Object.getPrototypeOf }));
    if (shape.write === null) without++;
  }
  console.log(without, 'without');`,
  ['0 without'],
  FAST,
);

endsWell(
  test,
  'a pool of Buffers that could not be asked about for want of stack is asked about again',
  `${BEGIN}
  const pooled = Buffer.from('x');
  withLittleStack(() => port1.postMessage(pooled));
  drain();
  console.log(trip(pooled).buffer.byteLength, trip(Buffer.from('y')).buffer.byteLength);`,
  ['1 1'],
);

endsWell(
  test,
  'what objects are is found out again if there was no stack to find it out',
  `${BEGIN}
  class Mine {
    id = 1;
    [require('node:util').inspect.custom]() {
      return 'mine';
    }
  }
  const key = require('node:crypto').createSecretKey(Buffer.from('12345678'));
  for (const value of [new Mine(), key, new Blob(['x']), performance.mark('m'), new (require('node:net').BlockList)()]) {
    const expected = structuredClone(value);
    withLittleStack(() => port1.postMessage(value));
    drain();
    const arrived = trip(value);
    console.log(Object.getPrototypeOf(arrived) === Object.getPrototypeOf(expected), Object.keys(arrived).join() === Object.keys(expected).join());
  }`,
  Array(5).fill('true true'),
);
