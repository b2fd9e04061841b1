'use strict';

// Transfer handlers for Comlink, which both sides need.

const { transferHandlers } = require('comlink');

class Order {
  constructor(amounts) {
    this.amounts = amounts;
  }

  total() {
    return this.amounts.reduce((a, b) => a + b, 0);
  }
}

/** An order travels as its amounts, which are moved. */
transferHandlers.set('order', {
  canHandle: (value) => value instanceof Order,
  serialize: ({ amounts }) => [amounts, [amounts.buffer]],
  deserialize: (amounts) => new Order(amounts),
});

module.exports = { Order };
