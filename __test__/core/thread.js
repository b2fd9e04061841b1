'use strict';

// The workers of the core scenarios: argv says which implementation, and which role.

const [, , name, role] = process.argv;
const { MessageChannel, MessagePort, parentPort, receiveMessageOnPort, workerData } = require(name);

const roles = {
  /** Sends everything back. */
  echo() {
    parentPort.on('message', (value) => parentPort.postMessage(value));
  },

  /** Sends back what it was given. */
  data() {
    parentPort.postMessage(workerData);
  },

  /** Sends back what it is sent first, with all of its ArrayBuffers moved. */
  mover() {
    parentPort.once('message', (buffer) => {
      new Uint8Array(buffer)[0]++;
      parentPort.postMessage(buffer, [buffer]);
    });
  },

  /** Answers on the ports that it gets. */
  ports() {
    const answer = (port) => port.on('message', (value) => port.postMessage(value + 1));
    if (workerData) answer(workerData.port);
    parentPort.on('message', ({ port }) => answer(port));
  },

  /** Makes a channel and gives one end of it away. */
  giver() {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage('waiting');
    parentPort.postMessage({ port2 }, [port2]);
    port1.on('message', (value) => {
      port1.postMessage(value + 1);
      port1.close();
    });
  },

  /** Gives one end of a channel of two messages away, and counts what comes to the other, unless it is not to read. */
  bounded() {
    const { port1, port2 } = new MessageChannel({ highWaterMark: 2 });
    parentPort.postMessage(port2, [port2]);
    let count = 0;
    if (workerData?.reads === false) setInterval(() => port1.ref(), 1000);
    else port1.on('message', (value) => (value === 'end' ? port1.postMessage(count) : count++));
  },

  /** Reads numbers, and says at the end of a hundred how much may wait for them; or waits itself. */
  slow() {
    parentPort.on('message', (value) => {
      if (value === 99) parentPort.postMessage(parentPort.highWaterMark);
      if (value === 'wait') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
    });
  },

  /** Sends back what it is sent, one more each, until it is to end. */
  async iterating() {
    for await (const value of parentPort) {
      if (value === 'end') break;
      parentPort.postMessage(value + 1);
    }
  },

  /** Posts so many numbers, and ends. */
  counting() {
    for (let i = 0; i < workerData; i++) parentPort.postMessage(i);
  },

  /** Streams back what it is streamed, twice as much each. */
  async doubling() {
    const double = new TransformStream({ transform: (value, controller) => controller.enqueue(value * 2) });
    await parentPort.readable.pipeThrough(double).pipeTo(parentPort.writable);
  },

  /** Writes numbers to a stream until that fails, and posts how many it has written, and why it has ended. */
  async flooding() {
    const writer = parentPort.writable.getWriter();
    let count = 0;
    try {
      for (;;) {
        await writer.write(count);
        count++;
      }
    } catch (error) {
      parentPort.postMessage({ count, reason: error });
    }
  },

  /** Counts in shared memory until it is told to stop. */
  shared() {
    const words = new Int32Array(workerData);
    Atomics.add(words, 0, 41);
    Atomics.notify(words, 0);
    Atomics.wait(words, 1, 0, 10_000);
    parentPort.postMessage(Atomics.load(words, 0));
  },

  /** Takes messages without an event loop. */
  synchronous() {
    const { port, words } = workerData;
    Atomics.wait(new Int32Array(words), 0, 0, 10_000);
    const found = [];
    for (let next; (next = receiveMessageOnPort(port)) !== undefined;) found.push(next.message);
    parentPort.postMessage(found);
    port.close();
  },

  /** Posts, and ends before anybody can have read it. */
  last() {
    for (let i = 0; i < 100; i++) parentPort.postMessage(i);
    process.exit(3);
  },

  /** Throws what nobody catches. */
  failing() {
    parentPort.postMessage('before');
    throw new RangeError('out of the worker');
  },

  /** Closes its port when it is told to: then nothing keeps the thread. */
  closing() {
    parentPort.on('message', () => parentPort.close());
  },

  /** Posts without end, on two channels. */
  flood() {
    const { port } = workerData;
    (function again() {
      for (let i = 0; i < 50; i++) {
        parentPort.postMessage({ i, text: 'x'.repeat(i) });
        port.postMessage([i, new Map([[i, i]])]);
      }
      setImmediate(again);
    })();
  },

  /** Adds up what it gets, in batches. */
  sum() {
    let sum = 0;
    parentPort.on('message', (value) => {
      if (value === 'done') parentPort.postMessage(sum);
      else sum += value.n;
    });
  },

  /** Has a port of ferroport out of a carrier of the runtime's own. */
  carrier() {
    const port = MessagePort.fromNode(require('node:worker_threads').workerData);
    port.on('message', (value) => {
      port.postMessage({ back: value });
      port.close();
    });
  },
};

roles[role]();
