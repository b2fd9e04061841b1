// A link in the thread of links.
'use strict';

const fs = require('node:fs');
const net = require('node:net');
const { Inner } = require('./inner');
const { StreamTransport } = require('./streams');
const { host } = require('./hosted');
const { leavers } = require('./serve');
const { sent } = require('./errors');

/**
 * @param {any} control the end of a channel: takes 'close', and gives what the session has ended with
 * @param {{ port: any, descriptors: number[], settings: import('./session').Settings, counts: Float64Array, first: Uint8Array[] }} data the
 *   descriptors are this thread's now: one to read and one to write, or one for both
 */
function serveLink(control, { port, descriptors, settings, counts, first }) {
  /** @type {any[]} */
  const sockets = [];
  for (let i = 0; i < descriptors.length; i++) {
    const fd = descriptors[i];
    const isOne = descriptors.length === 1;
    try {
      sockets[i] = new net.Socket({ fd, readable: isOne || i === 0, writable: isOne || i === 1, allowHalfOpen: true });
    } catch {
      fs.closeSync(fd);
      sockets[i] = new net.Socket();
      sockets[i].destroy();
    }
  }
  const transport = new StreamTransport(sockets[0], sockets[sockets.length - 1]);
  /** @type {(() => void) | undefined} */
  let onLeft;
  const leave = (/** @type {() => void} */ done) => {
    onLeft = done;
    session.close();
  };
  transport.onFinish = () => {
    leavers.delete(leave);
    onLeft?.();
  };
  const session = host(transport, settings, Inner.of(port), counts, (_, error) => {
    control.postMessage({ error: sent(error) });
    control.close();
  });
  leavers.add(leave);
  control.on('message', () => session.close());
  for (let i = 0; i < first.length; i++) transport.onData(first[i]);
}

module.exports = serveLink;
