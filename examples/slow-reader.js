// Three workers make results faster than these are read. Nothing is lost, and never more than 1,000 of each worker's wait in memory.
'use strict';

const { Worker, isMainThread, parentPort } = require('ferroport');

const RESULTS = 5000;

async function produce() {
  for (let i = 0; i < RESULTS; i++) {
    while (!parentPort.tryPostMessage({ i, text: 'result' })) {
      // The reader is behind. There is room again, or the reader has ended.
      if (!(await parentPort.ready)) return;
    }
  }
}

function consume() {
  let read = 0;
  let most = 0;
  for (let i = 0; i < 3; i++) {
    const worker = new Worker(__filename, { highWaterMark: 1000 });
    worker.on('message', () => {
      read++;
      most = Math.max(most, worker.stats().waitingMessages);
      if (read === 3 * RESULTS) console.log(read, most <= 1000); // Prints: 15000 true
    });
  }
}

if (isMainThread) consume();
else produce();
