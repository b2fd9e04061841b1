'use strict';

// Runs a program of its own in a child process, for tests of what a crash, a hang or a leftover would ruin.

const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const path = require('node:path');
const { LIMIT } = require('./limits');

const FERROPORT = require.resolve('../..');

/** Whether this runs on what is published, in which ferroport finds its own files; on the sources Node's loader does. */
const isPublished = existsSync(path.join(path.dirname(FERROPORT), 'core.js'));

/**
 * @param {string} source CommonJS; `ferroport` stands for the path of the package, as a string literal
 * @param {{ execArgv?: string[], env?: Record<string, string> }} [options]
 * @returns {Promise<{ code: number | null, signal: string | null, out: string[], stderr: string }>} `out`: lines of stdout
 */
function program(source, { execArgv = [], env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [...execArgv, '-e', source.replaceAll('ferroport', JSON.stringify(FERROPORT))],
      {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: LIMIT,
        killSignal: 'SIGKILL',
      },
    );
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) child[stream].on('data', (text) => (output[stream] += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, out: output.stdout.split('\n').filter(Boolean), stderr: output.stderr });
    });
  });
}

/** Declares that a program ends well, having printed `lines`. */
const endsWell = (test, title, source, lines, options) =>
  test(title, async (t) => {
    const { code, signal, out, stderr } = await program(source, options);
    t.deepEqual({ code, signal, out }, { code: 0, signal: null, out: lines }, stderr);
  });

module.exports = { FERROPORT, endsWell, isPublished, program };
