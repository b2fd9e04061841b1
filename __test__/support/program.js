'use strict';

// Runs a program of its own in a child process, for tests of what a crash, a hang or a leftover would ruin.

const { existsSync } = require('node:fs');
const path = require('node:path');
const { spawned } = require('./spawned');

const FERROPORT = require.resolve('../..');

/** Whether this runs on what is published, in which ferroport finds its own files; on the sources Node's loader does. */
const isPublished = existsSync(path.join(path.dirname(FERROPORT), 'core.js'));

/**
 * @param {string} source CommonJS; `ferroport` stands for the path of the package, as a string literal
 * @param {{ execArgv?: string[], env?: Record<string, string> }} [options]
 * @returns {Promise<{ code: number | null, signal: string | null, out: string[], stderr: string }>} `out`: lines of stdout
 */
async function program(source, { execArgv = [], env = {} } = {}) {
  const args = [...execArgv, '-e', source.replaceAll('ferroport', JSON.stringify(FERROPORT))];
  const { code, signal, stdout, stderr } = await spawned(process.execPath, args, { env: { ...process.env, ...env } });
  return { code, signal, out: stdout.split('\n').filter(Boolean), stderr };
}

/** Declares that a program ends well, having printed `lines`. */
const endsWell = (test, title, source, lines, options) =>
  test(title, async (t) => {
    const { code, signal, out, stderr } = await program(source, options);
    t.deepEqual({ code, signal, out }, { code: 0, signal: null, out: lines }, stderr);
  });

module.exports = { FERROPORT, endsWell, isPublished, program };
