// A thread with members of a broadcast channel: it says when they have joined, and answers whenever all of them have got
// `count` messages.
'use strict';

const threads = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

const { port, name, members, count } = threads.workerData;
let received = 0;

for (let i = 0; i < members; i++) {
  new threads.BroadcastChannel(name).onmessage = () => {
    if (++received < members * count) return;
    received = 0;
    port.postMessage(null);
  };
}
port.postMessage(null);
