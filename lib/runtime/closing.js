// Closes ports where libuv closes handles: after the current task, and in libuv's reverse order.
'use strict';

const native = require('../native/native');
const ticks = require('./ticks');

const { setImmediate } = ticks;

// Nothing that programs can patch is used here, because no step of a port's closing may be lost.

/** @type {(() => void)[]} */
let waiting = [];

/**
 * The finishing steps of ports whose peers have closed.
 * @type {(() => void)[]}
 */
let heard = [];

/**
 * The keys of the endpoints of ports that this thread has closed and that have not finished.
 * @type {number[]}
 */
let keys = [];

/** Whether `finishAll` has been asked for and will run. */
let isDue = false;

/**
 * Whether the event loop has a place where handles close. Bun has libuv's functions by name only, and ends the process
 * when one is called. Deno has some that do nothing.
 */
const hasPlace = ticks.isNode;

/**
 * The port whose message the drain is delivering, if any.
 * @type {object | null}
 */
let delivering = null;

/**
 * Endpoints that a listener of their own port has closed in this drain, with their ports.
 * @type {{ port: object, key: number }[]}
 */
let batches = [];

/**
 * Runs the finishing step of a port's closing after the current task. The event loop stays alive for it.
 * @param {() => void} finish
 * @param {number} [key] of the port's endpoint, if the step closes that
 */
function afterTask(finish, key) {
  due();
  waiting[waiting.length] = finish;
  if (key !== undefined) keys[keys.length] = key;
}

/**
 * The endpoints of ports that this thread has closed and that have not finished: a thread that is going to be blocked closes
 * them before, so that nobody waits for them in vain.
 */
function takeKeys() {
  const taken = keys;
  if (taken.length > 0) keys = [];
  return taken;
}

/**
 * As `afterTask`, for a port whose peer has closed. Such ports finish after those that were closed in this thread, in
 * the order in which the drain heard of the closing.
 * @param {() => void} finish
 */
function afterOthers(finish) {
  due();
  heard[heard.length] = finish;
}

/** Runs all finishing steps that wait. To be called where ports close. */
function finishAll() {
  /** @type {(() => void)[]} */
  const all = [];
  // The steps are taken from the end of `all`: first `waiting` in reverse order, then `heard` in order.
  for (let i = heard.length - 1; i >= 0; i--) all[all.length] = heard[i];
  for (let i = 0; i < waiting.length; i++) all[all.length] = waiting[i];
  waiting = [];
  heard = [];
  keys = [];
  isDue = false;
  try {
    while (all.length > 0) {
      native.reserveDeepStack();
      const finish = all[all.length - 1];
      all.length--;
      finish();
      // Node runs ticks and microtasks after each callback of a handle.
      ticks.runUntilThrown();
    }
  } finally {
    // What one step has thrown does not concern the others.
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
 * Stops the delivery to a port that is being closed. If the port's own listener closes the port, delivery stops only at
 * the end of the batch.
 * @param {object} port
 * @param {number} key
 */
function stop(port, key) {
  if (delivering === port) batches[batches.length] = { port, key };
  else native.stop(key);
}

/**
 * Notes that the drain delivers a message to a port. From here until ticks and microtasks have run, the port may close
 * itself.
 * @param {object | null} port null afterwards
 */
function setDelivering(port) {
  delivering = port;
}

/**
 * Whether the drain is delivering a message of this port.
 * @param {object} port
 */
const isDelivering = (port) => delivering === port;

/**
 * Ends the batches of ports that have closed themselves: because the drain has ended, or a listener or tick has thrown.
 */
function endBatches() {
  if (batches.length === 0) return;
  for (let i = 0; i < batches.length; i++) native.stop(batches[i].key);
  batches = [];
}

/** Ends the batch of each port that has closed itself and has nothing more to read. The drain goes on with other ports. */
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
 * Runs a task while the listener of a delivered message has not returned. If the listener has closed its port, the
 * port's batch ends, because libuv reads no handle that is closing. The batches of other ports go on afterwards.
 * @param {() => void} task
 */
function within(task) {
  const outer = delivering;
  const others = [];
  for (let i = 0; i < batches.length; i++) {
    if (batches[i].port === outer) native.stop(batches[i].key);
    else others[others.length] = batches[i];
  }
  batches = [];
  try {
    task();
  } finally {
    delivering = outer;
    endBatches();
    batches = others;
  }
}

module.exports = {
  afterTask,
  afterOthers,
  takeKeys,
  finishAll,
  stop,
  setDelivering,
  isDelivering,
  endBatches,
  endEmptyBatches,
  within,
};
