'use strict';

// Pairs of streams of every kind that links go over, and processes at the other end.

const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const tls = require('node:tls');
const { spawn } = require('node:child_process');
const { randomUUID } = require('node:crypto');
const { once } = require('node:events');
const { Duplex, PassThrough } = require('node:stream');

// Test files run in threads of one process.
const socketPath = () => path.join(os.tmpdir(), `ferroport-${randomUUID()}.sock`);

/** Keys that both know, so that no certificate is needed. */
const PSK = {
  ciphers: 'PSK-AES256-GCM-SHA384:PSK',
  maxVersion: 'TLSv1.2',
  pskCallback: () => Buffer.alloc(32, 7),
  checkServerIdentity: () => undefined,
};
const CLIENT_PSK = { ...PSK, pskCallback: () => ({ psk: Buffer.alloc(32, 7), identity: 'test' }) };

/**
 * @param {import('node:net').Server} server
 * @param {any} address
 * @param {(port: number) => any} connect
 * @param {string} [event]
 */
async function overServer(server, address, connect, event = 'connection') {
  server.listen(address);
  await once(server, 'listening');
  const accepted = once(server, event);
  const client = connect(/** @type {any} */ (server.address()).port);
  const [socket] = await accepted;
  server.close();
  return [client, socket];
}

/** @type {Record<string, () => Promise<any[]>>} */
const KINDS = {
  'a Unix socket': () => {
    const at = socketPath();
    return overServer(net.createServer(), at, () => net.connect(at));
  },
  'a TCP socket': () => overServer(net.createServer(), 0, (port) => net.connect(port, '127.0.0.1')),
  'a TLS socket': () =>
    overServer(
      tls.createServer(PSK),
      0,
      (port) => tls.connect({ port, host: '127.0.0.1', ...CLIENT_PSK }),
      'secureConnection',
    ),
  'a Duplex of JavaScript': async () => {
    const there = new PassThrough();
    const back = new PassThrough();
    return [Duplex.from({ readable: back, writable: there }), Duplex.from({ readable: there, writable: back })];
  },
  'a pair of pipes': async () => {
    const there = new PassThrough();
    const back = new PassThrough();
    return [
      { readable: back, writable: there },
      { readable: there, writable: back },
    ];
  },
};
if (process.platform === 'win32') delete KINDS['a Unix socket'];

const PEER = path.join(__dirname, 'peer.js');

/** The processes that were started. @type {import('node:child_process').ChildProcess[]} */
const children = [];

/** Ends those that have not ended. */
function killAll() {
  for (const child of children) child.kill('SIGKILL');
}

/**
 * Starts a process that has a link over a Unix socket.
 * @param {string} role of those in peer.js
 * @param {{ env?: Record<string, string>, execArgv?: string[] }} [options]
 * @returns {Promise<{ child: import('node:child_process').ChildProcess, socket: net.Socket }>}
 */
async function started(role, { env = {}, execArgv = [] } = {}) {
  const at = socketPath();
  const server = net.createServer();
  server.listen(at);
  await once(server, 'listening');
  const child = spawn(process.execPath, [...execArgv, PEER, role, at], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  children.push(child);
  const [socket] = await once(server, 'connection');
  server.close();
  fs.rmSync(at, { force: true });
  return { child, socket };
}

module.exports = { KINDS, PEER, killAll, socketPath, started };
