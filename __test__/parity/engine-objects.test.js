'use strict';

// Objects whose insides are the engine's: whatever structured clone knows of each, in whatever form and wherever it stands.

const { same } = require('../support/scenario');
const { Named, forms, kinds, prototypes } = require('./engine-kinds');

const places = {
  whole: (value) => value,
  'in an array': (value) => [1, value],
  'in an object': (value) => ({ v: value }),
  'key of a Map': (value) => new Map([[value, 1]]),
  'value of a Map': (value) => new Map([[1, value]]),
  'in a Set': (value) => new Set([value]),
  'cause of an error': (value) => Object.assign(new Error('m', { cause: value }), { stack: 's' }),
};

/** Sends objects with the keys, and of the class, that those of the table have: they are known then. */
function warm(post) {
  for (let n = 0; n < 40; n++) {
    post([
      { a: 1, b: 2 },
      Object.assign(Object.create(null), { a: 1, b: 2 }),
      Object.assign(new Named(), { a: 1, b: 2 }),
    ]);
    post([
      {},
      Object.create(null),
      new Named(),
      { rawJSON: '1' },
      Object.assign(Object.create(null), { rawJSON: '1' }),
    ]);
  }
}

for (const [form, give] of Object.entries(forms)) {
  same(`objects of the engine, ${form}, arrive or are refused`, ({ api, log, attempt, open }) => {
    const [port, peer] = open();
    const trip = (value) => {
      port.postMessage(value);
      return api.receiveMessageOnPort(peer).message;
    };
    warm(trip);
    for (const [kind, make] of Object.entries(kinds)) {
      for (const [place, put] of Object.entries(places)) {
        const object = make();
        if (object === undefined || !give(object)) continue;
        log(
          kind,
          place,
          attempt(() => trip(put(object))),
        );
      }
    }
  });
}

same('prototypes and namespaces of the language arrive or are refused', ({ log, attempt, trip }) => {
  for (const [name, prototype] of Object.entries(prototypes)) {
    log(
      name,
      attempt(() => trip(prototype)),
      attempt(() => trip([prototype])),
    );
  }
});
