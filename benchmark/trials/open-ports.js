// What a message costs within one thread that has other ports open, to all of which it listens.
'use strict';

const { smallObject, text } = require('../payloads');
const { withinThread } = require('../within-thread');

const COUNT = 10_000;
const SIZES = [2, 1_000, 100_000];

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} ports that are open, the two of the messages included
 * @param {number} atOnce how many are posted before the first can arrive
 * @returns {import('../rounds').Case}
 */
function trial(name, value, ports, atOnce) {
  return {
    name: `${name}, ${ports.toLocaleString('en-US')} ports open`,
    unit: 'ns',
    // A wake-up of the event loop looks at each of the built-in's ports, whoever is to be woken.
    apart: true,
    open(side) {
      for (let open = 2; open < ports; open += 2) {
        const { port1, port2 } = new side.threads.MessageChannel();
        for (const port of [port1, port2]) port.on('message', () => {});
      }
      return withinThread(side, value, { count: COUNT, atOnce });
    },
  };
}

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'open ports',
  cases: [
    ...SIZES.map((ports) => trial('small object, queued', smallObject(), ports, COUNT)),
    ...SIZES.map((ports) => trial('string, one by one', text(16), ports, 1)),
  ],
};
