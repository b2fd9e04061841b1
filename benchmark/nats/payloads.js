// What is sent over NATS.
'use strict';

/** @type {Record<string, any>} */
const payloads = {
  'a number': 42,
  'a price': { id: 5, symbol: 'FERR', bid: 1.25, ask: 1.5, at: new Date(0) },
  'a kilobyte': { id: 5, bytes: new Uint8Array(1024) },
  '64 kilobytes': { id: 5, bytes: new Uint8Array(65_536) },
};

module.exports = { payloads };
