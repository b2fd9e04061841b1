// When ports close: after the current task, in the reverse order of closing, as libuv closes handles.
'use strict';

const native = require('./native');
const ticks = require('./ticks');

const { setImmediate } = ticks;

/** @type {(() => void)[]} */
let waiting = [];

/** The port whose message is being delivered by the drain, if any. */
/** @type {object | null} */
let delivering = null;

/** Endpoints whose own listeners closed them in this drain. */
/** @type {number[]} */
let batches = [];

/**
 * Runs what a port's closing comes to. The event loop stays alive for it.
 * @param {() => void} finish
 */
function later(finish) {
  if (waiting.push(finish) === 1) setImmediate(finishAll);
}

function finishAll() {
  const all = waiting.reverse();
  waiting = [];
  for (const finish of all) {
    finish();
    ticks.run();
  }
}

/**
 * As `later`, for a port whose peer has closed: after those that were closed here.
 * @param {() => void} finish
 */
function soon(finish) {
  setImmediate(finish);
}

/**
 * Stops delivery to a port that is being closed: at once, or, if its own listener closes it, when the batch being drained
 * has been delivered.
 * @param {object} port
 * @param {number} key
 */
function stop(port, key) {
  if (delivering === port) batches.push(key);
  else native.stop(key);
}

/**
 * The drain delivers a message: from here until ticks and microtasks have run, the port may close itself.
 * @param {object | null} port null afterwards
 */
function setDelivering(port) {
  delivering = port;
}

/**
 * Whether a message of it is being delivered by the drain.
 * @param {object} port
 */
const isDelivering = (port) => delivering === port;

/**
 * The batches of ports that closed themselves are over: the drain is, or a listener or a tick has thrown.
 */
function endBatches() {
  if (batches.length === 0) return;
  for (const key of batches) native.stop(key);
  batches = [];
}

/** A batch is over when its port has nothing more to read, though the drain goes on with other ports. */
function endEmptyBatches() {
  if (batches.length === 0) return;
  batches = batches.filter((key) => {
    if (native.queued(key) > 0) return true;
    native.stop(key);
    return false;
  });
}

module.exports = { later, soon, stop, setDelivering, isDelivering, endBatches, endEmptyBatches };
