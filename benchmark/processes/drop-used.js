// Drops channels through which a message went each way, and prints what is left of them.
'use strict';

const { dropChannels } = require('./drop-channels');

const threads = /** @type {typeof import('node:worker_threads')} */ (require(process.argv[2]));

dropChannels(() => {
  const { port1, port2 } = new threads.MessageChannel();
  port1.postMessage('there');
  threads.receiveMessageOnPort(port2);
  port2.postMessage('back');
  threads.receiveMessageOnPort(port1);
}, Number(process.argv[3]));
