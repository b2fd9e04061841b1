// Shows how far a job is: a bar that moves on a terminal, a line at each quarter anywhere else.
'use strict';

const WIDTH = 40;

/** Milliseconds between two drawings of the bar. */
const INTERVAL = 80;

/** The progress of one job of known length, told on standard error so that standard output can be piped. */
class Progress {
  /**
   * @param {string} title
   * @param {number} total how many steps there will be
   */
  constructor(title, total) {
    this.title = title;
    this.total = total;
    this.done = 0;
    this.shown = 0;
    this.isTerminal = process.stderr.isTTY;
  }

  /** Tells that one more step is done. */
  advance() {
    this.done++;
    if (!this.isTerminal) {
      const quarter = Math.floor((4 * this.done) / this.total);
      if (quarter > this.shown) {
        this.shown = quarter;
        process.stderr.write(`${this.title}: ${quarter * 25} %\n`);
      }
    } else if (this.done === this.total || performance.now() - this.shown >= INTERVAL) {
      this.shown = performance.now();
      const filled = Math.floor((WIDTH * this.done) / this.total);
      const bar = `${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}`;
      process.stderr.write(`\r${this.title} [${bar}] ${this.done}/${this.total}`);
    }
  }

  /** Leaves the line of the bar. */
  end() {
    if (this.isTerminal && this.done > 0) process.stderr.write('\n');
  }
}

module.exports = { Progress };
