'use strict';

// Runs a function of a test in a process of its own, where it may patch what it likes, or die.

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { LIMIT } = require('../support/limits');

const ROOT = path.join(__dirname, '..', '..');

/**
 * @param {Function} body is given `{ ferroport, threads, send, clone, require }` and `input`; what it returns is JSON.
 *   `clone(api, value, list)` is what arrives of a value that is posted in one thread.
 * @param {{ flags?: string[], input?: unknown }} [options]
 * @returns {{ result: any, status: number | null, signal: string | null, stderr: string }} result undefined if it died
 */
function run(body, { flags = [], input } = {}) {
  const source = `
    const ferroport = require(${JSON.stringify(ROOT)});
    const threads = require('node:worker_threads');
    const write = require('node:fs').writeSync;
    const { stringify } = JSON;
    const pipes = new Map();
    for (const api of [ferroport, threads]) {
      const { port1, port2 } = new api.MessageChannel();
      pipes.set(api, { port1, port2 });
      port1.unref();
      port2.unref();
    }
    const mapGet = Function.prototype.call.bind(Map.prototype.get, pipes);
    const clone = (api, value, list) => {
      const { port1, port2 } = mapGet(api);
      port1.postMessage(value, list);
      return api.receiveMessageOnPort(port2).message;
    };
    // Both before anything is patched, as whoever runs this has used them before.
    clone(ferroport, [{}]);
    clone(threads, [{}]);
    const result = (${body})({ ferroport, threads, clone, require }, ${JSON.stringify(input)});
    write(1, '\\n' + (stringify(result) ?? 'null'));
  `;
  const child = spawnSync(process.execPath, [...flags, '--expose-gc', '-'], {
    cwd: ROOT,
    input: source,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: LIMIT,
    killSignal: 'SIGKILL',
  });
  const last = child.stdout.slice(child.stdout.lastIndexOf('\n') + 1);
  const result = child.status === 0 ? JSON.parse(last) : undefined;
  return { result, status: child.status, signal: child.signal, stderr: child.stderr };
}

module.exports = { run };
