// What a message costs within one thread that has other ports open, to all of which it listens.
'use strict';

const { smallObject, text } = require('../payloads');
const { withinThread } = require('../within-thread');

const QUEUED = 10_000;

/** @type {[ports: number, oneByOne: number][]} and how many messages take milliseconds on both sides */
const SIZES = [
  [2, 5_000],
  [1_000, 5_000],
  [100_000, 500],
];

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} ports that are open, the two of the messages included
 * @param {{ count: number, atOnce: number }} how
 * @returns {import('../rounds').Case}
 */
function trial(name, value, ports, how) {
  return {
    name: `${name}, ${ports.toLocaleString('en-US')} ports open`,
    unit: 'ns',
    open(side) {
      for (let open = 2; open < ports; open += 2) {
        const { port1, port2 } = new side.threads.MessageChannel();
        for (const port of [port1, port2]) port.on('message', () => {});
      }
      return withinThread(side, value, how);
    },
  };
}

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'open ports',
  cases: [
    ...SIZES.map(([ports]) => trial('small object, queued', smallObject(), ports, { count: QUEUED, atOnce: QUEUED })),
    ...SIZES.map(([ports, count]) => trial('string, one by one', text(16), ports, { count, atOnce: 1 })),
  ],
};
