// From times to ratios: what a message costs with the built-in, divided by what it costs with another side.
'use strict';

/**
 * @typedef {import('./measure').Times} Times
 *
 * @typedef {object} Ratios above 1, the other side is faster
 * @property {number} post
 * @property {number} receive
 * @property {number} both the sums of the two medians, compared
 */

/** @type {(keyof Ratios)[]} */
const PARTS = ['post', 'receive', 'both'];

/**
 * @param {number[]} figures
 * @returns {number}
 */
function median(figures) {
  const sorted = figures.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
}

/**
 * @param {number[]} figures
 * @returns {number} the geometric mean of those that there are
 */
function geometricMean(figures) {
  const there = figures.filter(Number.isFinite);
  return Math.exp(there.reduce((sum, figure) => sum + Math.log(figure), 0) / there.length);
}

/**
 * @param {Times} times
 * @returns {Ratios} the medians, in nanoseconds, and their sum
 */
function medians(times) {
  const [post, receive] = [median(times.post), median(times.receive)];
  return { post, receive, both: post + receive };
}

/**
 * @param {Times} builtIn
 * @param {Times} other
 * @returns {Ratios} `receive` is not a number when nothing was received
 */
function ratios(builtIn, other) {
  const [a, b] = [medians(builtIn), medians(other)];
  return { post: a.post / b.post, receive: a.receive / b.receive, both: a.both / b.both };
}

/**
 * @param {Partial<Ratios>} ratio
 * @param {import('./payloads').Floor} floor
 * @returns {(keyof Ratios)[]} where it is below its floor
 */
function missed(ratio, floor) {
  return PARTS.filter((part) => floor[part] !== undefined && Number(ratio[part]) < floor[part]);
}

module.exports = { PARTS, geometricMean, median, medians, missed, ratios };
