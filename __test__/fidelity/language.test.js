'use strict';

// Programs may replace the language's own methods, to watch them or for better ones. Ferroport calls none of them: neither what
// it does itself, nor what of Node's it has taken over, whatever the way in which it is loaded.

const path = require('node:path');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const test = require('ava');
const { isPublished } = require('../support/program');
const { LIMIT } = require('../support/limits');

const ROOT = path.join(__dirname, '..', '..');
const FERROPORT = require.resolve('../..');
const REGISTER = require.resolve('ferroport/register');
const PROGRAM = path.join(__dirname, 'language-program.js');

/** Runs the program; what it tells, and which calls from ferroport's files it has noted. */
async function runProgram(name, execArgv = []) {
  const child = spawn(process.execPath, [...execArgv, PROGRAM, name, path.join(ROOT, 'dist')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LIMIT,
    killSignal: 'SIGKILL',
  });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  await once(child, 'close');
  return JSON.parse(output);
}

// On the sources, Node's loader is asked late, and calls what it likes.
(isPublished ? test : test.skip)(
  'nothing that a program has put in the place of the language’s methods is called',
  async (t) => {
    const builtIn = await runProgram('node:worker_threads');
    t.deepEqual(builtIn.noted, []);
    for (const [name, execArgv] of [
      [FERROPORT, []],
      ['node:worker_threads', ['-r', REGISTER]],
    ]) {
      const { told, noted } = await runProgram(name, execArgv);
      t.deepEqual(noted, [], String(execArgv));
      for (const part of Object.keys(builtIn.told)) {
        const isOnlyOf = part.startsWith('others') || (part.startsWith('throughNode') && execArgv.length === 0);
        if (!isOnlyOf) t.deepEqual(told[part], builtIn.told[part], part);
      }
    }
  },
);
