'use strict';

// An object that is called over Comlink.

const { parentPort } = require('node:worker_threads');
const comlink = require('comlink');
const nodeEndpoint = require('comlink/dist/umd/node-adapter');

require('./transfer-handlers');

class Stock {
  #articles = new Map();

  constructor(name) {
    this.name = name;
  }

  add(article, count) {
    this.#articles.set(article, (this.#articles.get(article) ?? 0) + count);
    return this.#articles;
  }
}

const shop = {
  Stock,
  open: true,
  address: { city: 'Kiel' },
  greet: (name) => `hello, ${name}`,
  async each(list, callback) {
    const seen = [];
    try {
      for (const item of list) seen.push(await callback(item));
    } finally {
      // Else its channel stays open until the proxy has been collected.
      callback[comlink.releaseProxy]();
    }
    return seen;
  },
  fill(bytes, value) {
    bytes.fill(value);
    return comlink.transfer(bytes, [bytes.buffer]);
  },
  fail() {
    throw new RangeError('no such article');
  },
  failPlainly() {
    // What is thrown need not be an error.
    throw { code: 7 };
  },
  uncloneable: () => () => {},
  subscribe(onTick) {
    let ticks = 0;
    const run = async () => {
      while ((await onTick(++ticks)) !== 'stop');
      onTick[comlink.releaseProxy]();
    };
    run();
    return comlink.proxy({ ticks: () => ticks });
  },
  total: (order) => [order.constructor.name, order.total()],
  quit: () => parentPort.close(),
};

comlink.expose(shop, nodeEndpoint(parentPort));
