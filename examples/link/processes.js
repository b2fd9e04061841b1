// Processes that look like workers: what worker-pool.js needs of Worker, isMainThread and parentPort. One line of worker-pool.js changes:
//
//   const { Worker, isMainThread, parentPort } = require('./link/processes');
'use strict';

const net = require('node:net');
const { spawn } = require('node:child_process');
const { link } = require('ferroport/link');

const isMainThread = process.env.IN_CHILD === undefined;

/** Starts a process, and gives the port to it. When the process has ended, the port emits 'exit', as a worker does. */
class Worker {
  constructor(file) {
    const child = spawn(process.execPath, [file], {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
      env: { ...process.env, IN_CHILD: '1' },
    });
    const { port } = link(child.stdio[3]);
    // Before the calls of the process are rejected, as with a worker.
    port.once('close', () => port.emit('exit'));
    return port;
  }
}

const parentPort = isMainThread ? null : link(new net.Socket({ fd: 3 })).port;

module.exports = { Worker, isMainThread, parentPort };
