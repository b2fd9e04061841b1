// The rounds of messages between two ports of one thread.
'use strict';

/**
 * @callback Listen makes a listener get the messages of a port
 * @param {import('node:worker_threads').MessagePort} port
 * @param {() => void} listener
 */

/** @type {Listen} */
const emitterStyle = (port, listener) => port.on('message', listener);
/** @type {Listen} */
const eventStyle = (port, listener) => port.addEventListener('message', listener);

/**
 * @param {import('./rounds').Side} side
 * @param {unknown} value
 * @param {{ count: number, atOnce: number, listen?: Listen }} how many messages a round has; how many of them are posted
 *   before the first can arrive, the others following from the listener, one by one; and whose style the listener is
 * @returns {import('./rounds').Bench} in nanoseconds
 */
function withinThread({ threads }, value, { count, atOnce, listen = emitterStyle }) {
  const { port1, port2 } = new threads.MessageChannel();
  /** @type {() => void} */
  let finish = () => {};
  let left = 0;
  listen(port2, () => {
    if (--left === 0) finish();
    else if (left >= atOnce) port1.postMessage(value);
  });
  return {
    async round() {
      left = count;
      const finished = new Promise((resolve) => (finish = () => resolve(undefined)));
      const began = performance.now();
      for (let i = 0; i < atOnce; i++) port1.postMessage(value);
      await finished;
      return ((performance.now() - began) * 1e6) / count;
    },
    close: () => port1.close(),
  };
}

module.exports = { emitterStyle, eventStyle, withinThread };
