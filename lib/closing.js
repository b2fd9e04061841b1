// When ports close: after the current task, in the reverse order of closing, as libuv closes handles.
'use strict';

const native = require('./native');
const ticks = require('./ticks');

const { setImmediate } = ticks;

// Nothing that programs can patch is used here: what a port's closing needs must not be lost.

/** @type {(() => void)[]} */
let waiting = [];

/** Whether those that wait have their turn coming. */
let isDue = false;

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
  due();
  waiting[waiting.length] = finish;
}

function finishAll() {
  const all = waiting;
  waiting = [];
  isDue = false;
  try {
    while (all.length > 0) {
      native.reserveDeepStack();
      const finish = all[all.length - 1];
      all.length--;
      finish();
      ticks.run();
    }
  } finally {
    // What one of them has thrown concerns it alone.
    if (all.length > 0) {
      for (let i = 0; i < waiting.length; i++) all[all.length] = waiting[i];
      waiting = all;
      due();
    }
  }
}

function due() {
  if (isDue) return;
  setImmediate(finishAll);
  isDue = true;
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
  if (delivering === port) batches[batches.length] = key;
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
  for (let i = 0; i < batches.length; i++) native.stop(batches[i]);
  batches = [];
}

/** A batch is over when its port has nothing more to read, though the drain goes on with other ports. */
function endEmptyBatches() {
  if (batches.length === 0) return;
  const left = [];
  for (let i = 0; i < batches.length; i++) {
    if (native.queued(batches[i]) > 0) left[left.length] = batches[i];
    else native.stop(batches[i]);
  }
  batches = left;
}

module.exports = { later, soon, stop, setDelivering, isDelivering, endBatches, endEmptyBatches };
