// A link in the thread of links.
'use strict';

const fs = require('node:fs');
const net = require('node:net');
const { Inner } = require('./inner');
const { StreamTransport } = require('./streams');
const { host } = require('./hosted');
const { leavers } = require('./serve');
const { sent } = require('./errors');

/** How much is read at once at most. */
const CHUNK = 262_144;

/**
 * @param {any} control the end of a channel: takes 'close', and gives what the session has ended with
 * @param {{ port: any, descriptors: number[], settings: import('./session').Settings, counts: Float64Array, first: Uint8Array[] }} data the
 *   descriptors are this thread's now: one to read and one to write, or one for both
 */
function serveLink(control, { port, descriptors, settings, counts, first }) {
  /** @type {any[]} */
  const sockets = [];
  const hear = (/** @type {number} */ length, /** @type {Uint8Array} */ bytes) => {
    transport.hear(new Uint8Array(bytes.buffer, bytes.byteOffset, length));
    return true;
  };
  for (let i = 0; i < descriptors.length; i++) {
    const fd = descriptors[i];
    const isOne = descriptors.length === 1;
    try {
      const readable = isOne || i === 0;
      sockets[i] = new net.Socket({
        ...{ fd, readable, writable: isOne || i === 1, allowHalfOpen: true },
        // The engine is done with what has come when it has seen it, so the memory is used again.
        ...(readable ? { onread: { buffer: Buffer.allocUnsafeSlow(CHUNK), callback: hear } } : {}),
      });
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
