'use strict';

// Messages that are posted after an attempt and must arrive whole: whatever the attempt has left behind would show in them.

/** One kind after the other, because leftovers of one kind show in messages of another. */
const kinds = [
  (n) => ({ sentinel: n, text: `text ${n}` }),
  (n) => n,
  (n) => `sentinel ${n}`,
  (n) => [
    { id: n, tags: ['a', 'b'], at: { x: n, y: 1.5 } },
    { id: n + 1, tags: [], at: { x: 0, y: 0 } },
  ],
  (n) =>
    new Map([
      [n, { name: 'map' }],
      ['set', new Set([1, 'two'])],
    ]),
  (n) => ({ [`key${n % 50}`]: n, when: new Date(n), re: /a+/g, error: new RangeError(`sentinel ${n}`) }),
  (n) => ({ sentinel: n, text: `text ${n}`, ['é' + (n % 7)]: 'häßlich', wide: 'ł'.repeat(n % 30) }),
  (n) => [1, 2.5, n, -1, 7],
  (n) => new Uint8Array([n, 1, 2, 3]),
  (n) => ({
    shared: [n, n],
    same: (() => {
      const o = { n };
      return [o, o];
    })(),
  }),
  (n) => `${n} ${'long '.repeat(600)}`,
  (n) => [BigInt(n) ** 9n, null, undefined, true, , 'after a hole'],
];

/** @param {number} n */
const sentinel = (n) => kinds[n % kinds.length](n);

module.exports = { sentinel };
