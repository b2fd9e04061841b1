'use strict';

// Counts attempts, and what was wrong after them, by operation.

const { inspect } = require('node:util');

/**
 * @typedef {object} Fault
 * @property {string} operation
 * @property {string} driver which made the operation fail
 * @property {string} what is wrong
 * @property {number} count how many attempts it was seen after
 * @property {string} first one of them, to be found again
 */

/**
 * @typedef {object} Count
 * @property {number} threw attempts that threw
 * @property {number} returned attempts that did not
 * @property {number} wrong attempts after which something was wrong
 */

/** @param {unknown} value */
const shown = (value) =>
  inspect(value, { depth: 2, maxArrayLength: 4, maxStringLength: 60, breakLength: Infinity }).slice(0, 240);

class Tally {
  /** @type {Map<string, Count>} */
  #counts = new Map();
  /** @type {Map<string, Fault>} */
  #faults = new Map();
  #operation = '';
  #driver = '';
  #place = '';
  #isWrong = false;

  /**
   * An attempt begins; what is complained of from now on is about it.
   * @param {string} operation
   * @param {string} driver
   * @param {string} place what finds it again
   */
  begin(operation, driver, place) {
    this.#operation = operation;
    this.#driver = driver;
    this.#place = place;
    this.#isWrong = false;
  }

  /** @param {boolean} threw whether the attempt has thrown */
  count(threw) {
    const count = this.#of(this.#operation);
    if (threw) count.threw++;
    else count.returned++;
  }

  /**
   * @param {string} what is wrong, the same for all attempts
   * @param {...unknown} seen in this one
   */
  complain(what, ...seen) {
    if (!this.#isWrong) this.#of(this.#operation).wrong++;
    this.#isWrong = true;
    const key = `${this.#operation}\n${this.#driver}\n${what}`;
    const fault = this.#faults.get(key);
    if (fault !== undefined) {
      fault.count++;
      return;
    }
    const first = [this.#place, ...seen.map(shown)].join('; ');
    this.#faults.set(key, { operation: this.#operation, driver: this.#driver, what, count: 1, first });
  }

  /** @param {string} operation */
  #of(operation) {
    const there = this.#counts.get(operation);
    if (there !== undefined) return there;
    const made = { threw: 0, returned: 0, wrong: 0 };
    this.#counts.set(operation, made);
    return made;
  }

  /** @returns {{ counts: Record<string, Count>, faults: Fault[] }} */
  toJSON() {
    return { counts: Object.fromEntries(this.#counts), faults: [...this.#faults.values()] };
  }
}

module.exports = { Tally };
