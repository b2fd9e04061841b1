// The threads of bounds.js: argv says whose ports they use, and their role.
'use strict';

const SENDERS = 3;
/** How long the reader takes for a message, in nanoseconds. */
const WORK = 20_000n;

/** How many bytes the threads share. */
const SHARED = 8 * 16;

/** @param {SharedArrayBuffer} shared */
function sharedViews(shared) {
  const at = (/** @type {number} */ index) => new Int32Array(shared, index * 16, index === 0 ? 1 : SENDERS);
  return {
    /** Whether the senders are to stop. */
    control: at(0),
    sent: at(1),
    read: at(2),
    /** How many messages did not come where they should have. */
    lost: at(3),
    /** When each sender heard that the reader has ended. */
    freed: new BigInt64Array(shared, 64, SENDERS),
  };
}

const [, , module_, role] = process.argv;

/** Posts until it is told to stop, and waits for room where that is possible. */
async function send() {
  const { workerData } = require(module_);
  const { port, index, shared } = workerData;
  const { control, sent, freed } = sharedViews(shared);
  const text = 'x'.repeat(100);
  const isBounded = port.tryPostMessage !== undefined;
  for (let id = 0; Atomics.load(control, 0) === 0; id++) {
    const value = { id, text, index };
    if (!isBounded) port.postMessage(value);
    else {
      while (!port.tryPostMessage(value)) {
        if (await port.ready) continue;
        freed[index] = process.hrtime.bigint();
        return;
      }
    }
    sent[index]++;
  }
  port.close();
}

/** Reads slowly, and counts what does not come in order. */
function receive() {
  const { parentPort, workerData } = require(module_);
  const { read, lost } = sharedViews(workerData.shared);
  for (const port of workerData.ports) {
    port.on('message', (/** @type {{ id: number, index: number }} */ { id, index }) => {
      if (id !== read[index]) lost[index]++;
      read[index]++;
      const end = process.hrtime.bigint() + WORK;
      while (process.hrtime.bigint() < end);
    });
  }
  parentPort.postMessage('ready');
}

if (role === 'sender') send();
else if (role === 'reader') receive();

module.exports = { SHARED, sharedViews };
