// The workers of one run: a ring of threads, each with a port to the next one, and a control port that goes round.
'use strict';

const path = require('node:path');

/**
 * @typedef {{ worker: string, files: number, bytes: number, visits: number }} Report a worker's own account
 * @typedef {import('./analyse').FileResult} FileResult
 */

/** Starts the workers, gives them files, and lets them finish in the order of the ring. */
class Crew {
  /**
   * @param {string} moduleName what the threads talk over
   * @param {number} count of workers
   */
  constructor(moduleName, count) {
    const threads = /** @type {typeof import('node:worker_threads')} */ (require(moduleName));
    /** @type {Map<string, (result: FileResult) => void>} who waits for which file */
    this.waiting = new Map();
    /** @type {(error: Error) => void} */
    let fail = () => {};
    /** @type {Promise<never>} rejects when a worker fails */
    this.failure = new Promise((_, reject) => (fail = reject));
    // Not everybody who could wait for it does at every moment, and that is no unhandled rejection.
    this.failure.catch(() => {});

    const links = Array.from({ length: count }, () => new threads.MessageChannel());
    this.workers = links.map(({ port1: next }, index) => {
      const previous = links[(index + count - 1) % count].port2;
      const worker = new threads.Worker(path.join(__dirname, 'worker.js'), {
        argv: [moduleName],
        workerData: { name: `worker ${index + 1}`, count, next, previous },
        transferList: [next, previous],
      });
      worker.on('message', (/** @type {FileResult} */ result) => this.settle(result));
      worker.on('error', fail);
      return worker;
    });
    this.finishing = false;
    this.exits = this.workers.map(async (worker, index) => {
      await new Promise((resolve) => worker.once('exit', resolve));
      if (!this.finishing) fail(new Error(`worker ${index + 1} ended before its work was done`));
    });

    const { port1: control, port2: travelling } = new threads.MessageChannel();
    this.control = control;
    this.workers[0].postMessage({ control: travelling }, [travelling]);
  }

  /**
   * Gives a file to a worker.
   * @param {number} index of the worker
   * @param {string} name
   * @param {ArrayBuffer} content which is moved, not copied
   * @returns {Promise<FileResult>}
   */
  give(index, name, content) {
    return new Promise((resolve) => {
      this.waiting.set(name, resolve);
      this.workers[index].postMessage({ name, content }, [content]);
    });
  }

  /**
   * Tells whichever worker has the control port that all is done. The word goes round with the port: each worker
   * gives its account and ends; the last one closes the port.
   * @returns {Promise<Report[]>}
   */
  async finish() {
    this.finishing = true;
    const reports = /** @type {Report[]} */ ([]);
    this.control.on('message', (report) => void reports.push(report));
    const closed = new Promise((resolve) => this.control.once('close', resolve));
    this.control.postMessage('finish');
    await Promise.all([closed, ...this.exits]);
    return reports.sort((a, b) => a.worker.localeCompare(b.worker, 'en', { numeric: true }));
  }

  /** Ends what is still running, after a failure. */
  async dismiss() {
    this.finishing = true;
    this.control.close();
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  /** @param {FileResult} result */
  settle(result) {
    this.waiting.get(result.path)?.(result);
    this.waiting.delete(result.path);
  }
}

module.exports = { Crew };
