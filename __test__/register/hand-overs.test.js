'use strict';

// Ports of ferroport that wander through Node's own messages, among threads with the hook and without it.

const test = require('ava');
const { endsWell } = require('../support/program');
const { HEAD, later } = require('./hooked');

const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);

/** What each thread does: it takes some messages and sends the port back, sometimes only after a while. */
const holder = `
  import * as wt from 'node:worker_threads';
  let state = wt.workerData.seed;
  const random = (n) => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) % n;
  wt.parentPort.on('message', ({ id, port }) => {
    const giveBack = () => {
      const seen = [];
      for (let left = random(4); left > 0; left--) {
        const received = wt.receiveMessageOnPort(port);
        if (received !== undefined) seen.push(received.message);
      }
      port.postMessage({ from: id });
      wt.parentPort.postMessage({ id, seen, port, isHooked: !/native code/.test(port.postMessage) }, [port]);
    };
    if (random(3) === 0) giveBack();
    else setTimeout(giveBack, random(4));
  });`;

endsWell(
  test,
  `what is posted to wandering ports arrives, all of it and in order, both ways (seed ${seed})`,
  `${HEAD}
   const [PORTS, HOPS, MESSAGES] = [6, 12, 200];
   let state = ${seed};
   const random = (n) => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) % n;
   const url = new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(holder)}));
   // Every other thread is without the hook.
   const workers = [0, 1, 2, 3].map((n) =>
     new node.Worker(url, { workerData: { seed: random(2 ** 31) }, ...(n % 2 === 1 ? { execArgv: [] } : {}) }));
   const kinds = new Set();
   const results = [];
   let open = PORTS;
   for (let id = 0; id < PORTS; id++) {
     const { port1, port2 } = new wt.MessageChannel();
     let next = 0;
     let answers = 0;
     const produce = () => {
       for (let left = random(20); left > 0 && next < MESSAGES; left--) port1.postMessage({ id, n: next++ });
       if (next < MESSAGES) setTimeout(produce, random(3));
     };
     port1.on('message', ({ from }) => (answers += from === id));
     produce();
     const seen = [];
     let hops = HOPS;
     const send = (port) => workers[random(workers.length)].postMessage({ id, port }, [port]);
     const done = () => {
       const inOrder = seen.every((value, n) => value.id === id && value.n === n);
       results[id] = [seen.length, inOrder, answers];
     };
     const back = (message) => {
       if (message.id !== id) return;
       seen.push(...message.seen);
       kinds.add(message.isHooked);
       if (hops-- > 0) return send(message.port);
       for (const worker of workers) worker.off('message', back);
       message.port.on('message', (value) => {
         seen.push(value);
         if (seen.length === MESSAGES) finish();
       });
       const finish = () => {
         // What has been posted through so many threads may still be on its way.
         if (answers <= HOPS) return setTimeout(finish, 10);
         done();
         message.port.close();
         if (--open > 0) return;
         console.log(JSON.stringify(results), [...kinds].sort().join());
         for (const worker of workers) worker.terminate();
       };
     };
     for (const worker of workers) worker.setMaxListeners(0).on('message', back);
     send(port2);
   }`,
  [`${JSON.stringify(Array(6).fill([200, true, 13]))} false,true`],
  later,
);
