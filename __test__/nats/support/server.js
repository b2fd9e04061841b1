'use strict';

// Servers of NATS on free ports of 127.0.0.1: one, or a cluster; killed, stopped, and started again on the same port.

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { natsServer } = require('../../../scripts/nats');

const HOST = '127.0.0.1';

/** How long a server may take to begin, in milliseconds. */
const PATIENCE = 20_000;

/** @returns {Promise<number>} a port that is free now */
async function freePort() {
  const server = net.createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** @param {number} port @returns {Promise<boolean>} whether a server of NATS answers there */
const answers = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, HOST);
    socket.once('data', (bytes) => {
      resolve(bytes.toString().startsWith('INFO '));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });

class Server {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  #program;
  #args;
  #exited = Promise.resolve();
  /** What it has logged. */
  log = '';

  /**
   * @param {string} program
   * @param {number} port
   * @param {number} monitor the port at which it tells of itself
   * @param {string[]} args
   */
  constructor(program, port, monitor, args) {
    this.#program = program;
    this.port = port;
    this.monitor = monitor;
    this.url = `nats://${HOST}:${port}`;
    this.#args = args;
  }

  async start() {
    const child = spawn(
      this.#program,
      ['--addr', HOST, '--port', String(this.port), '--http_port', String(this.monitor), ...this.#args],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.log += text));
    }
    this.#exited = once(child, 'exit').then(() => {
      this.#child = undefined;
    });
    for (const began = Date.now(); !(await answers(this.port)); await sleep(20)) {
      if (this.#child === undefined || Date.now() - began > PATIENCE) {
        throw new Error(`nats-server did not start\n${this.log}`);
      }
    }
    return this;
  }

  /** @param {NodeJS.Signals} [signal] SIGKILL, as a machine that fails; SIGSTOP and SIGCONT leave the connections open */
  async kill(signal = 'SIGKILL') {
    if (this.#child === undefined) return;
    this.#child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.#exited;
  }

  /** @param {string} path @returns {Promise<any>} what the server tells of itself */
  async tells(path) {
    const answer = await fetch(`http://${HOST}:${this.monitor}/${path}`);
    return answer.json();
  }

  /** @returns {Promise<number>} how many slow consumers it has found */
  slowConsumers = async () => (await this.tells('varz')).slow_consumers;
}

/** What is ended when the process of the tests ends. @type {Set<Server>} */
const running = new Set();

process.on('exit', () => {
  for (const server of running) server.kill('SIGKILL');
});

/**
 * @param {{ teardown: (end: () => unknown) => void }} t at whose end the server ends
 * @param {{ config?: string, args?: string[], port?: number }} [options] `config` is the text of a file
 * @returns {Promise<Server>} started
 */
async function startServer(t, { config, args = [], port } = {}) {
  const all = [...args];
  if (config !== undefined) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-nats-'));
    t.teardown(() => fs.rmSync(folder, { recursive: true, force: true }));
    fs.writeFileSync(path.join(folder, 'server.conf'), config);
    all.push('--config', path.join(folder, 'server.conf'));
  }
  const server = new Server(await natsServer(), port ?? (await freePort()), await freePort(), all);
  running.add(server);
  t.teardown(async () => {
    await server.kill('SIGKILL');
    running.delete(server);
  });
  return server.start();
}

/**
 * @param {{ teardown: (end: () => unknown) => void }} t
 * @param {number} [count]
 * @returns {Promise<Server[]>} each of which knows the others
 */
async function startCluster(t, count = 3) {
  const routes = [];
  for (let i = 0; i < count; i++) routes.push(await freePort());
  const known = routes.map((port) => `nats://${HOST}:${port}`).join(',');
  const servers = await Promise.all(
    routes.map((route, i) =>
      startServer(t, {
        args: [
          ...['--server_name', `member-${i}`, '--cluster_name', 'tests'],
          ...['--cluster', `nats://${HOST}:${route}`, '--routes', known],
        ],
      }),
    ),
  );
  for (const server of servers) {
    while ((await server.tells('routez')).num_routes < count - 1) await sleep(50);
  }
  return servers;
}

module.exports = { HOST, Server, freePort, startCluster, startServer };
