// The price service: whoever dials 'prices' gets a port, says which prices it wants, and hears of each change. Start as many as you like: they
// share those who dial.
//
//   NATS_URL=nats://127.0.0.1:4222 node service.js
'use strict';

const { hostname } = require('node:os');
const { connect } = require('ferroport/nats');

const SYMBOLS = ['FERR', 'PORT', 'NATS', 'RUST'];

/** @type {Record<string, number>} */
const prices = Object.fromEntries(SYMBOLS.map((symbol, i) => [symbol, 100 * (i + 1)]));

/** Who wants what. @type {Map<any, string[]>} */
const subscribers = new Map();

async function main() {
  const hub = await connect({
    servers: process.env.NATS_URL ?? 'nats://127.0.0.1:4222',
    name: 'price service',
    user: 'prices',
    pass: process.env.PRICES_PASSWORD ?? 'prices-secret',
    inboxPrefix: 'to.prices',
    deadAfter: 3000,
    heartbeat: 500,
  });
  await hub.listen('prices', serve, { queue: 'services' });
  const timer = setInterval(change, 50);
  const end = () => {
    clearInterval(timer);
    // Those who have ports hear that they are closed, and dial another service.
    void hub.close();
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  console.log(`process ${process.pid} serves prices`);
}

/**
 * @param {any} port
 * @param {import('ferroport/nats').PeerInfo} from
 */
function serve(port, from) {
  console.log(`${from.name} of ${from.host} has dialled`);
  port.postMessage({ service: { host: hostname(), pid: process.pid }, symbols: SYMBOLS });
  port.on('message', ({ subscribe }) => subscribers.set(port, subscribe));
  port.on('close', ({ reason }) => {
    subscribers.delete(port);
    console.log(`${from.name} of ${from.host} has gone: ${reason}`);
  });
}

/** A price changes. */
function change() {
  const symbol = SYMBOLS[Math.floor(Math.random() * SYMBOLS.length)];
  prices[symbol] = Math.max(1, prices[symbol] * (1 + (Math.random() - 0.5) / 100));
  const quote = { symbol, price: prices[symbol], at: new Date() };
  for (const [port, wanted] of subscribers) {
    // Who reads too slowly misses some: the next one is better than an old one.
    if (wanted.includes(symbol)) port.tryPostMessage(quote);
  }
}

void main();
