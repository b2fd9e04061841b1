'use strict';

// Objects used as dictionaries, more shapes than are numbered, and shapes that alternate: what is remembered stays bounded.

const test = require('ava');
const { endsWell } = require('../support/program');
const { run } = require('./program');

/** Runs a body in a process of its own, because shapes are the process's; `result` is what it returns. */
const alone = (title, body, check, options) =>
  test(title, (t) => {
    const { result, status, stderr } = run(body, options);
    t.is(status, 0, stderr);
    check(t, result);
  });

/**
 * Declares that the heap does not grow with the number of objects sent.
 * @param {string} title
 * @param {string} object an expression for the object of number `i`
 * @param {number} count
 * @param {number} [first] so many of them fill what is bounded
 */
const bounded = (title, object, count, first = count / 10) =>
  alone(
    title,
    `({ ferroport }) => {
      const { port1, port2 } = new ferroport.MessageChannel();
      port1.unref();
      port2.unref();
      const wide = (i, keys) => {
        const made = {};
        for (let j = 0; j < keys; j++) made['w' + i + '_' + j] = j;
        return made;
      };
      const heap = (from, to) => {
        for (let i = from; i < to; i++) {
          port1.postMessage(${object});
          const { message } = ferroport.receiveMessageOnPort(port2);
          if (i % 997 === 0 && JSON.stringify(message) !== JSON.stringify(${object})) throw new Error(String(i));
        }
        global.gc();
        return process.memoryUsage().heapUsed;
      };
      const count = ${count};
      const before = heap(0, ${first});
      return heap(${first}, count) - before;
    }`,
    // If each were kept, it would be a hundred bytes an object at least.
    (t, grown) => t.true(grown < 12e6, `${grown} bytes more`),
  );

bounded('a million objects with ever new keys leave nothing behind', '{ id: i, ["key" + i]: 1 }', 1_000_000);
bounded('ever new first keys leave nothing behind', '({ ["key" + i]: 1, id: i, text: "t" })', 200_000);
bounded('ever new keys, each seen twice, leave nothing behind', '[{ ["key" + i]: 1 }, { ["key" + i]: 2 }]', 200_000);
bounded('ever new keys, each seen often, leave nothing behind', '({ ["key" + (i >> 4)]: i, id: 1 })', 700_000, 350_000);
bounded('ever new indices leave nothing behind', '({ [i]: 1, [i + 5]: 2, id: i })', 200_000);
bounded('objects of ever new keys, as many as a shape may have, leave nothing behind', 'wide(i, 128)', 10_000);
bounded('objects of ever new keys, several hundred, leave nothing behind', 'wide(i, 300)', 6000);
bounded('objects of more keys than a shape may have leave nothing behind', 'wide(i, 1500)', 2000);
bounded(
  'instances with ever new keys leave nothing behind',
  'Object.assign(new (class Named {})(), { ["k" + i]: i })',
  50_000,
);
bounded(
  'objects without prototype and with ever new keys leave nothing behind',
  'Object.assign(Object.create(null), { ["k" + i]: i })',
  200_000,
);
bounded('ever new strings leave nothing behind', '({ text: "text " + i, other: "x".repeat(i % 40) + i })', 300_000);

alone(
  'more shapes than get a number arrive, there and back, and those that have one keep it',
  ({ clone, ferroport }) => {
    const make = (n, value) => ({ [`shape${n}`]: value, shared: n, [`last${n % 7}`]: 'l' });
    const wrong = [];
    for (let round = 0; round < 4; round++) {
      for (let n = 0; n < 20_000; n++) {
        const list = [make(n, round), make(n, 0.5), make(n % 100, 'early')];
        const arrived = clone(ferroport, list);
        if (JSON.stringify(arrived) !== JSON.stringify(list)) wrong.push([round, n]);
      }
    }
    return wrong;
  },
  (t, wrong) => t.deepEqual(wrong, []),
);

endsWell(
  test,
  'threads that met shapes in different orders, and more than get a number, read one another',
  `const { Worker } = require(ferroport);
  const { deepStrictEqual } = require('node:assert');
  const make = (n) => ({ ['shape' + n]: n, shared: 'text', ['last' + (n % 5)]: [n] });
  const code = 'const { parentPort } = require(' + JSON.stringify(ferroport) + '); const make = ' + make + ';' +
    'let n = 20_000; parentPort.on("message", (list) => { ' +
    'n -= 50; parentPort.postMessage([list, Array.from({ length: 50 }, (_, i) => [make(n + i), make(n + i)])]); });';
  const worker = new Worker(code, { eval: true });
  let from = 0;
  const send = () => worker.postMessage(Array.from({ length: 50 }, (_, i) => [make(from + i), make(from + i)]));
  worker.on('message', ([mine, its]) => {
    deepStrictEqual(mine, Array.from({ length: 50 }, (_, i) => [make(from + i), make(from + i)]));
    const first = 20_000 - 50 - from;
    deepStrictEqual(its, Array.from({ length: 50 }, (_, i) => [make(first + i), make(first + i)]));
    from += 50;
    if (from < 20_000) return send();
    console.log('all');
    worker.terminate();
  });
  send();`,
  ['all'],
);

alone(
  'a place that sends 10,000 shapes in turn, or in no order, sends each as what it is',
  ({ clone, ferroport }) => {
    let state = 1;
    const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
    const make = (n) => {
      const made = { a: n };
      for (let bit = 0; bit < 14; bit++) if ((n >> bit) & 1) made[`bit${bit}`] = n / 2;
      return made;
    };
    const wrong = [];
    for (let n = 0; n < 60_000; n++) {
      const which = n < 30_000 ? n % 10_000 : next() % 10_000;
      const list = [make(which), make(which ^ 1), make(next() % 16)];
      if (JSON.stringify(clone(ferroport, list)) !== JSON.stringify(list)) wrong.push(which);
    }
    return wrong;
  },
  (t, wrong) => t.deepEqual(wrong, []),
);

alone(
  'objects whose keys are alike but for order, number, or the last one, are told apart',
  ({ clone, ferroport }) => {
    const lists = [
      ['a', 'b', 'c'],
      ['a', 'c', 'b'],
      ['c', 'b', 'a'],
      ['a', 'b'],
      ['a', 'b', 'c', 'd'],
      ['a', 'b', 'd'],
      [],
      [''],
    ];
    lists.push(['a,b'], ['a', 'b,c'], ['ab'], ['a', '', 'b'], ['b'], ['a', 'b', 'c', ''], ['1', 'a'], ['a', '01']);
    const wrong = [];
    for (let round = 0; round < 40; round++) {
      for (const one of lists) {
        for (const other of lists) {
          const list = [one, other, one].map((keys) =>
            Object.fromEntries(keys.map((key, n) => [key, `${key} ${n} ${round}`])),
          );
          if (JSON.stringify(clone(ferroport, list)) !== JSON.stringify(list)) wrong.push([one, other]);
        }
      }
    }
    return wrong;
  },
  (t, wrong) => t.deepEqual(wrong, []),
);

alone(
  'objects of every number of keys arrive, up to 5,000',
  ({ clone, ferroport }) => {
    const wrong = [];
    const sizes = [
      ...Array.from({ length: 140 }, (_, n) => n),
      199,
      200,
      255,
      256,
      257,
      1023,
      1024,
      1025,
      4999,
      5000,
      5001,
    ];
    for (const size of sizes) {
      for (let round = 0; round < (size < 140 ? 30 : 12); round++) {
        const made = {};
        for (let n = 0; n < size; n++) made[`key${n}`] = [n, 'text', 0.5, null, undefined, [n]][(n + round) % 6];
        const list = [made, { ...made }, made];
        const arrived = clone(ferroport, list);
        const same = JSON.stringify(arrived) === JSON.stringify(list) && arrived[0] === arrived[2];
        if (!same || Object.keys(arrived[1]).length !== size) wrong.push(size);
      }
    }
    return wrong;
  },
  (t, wrong) => t.deepEqual(wrong, []),
);

endsWell(
  test,
  'objects whose keys are seen once get no number, whatever their prototype',
  `const { MessageChannel } = require(ferroport);
  const { internShape } = require('./lib/native/native');
  const { port1, port2 } = new MessageChannel();
  const kinds = { plain: Object.prototype, none: null, class: class Named {}.prototype };
  for (const [name, prototype] of Object.entries(kinds)) {
    const make = (key) => Object.setPrototypeOf({ [name + key]: 1 }, prototype);
    port1.postMessage(make(''));
    const before = internShape([name + ' before'], 2);
    for (let n = 0; n < 100; n++) port1.postMessage(make(n));
    console.log(name, internShape([name + ' after'], 2) - before);
  }
  port1.close();`,
  ['plain 1', 'none 1', 'class 1'],
  { env: { FERROPORT_FAST_LANE: '1' } },
);
