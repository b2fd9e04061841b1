// A worker pool: whoever is free gets the next job, and results come in the order of the jobs.
'use strict';

const { Worker, isMainThread, parentPort } = require('ferroport');

class Pool {
  #workers;
  #free = [];
  #jobs = [];

  constructor(size) {
    this.#workers = Array.from({ length: size }, () => new Worker(__filename));
    for (const worker of this.#workers) this.#free.push(worker);
  }

  run(input) {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ input, resolve, reject });
      this.#next();
    });
  }

  #next() {
    if (this.#free.length === 0 || this.#jobs.length === 0) return;
    const worker = this.#free.pop();
    const { input, resolve, reject } = this.#jobs.shift();
    worker.once('error', reject);
    worker.once('message', (result) => {
      worker.off('error', reject);
      resolve(result);
      this.#free.push(worker);
      this.#next();
    });
    worker.postMessage(input);
  }

  close() {
    return Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

if (isMainThread) {
  const main = async () => {
    const pool = new Pool(2);
    const words = ['one', 'two', 'three', 'four', 'five'];
    const results = await Promise.all(words.map((word) => pool.run(word)));
    console.log(results.join(' ')); // Prints: ONE TWO THREE FOUR FIVE
    await pool.close();
  };
  main();
} else {
  parentPort.on('message', (word) => parentPort.postMessage(word.toUpperCase()));
}
