// What a test run tells while it runs: the step and the file it is at, how much is done, how long the rest will take, and
// each failure when it happens.
'use strict';

const { heard } = require('./heard');

/** Milliseconds between two drawings of the line, on a terminal. */
const REDRAW = 200;

/** Milliseconds between two lines anywhere else: few enough for a log, and more often than anybody loses patience. */
const SPEAK = 20_000;

/** Seconds after which the run's own pace is believed instead of the usual one. */
const SETTLED = 15;

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {number} seconds which it takes on two quiet cores
 * @property {string[]} [files] that it will run, if they are known before
 */

/** How far a run of several steps is. Told on one stream: a line that is drawn again on a terminal, now and then a line elsewhere. */
class Progress {
  /**
   * @param {Part[]} parts in their order
   * @param {{ stream?: { write: (text: string) => unknown, isTTY?: boolean, columns?: number }, now?: () => number }} [options]
   *   `now` gives milliseconds
   */
  constructor(parts, { stream = process.stdout, now = () => performance.now() } = {}) {
    this.parts = parts;
    this.stream = stream;
    this.now = now;
    this.isTerminal = stream.isTTY === true;
    /** Usual seconds of the parts that have ended, and the seconds they took. */
    this.usual = 0;
    this.taken = 0;
    this.index = -1;
    /** When the part began, and when something was told last, in milliseconds. */
    this.began = 0;
    this.spoken = 0;
    this.passed = 0;
    this.failed = 0;
    /** The beginning of a line whose end has not come. */
    this.rest = '';
    this.file = '';
    /** @type {Set<string>} files that have been heard of */
    this.seen = new Set();
  }

  /** Begins the next part. */
  begin() {
    this.index++;
    this.began = this.spoken = this.now();
    this.passed = this.failed = 0;
    this.rest = this.file = '';
    this.seen = new Set();
    if (this.isTerminal) this.draw();
    this.timer = setInterval(() => this.tick(), this.isTerminal ? REDRAW : 1000);
    // The run ends when its steps do.
    this.timer.unref?.();
  }

  /**
   * Takes what the running command has written.
   * @param {string} text which may end within a line
   */
  hear(text) {
    const whole = this.rest + text;
    const end = whole.lastIndexOf('\n') + 1;
    this.rest = whole.slice(end);
    for (const line of whole.slice(0, end).split('\n')) this.hearLine(line);
  }

  /** @param {string} line */
  hearLine(line) {
    const { file, passed, failed } = heard(line, this.part.files);
    if (file !== undefined) this.file = file;
    if (file !== undefined && (this.part.files?.includes(file) ?? true)) this.seen.add(file);
    if (passed) this.passed++;
    if (failed !== undefined) {
      this.failed++;
      this.line(`  FAILED in ${[this.part.name, file ?? this.file].filter(Boolean).join(': ')}: ${failed}`);
    }
  }

  /**
   * Ends the part.
   * @param {string} line what is to be said of it
   */
  end(line) {
    clearInterval(this.timer);
    if (this.rest !== '') this.hearLine(this.rest);
    this.line(line, false);
    this.usual += this.part.seconds;
    this.taken += this.elapsed;
  }

  get part() {
    return this.parts[this.index];
  }

  /** Seconds of the running part. */
  get elapsed() {
    return (this.now() - this.began) / 1000;
  }

  /** How much of the running part is done, from 0 to 1: by its files; or by time, where there are none. */
  get fraction() {
    const { files = [], seconds } = this.part;
    // Of those that were heard of, one or two are running.
    const byFiles = (this.seen.size - 1) / files.length;
    if (files.length > 0) return Math.max(0, byFiles);
    const time = this.elapsed / (seconds * this.settledPace);
    // It may take longer than usual, and is not over before it is over.
    return Math.min(time, 0.95);
  }

  /** How many times as long as usual the ended parts took. */
  get settledPace() {
    return this.taken < SETTLED ? 1 : this.taken / this.usual;
  }

  /** Seconds that the running part and those after it will take, at the pace of the run until now. */
  get left() {
    const { fraction } = this;
    const usual = this.usual + this.part.seconds * fraction;
    const taken = this.taken + this.elapsed;
    const pace = taken < SETTLED || usual === 0 ? this.settledPace : taken / usual;
    const all = this.parts.reduce((sum, { seconds }) => sum + seconds, 0);
    return Math.max(0, all - usual) * pace;
  }

  /** @returns {string} the step, the file, how much is done, how long to go */
  describe() {
    const { name, files = [] } = this.part;
    const seen = this.seen.size;
    const done = [
      files.length > 0 && seen > 0 ? `file ${seen} of ${files.length}` : '',
      this.passed > 0 ? `${this.passed} passed` : '',
      this.failed > 0 ? `${this.failed} failed` : '',
      this.file,
    ];
    const where = `[${this.index + 1}/${this.parts.length}] ${name}`;
    return `${where}: ${[...done, `some ${duration(this.left)} to go`].filter(Boolean).join(', ')}`;
  }

  tick() {
    if (this.isTerminal) this.draw();
    else if (this.now() - this.spoken >= SPEAK) this.line(`  ${this.describe()}`);
  }

  draw() {
    // A longer line would be broken, and the next drawing would leave a part of it.
    this.stream.write(`\r\x1b[K${this.describe().slice(0, (this.stream.columns ?? 80) - 1)}`);
  }

  /**
   * Writes a line of its own, above the one that is drawn again.
   * @param {string} text
   * @param {boolean} [isRunning]
   */
  line(text, isRunning = true) {
    this.spoken = this.now();
    this.stream.write(`${this.isTerminal ? '\r\x1b[K' : ''}${text}\n`);
    if (this.isTerminal && isRunning) this.draw();
  }
}

/**
 * @param {number} seconds
 * @returns {string} rounded as much as an estimate deserves
 */
function duration(seconds) {
  if (seconds < 90) return `${Math.max(5, Math.ceil(seconds / 5) * 5)} s`;
  return `${Math.round(seconds / 60)} min`;
}

module.exports = { Progress, duration };
