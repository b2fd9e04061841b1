'use strict';

// Runs a command to its end, and keeps what it writes.

const { spawn } = require('node:child_process');
const { setTimeout } = require('node:timers/promises');
const { LIMIT } = require('./limits');

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number }} [options] `env` is all of its environment; `timeout` in
 *   milliseconds, after which it is killed
 * @returns {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string }>}
 */
function spawned(command, args, options = {}) {
  return begun(command, args, options).catch(async (error) => {
    if (error.code !== 'ETXTBSY') throw error;
    // A process that began while the program's file was written holds that open for a moment.
    await setTimeout(100);
    return spawned(command, args, options);
  });
}

/** @type {typeof spawned} */
function begun(command, args, { timeout = LIMIT, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
    });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) child[stream].on('data', (text) => (output[stream] += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...output }));
  });
}

module.exports = { spawned };
