// A shop: has a port to a price service, and a page for browsers that shows prices, and what goes on between the two, live.
//
//   NATS_URL=nats://127.0.0.1:4222 PORT=8080 node shop.js
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { connect } = require('ferroport/nats');

/** What the page shows. */
const state = {
  link: 'not connected',
  /** @type {{ host: string, pid: number } | null} */
  service: null,
  dials: 0,
  quotes: 0,
  /** @type {Record<string, { price: number, at: Date }>} */
  prices: {},
};

/** The browsers that look. @type {Set<http.ServerResponse>} */
const browsers = new Set();

const PAGE = fs.readFileSync(path.join(__dirname, 'page.html'));

const server = http.createServer((request, response) => {
  if (request.url === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(event());
    browsers.add(response);
    response.on('close', () => browsers.delete(response));
  } else {
    response.writeHead(request.url === '/' ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
    response.end(request.url === '/' ? PAGE : '');
  }
});

const event = () => `data: ${JSON.stringify(state)}\n\n`;

/** Browsers need not see each price. */
setInterval(() => {
  for (const browser of browsers) if (!browser.writableNeedDrain) browser.write(event());
}, 100);

async function main() {
  const hub = await connect({
    servers: process.env.NATS_URL ?? 'nats://127.0.0.1:4222',
    name: 'shop',
    user: 'shop',
    pass: process.env.SHOP_PASSWORD ?? 'shop-secret',
    inboxPrefix: 'to.shops',
    deadAfter: 3000,
    heartbeat: 500,
  });
  server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
    console.log(`look at http://127.0.0.1:${/** @type {any} */ (server.address()).port}/`);
  });
  for (;;) {
    state.dials++;
    try {
      state.link = await follow(await hub.dial('prices'));
    } catch (error) {
      // Nobody serves prices at the moment.
      state.link = `${/** @type {any} */ (error).message}`;
    }
    state.service = null;
    await sleep(500);
  }
}

/**
 * Hears prices until the port closes.
 * @param {any} port
 * @returns {Promise<string>} why it has
 */
function follow(port) {
  return new Promise((resolve) => {
    port.on('close', (/** @type {any} */ { reason }) => resolve(`closed: ${reason}`));
    port.on('message', (/** @type {any} */ message) => {
      if (message.service !== undefined) {
        state.link = 'open';
        state.service = message.service;
        port.postMessage({ subscribe: message.symbols });
      } else {
        state.quotes++;
        state.prices[message.symbol] = { price: message.price, at: message.at };
      }
    });
  });
}

void main();
