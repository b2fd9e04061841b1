// How long a message takes between two ports of one thread.
'use strict';

const { smallObject, text } = require('../payloads');
const { emitterStyle, eventStyle, withinThread } = require('../within-thread');

const COUNT = 10_000;

/**
 * @param {string} name
 * @param {number} ratio the target
 * @param {unknown} value
 * @param {{ atOnce: number, listen: import('../within-thread').Listen }} how
 * @returns {import('../rounds').Case}
 */
function trial(name, ratio, value, how) {
  return {
    ...{ name, unit: 'ns', target: { ratio } },
    open: (side) => withinThread(side, value, { count: COUNT, ...how }),
  };
}

/** @type {import('../rounds').Trial} */
module.exports = {
  name: 'same thread',
  cases: [
    trial('small object, queued, emitter style', 4, smallObject(), { listen: emitterStyle, atOnce: COUNT }),
    trial('string, one by one, emitter style', 3, text(16), { listen: emitterStyle, atOnce: 1 }),
    trial('string, one by one, event style', 1.5, text(16), { listen: eventStyle, atOnce: 1 }),
  ],
};
