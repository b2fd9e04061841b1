// @ts-check
// The CommonJS way in plain JavaScript: `require` gives the same types.

'use strict';

const { MessageChannel, MessagePort, Worker, parentPort, SHARE_ENV } = require('ferroport');

const { port1, port2 } = new MessageChannel();
port1.on('close', (event) => event.preventDefault());
port1.postMessage(port2, [port2]);
/** @type {import('ferroport').MessagePort} */
const port = port1;
void [port, MessagePort.toNode(port1), new Worker(__filename, { env: SHARE_ENV }), parentPort?.hasRef()];
// @ts-expect-error: a plain value is not transferable.
port1.postMessage(1, [1]);
