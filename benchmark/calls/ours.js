// The worker of ferroport's sides: sends back what it gets.
'use strict';

const { parentPort } = require('ferroport');

const port = /** @type {import('ferroport').MessagePort} */ (parentPort);
const [, , role] = process.argv;

if (role === 'waits') for (;;) port.postMessage(port.receiveSync());
else if (role === 'listens') port.on('message', (value) => port.postMessage(value));
else require('ferroport/call').connect(port, { api: { answer: (/** @type {any} */ value) => value } });
