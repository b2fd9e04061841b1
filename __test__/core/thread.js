'use strict';

// The workers of the core scenarios: argv says which implementation, and which role.

const [, , name, role] = process.argv;
const { MessageChannel, MessagePort, parentPort, receiveMessageOnPort, workerData } = require(name);
const { SharedAbortController } = require(name);

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

  /** Sends everything back without returning to the event loop. */
  echoSync() {
    for (;;) {
      const value = parentPort.receiveSync();
      if (value === 'end') break;
      parentPort.postMessage(value);
    }
    parentPort.postMessage('ended');
    parentPort.close();
  },

  /** Hands one message on, and breaks the ring if nobody else can. */
  ring() {
    const { from, to } = workerData;
    try {
      to.postMessage(from.receiveSync());
    } catch (error) {
      to.postMessage(error.code === 'ERR_FERROPORT_DEADLOCK' ? 'broken by ring' : String(error));
    }
  },

  /** Posts late. */
  sayLate() {
    const { port, name } = workerData;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    port.postMessage(name);
    port.receiveSync();
  },

  /** Counts numbers in their order, with a buffer each. */
  countSync() {
    const { port } = workerData;
    for (let count = 0; ; count++) {
      const value = port.receiveSync();
      if (value === 'end') return port.postMessage(count);
      if (value[0] !== count || value[1].byteLength !== 4) return port.postMessage(`wrong: ${value[0]}`);
    }
  },

  /** Holds a port, and closes it when told to. */
  holder() {
    parentPort.once('message', () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
      workerData.port.close();
    });
  },

  /** Aborts late, and posts afterwards. */
  abortLate() {
    const controller = new SharedAbortController();
    parentPort.postMessage(controller.signal);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    controller.abort({ why: 'late' });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    parentPort.postMessage('after');
    parentPort.on('message', () => {});
  },

  /** Blocks for ever. */
  blocked() {
    parentPort.postMessage('blocks now');
    parentPort.receiveSync();
  },

  /** The same, for room. */
  blockedForRoom() {
    parentPort.postMessage('blocks now');
    const { port1, port2 } = new MessageChannel({ highWaterMark: 1 });
    parentPort.postMessage(port2, [port2]);
    while (port1.postMessageSync('more'));
  },

  /** Reads numbers, and says at the end of a hundred how much may wait for them; or waits itself. */
  slow() {
    parentPort.on('message', (value) => {
      if (value === 99) parentPort.postMessage(parentPort.highWaterMark);
      if (value === 'wait') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
    });
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

  /** Runs in a circle until the signal that it has been given is aborted, and says why and when. */
  spinning() {
    const { signal, words } = workerData;
    parentPort.postMessage('begun');
    while (!signal.aborted);
    Atomics.store(new Int32Array(words), 0, 1);
    parentPort.postMessage(signal.reason);
  },

  /** Sends on what it gets, and hears when the signals in it are aborted. */
  relaying() {
    parentPort.on('message', (value) => {
      const { signal } = value;
      signal.addEventListener('abort', ({ type }) => parentPort.postMessage([type, signal.aborted, signal.reason]));
      parentPort.postMessage(value);
    });
  },

  /** Aborts the signal of a controller of its own when it is told why. */
  aborting() {
    const controller = new SharedAbortController();
    parentPort.postMessage({ signal: controller.signal });
    parentPort.on('message', (why) => {
      controller.abort(why);
      parentPort.postMessage(controller.signal.reason === why);
    });
  },

  /** Aborts for a reason that holds DOM exceptions. */
  excepting() {
    const controller = new SharedAbortController();
    parentPort.postMessage({ signal: controller.signal });
    const inner = new DOMException('inner', 'NotFoundError');
    controller.abort({ list: [inner, inner] });
    parentPort.on('message', () => {});
  },

  /** Waits for nothing but an abort, which keeps no thread running. */
  waiting() {
    workerData.signal.onabort = () => {};
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
