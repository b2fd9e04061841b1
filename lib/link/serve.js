// What the thread of links does (thread.js): it serves what it is asked for, until the process ends.
'use strict';

const { parentPort, workerData } = require('../worker/this-thread');
const { store } = require('../language/intrinsics');
const { globals } = require('../language/originals');

const { Set } = globals;
const { notify } = Atomics;

/**
 * Who is to be asked to part before the process ends, and calls back when that is done.
 * @type {Set<(done: () => void) => void>}
 */
const leavers = new Set();

/**
 * Begins to serve.
 * @param {{ [name: string]: () => (control: any, data: any) => void }} table what may be asked for, loaded when it is
 */
function begin(table) {
  parentPort.on('message', (/** @type {{ name: string, data: any, control: any }} */ { name, data, control }) => {
    if (name === 'leave') leave();
    else table[name]()(control, data);
  });
}

function leave() {
  let left = 1;
  const done = () => {
    if (--left > 0) return;
    store(workerData, 0, 1);
    notify(workerData, 0);
  };
  leavers.forEach((each) => {
    left++;
    each(done);
  });
  done();
}

module.exports = { begin, leavers };
