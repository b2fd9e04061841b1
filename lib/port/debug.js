// Remembers where each port was made, and prints the open ports, if FERROPORT_DEBUG names `ports`. docs/debugging.md says what the lines
// mean. Nothing of this is loaded otherwise.
'use strict';

const { writeSync } = require('node:fs');
const here = require('../here');
const native = require('../native/native');
const stamp = require('../runtime/stamp');
const { isNode } = require('../runtime/ticks');
const { cells, places } = require('../native/block');
const { original: threads } = require('../node/threads');
const { globals, methods, nodeProcess: process, statics, uncurry } = require('../language/originals');

const { Date, Error, Set } = globals;
const { WeakRef } = globalThis;
const { setProperty } = statics;
const { KEY } = places;
const { pid } = process;

/** How many times lines are written again if the pipe is full. */
const TRIES = 1000;

/** So many frames are looked at to find the program's. */
const FRAMES = 40;

/** After so many ports, those that have been collected are forgotten. */
const SWEEP = 1024;

/** @type {WeakMap<object, string>} */
const origins = new globals.WeakMap();
const originOf = uncurry(methods.weakMapGet, origins);
const setOrigin = uncurry(methods.weakMapSet, origins);

/**
 * The ports that have been made.
 * @type {Set<WeakRef<object>>}
 */
const made = new Set();

/** How many have been made since the last sweep. */
let count = 0;

/** The key of the port whose message is being read, with ports in it; 0 if none is. */
let receiving = 0;

/** @param {object} port that is just being made */
function remember(port) {
  setOrigin(port, origin());
  made.add(new WeakRef(port));
  if (++count < SWEEP) return;
  count = 0;
  alive();
}

/** The ports that have been made and not collected. */
function alive() {
  /** @type {object[]} */
  const ports = [];
  made.forEach((reference) => {
    const port = reference.deref();
    if (port === undefined) made.delete(reference);
    else ports[ports.length] = port;
  });
  return ports;
}

/** @returns {string} where the program is, or what it has received */
function origin() {
  const frame = frameOfProgram();
  if (receiving !== 0) {
    const where = frame === undefined ? '' : `, ${frame}`;
    return `in a message to port ${receiving}, ${new Date().toISOString()}${where}`;
  }
  return frame ?? 'with the thread';
}

/** @returns {string | undefined} the innermost frame that is the program's, as a stack trace has it */
function frameOfProgram() {
  const lines = stackLines();
  let first = 0;
  if (here.root === undefined) {
    // In a bundle, all frames are of one file. The program has called the outermost of these.
    for (let i = 0; i < lines.length; i++) if (/\bnew (MessageChannel|Worker)\b/.test(lines[i])) first = i + 1;
  }
  for (let i = first; i < lines.length; i++) {
    const isProgram = !isOurs(lines[i]) && !/\bnode:|\(native\)|<anonymous>\)?$/.test(lines[i]);
    if (isProgram) return lines[i].replace(/^\s*at /, '');
  }
  return undefined;
}

/** @returns {string[]} the frames of the current stack */
function stackLines() {
  const limit = Error.stackTraceLimit;
  // Where the program has frozen Error, as many frames as the program wants have to do.
  setProperty(Error, 'stackTraceLimit', FRAMES);
  try {
    const { stack } = new Error();
    return typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
  } catch {
    // The program formats stack traces by a function that throws.
    return [];
  } finally {
    setProperty(Error, 'stackTraceLimit', limit);
  }
}

/**
 * Whether a frame is of a file of this package, and not of its tests.
 * @param {string} line
 */
function isOurs(line) {
  const { root } = here;
  if (root === undefined) return false;
  const at = line.indexOf(root);
  return at >= 0 && /^[/\\](dist|lib|index\.js|register\.js)\b/.test(line.slice(at + root.length));
}

/**
 * Writes lines at once, so that they come in a worker whose parent is busy, and at the end of a process.
 * @param {string} text
 */
function write(text) {
  for (let i = 0; i < TRIES; i++) {
    try {
      writeSync(2, text);
      return;
    } catch (/** @type {any} */ error) {
      if (error.code !== 'EAGAIN') return;
    }
  }
}

/**
 * Prints a line for each open port of this thread.
 * @param {string} when
 */
function print(when) {
  const name = `FERROPORT ${pid}: thread ${threads.threadId}`;
  try {
    const ports = require('./open-ports').openPorts();
    const lines = [`${name} has ${ports.length} open port${ports.length === 1 ? '' : 's'} ${when}\n`];
    for (let i = 0; i < ports.length; i++) lines.push(`${name} ${describe(ports[i])}\n`);
    write(lines.join(''));
  } catch (error) {
    write(`${name} cannot tell its ports: ${error}\n`);
  }
}

/** @param {import('./open-ports').OpenPort} port */
function describe({ id, listeners, isRefed, stats, createdAt }) {
  const { peer, sent, received, waitingMessages, waitingBytes } = stats;
  const state = `${listeners} listeners, ${isRefed ? "ref'ed" : "not ref'ed"}, peer ${peer}`;
  const traffic = `sent ${sent}, received ${received}, waiting ${waitingMessages} (${waitingBytes} bytes)`;
  return `port ${id}: ${state}; ${traffic}; made ${createdAt ?? 'by nobody who is left'}`;
}

/** Lets the thread print its ports at its end, and when the process gets SIGUSR2. */
function printWhenAsked() {
  process.on('exit', () => print('at exit'));
  // The channel is of Node's, so that the ports that are printed are the program's.
  const name = `ferroport.debug ${pid}`;
  if (!threads.isMainThread) {
    if (!isNode) return;
    const ears = new threads.BroadcastChannel(name);
    ears.onmessage = () => print('at SIGUSR2');
    ears.unref();
    return;
  }
  // Windows has no such signal.
  if (process.platform === 'win32') return;
  process.on('SIGUSR2', () => {
    print('at SIGUSR2');
    if (!isNode) return;
    const voice = new threads.BroadcastChannel(name);
    voice.postMessage(null);
    voice.close();
  });
}

/** To be called before lib gives its functions to Rust. */
function debug() {
  const { connect } = native;
  native.connect = (/** @type {any} */ hooks) => {
    const { adopt } = hooks;
    hooks.adopt = (/** @type {number[]} */ keys) => {
      receiving = cells[KEY];
      try {
        return adopt(keys);
      } finally {
        receiving = 0;
      }
    };
    connect(hooks);
  };
  stamp.all = alive;
  stamp.of = originOf;
  stamp.add(remember);
  printWhenAsked();
}

if (process.env.FERROPORT_DEBUG?.split(',').some((name) => name.trim() === 'ports')) debug();
