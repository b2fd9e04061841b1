// How long a message takes between two ports of one thread.
'use strict';

const { smallObject, text } = require('../payloads');

const COUNT = 10_000;

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
 * @param {string} name
 * @param {unknown} value
 * @param {Listen} listen
 * @param {number} atOnce how many are posted before the first can arrive; the others from the listener, one by one
 * @returns {import('../rounds').Case}
 */
function trial(name, value, listen, atOnce) {
  return {
    name,
    unit: 'ns',
    open({ threads }) {
      const { port1, port2 } = new threads.MessageChannel();
      /** @type {() => void} */
      let finish = () => {};
      let left = 0;
      let toPost = 0;
      listen(port2, () => {
        if (--left === 0) finish();
        else if (toPost > 0) {
          toPost--;
          port1.postMessage(value);
        }
      });
      return {
        async round() {
          left = COUNT;
          toPost = COUNT - atOnce;
          const finished = new Promise((resolve) => (finish = () => resolve(undefined)));
          const began = performance.now();
          for (let i = 0; i < atOnce; i++) port1.postMessage(value);
          await finished;
          return ((performance.now() - began) * 1e6) / COUNT;
        },
        close: () => port1.close(),
      };
    },
  };
}

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'same thread',
  cases: [
    trial('small object, queued, emitter style', smallObject(), emitterStyle, COUNT),
    trial('string, one by one, emitter style', text(16), emitterStyle, 1),
    trial('string, one by one, event style', text(16), eventStyle, 1),
  ],
};
