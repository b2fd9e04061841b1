'use strict';

// Runs one scenario on one implementation, in this process or in a child of its own, and returns what it saw.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { describe, thrown } = require('./describe');
const { LIMIT } = require('./limits');
const { spawned } = require('./spawned');

const CHILDREN_AT_ONCE = 2;

/** The implementation named `name`, with its name, for code that has to load it again in another thread. */
const load = (name) => ({ ...require(name), name });

/** Turns of the event loop: more than any chain of deliveries in a scenario needs, none of them timed. */
async function settle(turns = 20) {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * What a scenario gets.
 *
 * - `api`: the exports of the implementation, and its `name`;
 * - `log(...values)`: notes what was seen, as plain data, at the time of the call;
 * - `attempt(fn)`: what `fn` returned, described, or `{ threw, name, code, message }`;
 * - `open()`: a new channel as `[port1, port2]`, closed when the scenario has ended;
 * - `trip(value, transferList)`: what arrives at the other end of a new channel;
 * - `settle()`: lets everything that is on its way in this thread arrive.
 */
function context(api, note, opened = []) {
  const open = () => {
    const { port1, port2 } = new api.MessageChannel();
    opened.push(port1, port2);
    return [port1, port2];
  };
  return {
    api,
    open,
    settle,
    thrown,
    log: (...values) => note(values.length === 1 ? describe(values[0]) : values.map(describe)),
    attempt: (fn) => {
      try {
        return describe(fn());
      } catch (error) {
        return thrown(error);
      }
    },
    trip: (value, transferList) => {
      const [port, peer] = open();
      port.postMessage(value, transferList);
      return api.receiveMessageOnPort(peer).message;
    },
  };
}

/** Runs `scenario` here. */
async function observeHere(scenario, name) {
  const seen = [];
  const opened = [];
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name}: not over in time; seen: ${JSON.stringify(seen)}`)), LIMIT);
  });
  try {
    await Promise.race([scenario(context(load(name), (entry) => seen.push(entry), opened)), limit]);
    return seen;
  } finally {
    clearTimeout(timer);
    for (const port of opened) port.close();
    await settle(4);
  }
}

let running = 0;
const waiting = [];

async function inTurn(job) {
  if (running === CHILDREN_AT_ONCE) await new Promise((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await job();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

/**
 * Runs `scenario`, which must not use anything outside itself, as the main program of a child process.
 * @returns {Promise<{seen: unknown[], code: number | null, signal: string | null, stdout: string, stderr: string}>}
 */
function observeInChild(scenario, name, { execArgv = [], env = {}, timeLimit = LIMIT } = {}) {
  return inTurn(async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ferroport-parity-'));
    const notes = path.join(folder, 'notes');
    fs.writeFileSync(notes, '');
    const ended = await spawned(process.execPath, [...execArgv, path.join(__dirname, 'child.js')], {
      env: { ...process.env, ...env, PARITY_MODULE: name, PARITY_SCENARIO: String(scenario), PARITY_NOTES: notes },
      timeout: timeLimit,
    });
    const lines = fs.readFileSync(notes, 'utf8').split('\n').filter(Boolean);
    fs.rmSync(folder, { recursive: true });
    return { seen: lines.map((line) => JSON.parse(line)), ...ended };
  });
}

module.exports = { context, load, observeHere, observeInChild, settle };
