// Handing a port from worker to worker: its queue goes along, and who posts to it need not know where it is.
'use strict';

const { MessageChannel, Worker, isMainThread, parentPort, threadId } = require('ferroport');

if (isMainThread) {
  const { port1, port2 } = new MessageChannel();
  const first = new Worker(__filename);
  const second = new Worker(__filename);

  port1.on('message', ({ heard, worker }) => {
    console.log(`${heard} was heard by ${worker === first.threadId ? 'the first' : 'the second'} worker`);
    // Prints: apple was heard by the first worker
    // Prints: banana was heard by the second worker
    // Prints: cherry was heard by the second worker
    if (heard === 'cherry') port1.close();
  });

  // The first worker reads one message, and sends the port back with what waits in it.
  first.once('message', (port) => second.postMessage({ port, most: 2 }, [port]));
  first.postMessage({ port: port2, most: 1 }, [port2]);
  for (const fruit of ['apple', 'banana', 'cherry']) port1.postMessage(fruit);
} else {
  parentPort.once('message', ({ port, most }) => {
    let count = 0;
    port.on('message', function listener(heard) {
      count += 1;
      port.postMessage({ heard, worker: threadId });
      if (count < most) return;
      port.off('message', listener);
      if (most === 1) parentPort.postMessage(port, [port]);
    });
  });
}
