'use strict';

// What workerpool's threads do: the common tasks, and those that need workerpool itself.

const workerpool = require('workerpool');
const orders = require('./orders');

workerpool.worker(
  {
    ...orders,
    /** Moves the result instead of copying it. */
    moved(length) {
      const bytes = new Uint8Array(length).fill(7);
      return new workerpool.Transfer(bytes, [bytes.buffer]);
    },
    /** Tells how far it is. */
    async progress(steps) {
      for (let step = 1; step <= steps; step++) {
        const bytes = new Uint8Array([step]);
        workerpool.workerEmit(new workerpool.Transfer({ step, bytes }, [bytes.buffer]));
        await null;
      }
      return steps;
    },
    /** Can be cancelled without the thread's end. */
    cancellable() {
      let stop;
      const stopped = new Promise((resolve, reject) => (stop = reject));
      this.worker.addAbortListener(async () => stop(new Error('aborted')));
      return stopped;
    },
  },
  { onTerminate: (code) => console.log('terminates with', code) },
);
