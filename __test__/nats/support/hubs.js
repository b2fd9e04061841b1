'use strict';

// Hubs in this process and in others, which end with their test.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { connect } = require('../../../dist/nats');

/** What takes time and memory is done in full only where it is asked for. */
const WHOLE = process.env.NATS_WHOLE === '1';

/** Times that a test can wait for, in milliseconds. */
const QUICK = { heartbeat: 200, deadAfter: 2000 };

/**
 * @param {import('ava').ExecutionContext<any>} t at whose end the hub is closed
 * @param {any} options
 * @returns {Promise<any>}
 */
async function hubOf(t, options) {
  const hub = await connect(options);
  t.teardown(() => hub.close());
  return hub;
}

/**
 * @typedef {object} Peer a process with a hub
 * @property {import('node:child_process').ChildProcess} child
 * @property {any[]} told what it has told
 * @property {(isWanted: (message: any) => boolean) => Promise<any>} until resolves to the first message told that is wanted
 * @property {(message: any) => void} send
 * @property {(signal?: NodeJS.Signals) => Promise<void>} kill
 */

/**
 * @param {import('ava').ExecutionContext<any>} t at whose end the process ends
 * @param {string} role of peer.js
 * @param {{ options: any, name: string, count?: number, seed?: number, queue?: string }} what
 * @param {string[]} [execArgv]
 * @param {string[]} [prefix] a command that runs it
 * @returns {Promise<Peer>} when it is ready; a role that ends by itself may be ready when all is done
 */
async function peerOf(t, role, what, execArgv = [], prefix = []) {
  const peer = begunPeer(t, role, what, execArgv, prefix);
  const first = await peer.until((message) => message.ready || message.error);
  if (first.error) throw Object.assign(new Error(first.error.message), first.error);
  return peer;
}

/** @type {(...args: Parameters<typeof peerOf>) => Peer} as `peerOf`, at once */
function begunPeer(t, role, what, execArgv = [], prefix = []) {
  const file = path.join(__dirname, 'peer.js');
  const command = [...prefix, process.execPath, ...execArgv, file, role, JSON.stringify(what)];
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  /** @type {any[]} */
  const told = [];
  /** @type {Set<() => void>} */
  const waiting = new Set();
  child.on('message', (message) => {
    told.push(message);
    for (const look of [...waiting]) look();
  });
  const exited = once(child, 'exit');
  const kill = async (/** @type {NodeJS.Signals} */ signal = 'SIGKILL') => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await exited;
    }
  };
  t.teardown(() => kill('SIGKILL'));
  const until = (/** @type {(message: any) => boolean} */ isWanted) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = told.find(isWanted);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      void exited.then(([code, signal]) => reject(new Error(`the other process has ended: ${code ?? signal}`)));
      look();
    });
  return { child, told, until, kill, send: (message) => void child.send(message) };
}

/** @param {any} port @returns {Promise<{ reason: string, at: number }>} why it has closed, and when */
const closing = (port) =>
  new Promise((resolve) => port.on('close', (/** @type {any} */ { reason }) => resolve({ reason, at: Date.now() })));

/** @param {any} port @returns {Promise<any>} what comes next */
const next = async (port) => (await once(port, 'message'))[0];

module.exports = { QUICK, WHOLE, begunPeer, closing, hubOf, next, peerOf };
