// A worker pool: whoever is free gets the next job, a job can be cancelled, and a worker that has failed is replaced.
'use strict';

const { Worker, isMainThread, parentPort } = require('ferroport');
const { connect } = require('ferroport/call');

class Pool {
  #free = [];
  #waiting = [];
  #all = new Set();

  constructor(size) {
    for (let i = 0; i < size; i++) this.#start();
  }

  #start() {
    const worker = new Worker(__filename);
    const peer = connect(worker);
    this.#all.add(peer);
    // The calls of a worker that has ended are rejected.
    worker.once('exit', () => this.#all.delete(peer) && this.#start());
    this.#release(peer);
  }

  #release(peer) {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(peer);
    else next(peer);
  }

  async run(name, args, options) {
    const peer = this.#free.pop() ?? (await new Promise((resolve) => this.#waiting.push(resolve)));
    try {
      return await peer.call(name, args, options);
    } finally {
      if (this.#all.has(peer)) this.#release(peer);
    }
  }

  close() {
    for (const peer of this.#all) peer.close();
    this.#all.clear();
  }
}

if (isMainThread) {
  void (async () => {
    const pool = new Pool(2);
    const words = ['one', 'two', 'three', 'four', 'five'].map((word) => pool.run('shout', [word]));
    console.log((await Promise.all(words)).join(' ')); // Prints: ONE TWO THREE FOUR FIVE
    await pool.run('fail').catch(({ code }) => console.log(code)); // Prints: ERR_FERROPORT_CLOSED
    await pool.run('hang', [], { timeout: 20 }).catch(({ name }) => console.log(name)); // Prints: TimeoutError
    console.log(await pool.run('shout', ['still here'])); // Prints: STILL HERE
    pool.close();
  })();
} else {
  connect(parentPort, {
    api: { shout: (word) => word.toUpperCase(), fail: () => process.exit(1), hang: () => new Promise(() => {}) },
  });
}
