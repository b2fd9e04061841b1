// When ports close: after the current task, where libuv closes handles, and in the reverse order of closing, as it does.
'use strict';

const native = require('../native/native');
const ticks = require('./ticks');

const { setImmediate } = ticks;

// Nothing that programs can patch is used here: what a port's closing needs must not be lost.

/** @type {(() => void)[]} */
let waiting = [];

/**
 * Of ports whose peers have closed.
 * @type {(() => void)[]}
 */
let heard = [];

/** Whether those that wait have their turn coming. */
let isDue = false;

/**
 * Whether the event loop has a place for it. Bun has libuv's functions by name only, and ends the process when one is called; Deno
 * has some that do nothing.
 */
const hasPlace = ticks.isNode;

/**
 * The port whose message is being delivered by the drain, if any.
 * @type {object | null}
 */
let delivering = null;

/**
 * Endpoints whose own listeners closed them in this drain, with their ports.
 * @type {{ port: object, key: number }[]}
 */
let batches = [];

/**
 * Runs what a port's closing comes to. The event loop stays alive for it.
 * @param {() => void} finish
 */
function afterTask(finish) {
  due();
  waiting[waiting.length] = finish;
}

/**
 * As `afterTask`, for a port whose peer has closed: after those that were closed here, in the order in which it was heard.
 * @param {() => void} finish
 */
function afterOthers(finish) {
  due();
  heard[heard.length] = finish;
}

/** Runs what has waited. To be called where ports close. */
function finishAll() {
  /** @type {(() => void)[]} */
  const all = [];
  // From the last to the first.
  for (let i = heard.length - 1; i >= 0; i--) all[all.length] = heard[i];
  for (let i = 0; i < waiting.length; i++) all[all.length] = waiting[i];
  waiting = [];
  heard = [];
  isDue = false;
  try {
    while (all.length > 0) {
      native.reserveDeepStack();
      const finish = all[all.length - 1];
      all.length--;
      finish();
      // As Node after each callback of a handle's.
      ticks.runUntilThrown();
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
  if (!hasPlace || !native.atClosing()) setImmediate(finishAll);
  isDue = true;
}

/**
 * Stops delivery to a port that is being closed: at once, or, if its own listener closes it, when the batch being drained
 * has been delivered.
 * @param {object} port
 * @param {number} key
 */
function stop(port, key) {
  if (delivering === port) batches[batches.length] = { port, key };
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
  for (let i = 0; i < batches.length; i++) native.stop(batches[i].key);
  batches = [];
}

/** A batch is over when its port has nothing more to read, though the drain goes on with other ports. */
function endEmptyBatches() {
  if (batches.length === 0) return;
  const left = [];
  for (let i = 0; i < batches.length; i++) {
    if (native.queued(batches[i].key) > 0) left[left.length] = batches[i];
    else native.stop(batches[i].key);
  }
  batches = left;
}

/**
 * Does something while the listener of a message that the drain delivers is waited for. If that has closed its port, the batch is
 * over, because libuv reads no handle that is closing; the batches of others go on afterwards.
 * @param {() => void} task
 */
function within(task) {
  const outer = delivering;
  const kept = [];
  for (let i = 0; i < batches.length; i++) {
    if (batches[i].port === outer) native.stop(batches[i].key);
    else kept[kept.length] = batches[i];
  }
  batches = [];
  try {
    task();
  } finally {
    delivering = outer;
    endBatches();
    batches = kept;
  }
}

module.exports = {
  afterTask,
  afterOthers,
  finishAll,
  stop,
  setDelivering,
  isDelivering,
  endBatches,
  endEmptyBatches,
  within,
};
