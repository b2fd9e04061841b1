'use strict';

// Comlink: calls of an object in another thread, with callbacks and proxies that have a channel each.

const test = require('ava');
const { carries } = require('./client');

carries(
  test,
  'methods, properties, classes and errors of an object in a worker, by the adapter for Node',
  async (worker) => {
    const { Worker } = require('node:worker_threads');
    const comlink = require('comlink');
    const nodeEndpoint = require('comlink/dist/umd/node-adapter');
    const thread = new Worker(worker('comlink.js'));
    const shop = comlink.wrap(nodeEndpoint(thread));
    const failure = (promise) =>
      promise.then(
        () => 'no error',
        (error) => [error.name ?? null, error.message ?? error.code],
      );
    const seen = [];
    seen.push(await shop.greet('you'), await shop.open, await shop.address.city);
    await (shop.address.city = 'Lund');
    seen.push(await shop.address.city);
    seen.push(await Promise.all(Array.from({ length: 100 }, (_, i) => shop.greet(i))).then((all) => all.at(-1)));
    const stock = await new shop.Stock('north');
    await stock.add('nut', 2);
    seen.push(await stock.name, (await stock.add('nut', 3)).get('nut'));
    seen.push(await failure(shop.fail()), await failure(shop.failPlainly()), await failure(shop.uncloneable()));
    seen.push(await failure(shop.missing()));
    stock[comlink.releaseProxy]();
    try {
      stock.name;
    } catch (error) {
      seen.push(error.message);
    }
    seen.push(await thread.terminate());
    return seen;
  },
  {
    seen: [
      'hello, you',
      true,
      'Kiel',
      'Lund',
      'hello, 99',
      'north',
      5,
      ['RangeError', 'no such article'],
      [null, 7],
      ['TypeError', 'Unserializable return value'],
      ['TypeError', "Cannot read properties of undefined (reading 'apply')"],
      'Proxy has been released and is not useable',
      1,
    ],
    posts: { main: 110, workers: 110 },
  },
);

carries(
  test,
  'callbacks, a subscription, endpoints, moved bytes and transfer handlers',
  async (worker) => {
    const { Worker } = require('node:worker_threads');
    const { once } = require('node:events');
    const comlink = require('comlink');
    const nodeEndpoint = require('comlink/dist/umd/node-adapter');
    const { Order } = require(worker('transfer-handlers.js'));
    const thread = new Worker(worker('comlink.js'));
    const shop = comlink.wrap(nodeEndpoint(thread));
    const seen = [];
    seen.push(
      await shop.each(
        ['a', 'b'],
        comlink.proxy((item) => item.toUpperCase()),
      ),
    );
    const failing = comlink.proxy(() => {
      throw new SyntaxError('from the callback');
    });
    seen.push(await shop.each([1], failing).catch((error) => [error.name, error.message]));
    const ticks = [];
    const subscription = await shop.subscribe(comlink.proxy((tick) => ticks.push(tick) === 5 && 'stop'));
    while (ticks.length < 5) await new Promise((resolve) => setTimeout(resolve, 1));
    seen.push(ticks, await subscription.ticks());
    const bytes = new Uint8Array(3);
    const filled = await shop.fill(comlink.transfer(bytes, [bytes.buffer]), 9);
    seen.push(bytes.length, [...filled]);
    const order = new Order(new Float64Array([1.5, 2]));
    seen.push(await shop.total(order), order.amounts.length);
    const port = await shop[comlink.createEndpoint]();
    const other = comlink.wrap(port);
    seen.push(await other.greet('endpoint'), port instanceof MessagePort);
    other[comlink.releaseProxy]();
    subscription[comlink.releaseProxy]();
    const ended = once(thread, 'exit');
    shop.quit();
    seen.push(await ended);
    return seen;
  },
  {
    seen: [
      ['A', 'B'],
      ['SyntaxError', 'from the callback'],
      [1, 2, 3, 4, 5],
      5,
      0,
      [9, 9, 9],
      ['Order', 3.5],
      0,
      'hello, endpoint',
      true,
      [0],
    ],
    posts: { main: 15, workers: 15 },
  },
);

carries(
  test,
  'two ports of one thread, without the adapter, and a finalizer',
  async () => {
    const { MessageChannel } = require('node:worker_threads');
    const comlink = require('comlink');
    const { port1, port2 } = new MessageChannel();
    const finalized = new Promise((resolve) => {
      comlink.expose(
        {
          double: (x) => x * 2,
          nested: comlink.proxy({ of: 'a proxy' }),
          [comlink.finalizer]: () => resolve('finalized'),
        },
        port1,
      );
    });
    const remote = comlink.wrap(port2);
    const nested = await remote.nested;
    const seen = [await remote.double(21), await nested.of];
    nested[comlink.releaseProxy]();
    remote[comlink.releaseProxy]();
    return [...seen, await finalized];
  },
  { seen: [42, 'a proxy', 'finalized'], posts: { main: 6, workers: 0 } },
);
