// The other process of a side: counts what comes.
'use strict';

const net = require('node:net');

const [role, address] = process.argv.slice(2);

let left = 0;
let before = process.cpuUsage();

/**
 * @param {any} message
 * @param {(answer: any) => void} say
 */
function hear(message, say) {
  if (message === null) return;
  if (message.round !== undefined) {
    left = message.round;
    before = process.cpuUsage();
    return;
  }
  if (typeof message.bytes === 'string') Buffer.from(message.bytes, 'base64');
  if (--left > 0) return;
  const { user, system } = process.cpuUsage(before);
  say({ cpu: (user + system) / 1000 });
}

if (role === 'ipc') {
  process.on('message', (message) => hear(message, (answer) => process.send?.(answer)));
  process.send?.('ready');
} else if (role === 'link') {
  const { link } = require('ferroport/link');
  const { port } = link(net.connect(address));
  port.on('message', (/** @type {any} */ message) => hear(message, (answer) => port.postMessage(answer)));
} else {
  const socket = net.connect(address);
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(JSON.parse(line), (answer) => socket.write(`${JSON.stringify(answer)}\n`));
  });
}
