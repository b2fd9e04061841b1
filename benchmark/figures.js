// How a result's figures are written, wherever they are shown.
'use strict';

/** @typedef {import('./rounds').Result} Result */

/**
 * @param {number} value
 * @returns {string} with about three digits
 */
function figure(value) {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** @param {import('./rounds').Measured} measured whose spread JSON has made null if it was none */
function spreadText({ spread }) {
  return Number.isFinite(spread) ? `+-${Math.round(spread * 50)}%` : '';
}

/**
 * Whether the built-in did the same, so that there is something to compare.
 * @param {Result} result
 */
function hasRatio({ ratio }) {
  return ratio > 0 && Number.isFinite(ratio);
}

/** @param {Result} result */
function ratioText(result) {
  return hasRatio(result) ? figure(result.ratio) : '-';
}

/** @param {Result} result */
function targetText({ target }) {
  return target.atMost === undefined ? `${target.ratio} x` : `<= ${target.atMost}`;
}

/**
 * @param {string[][]} rows
 * @param {number[]} columns whose cells end at the same place
 * @returns {string[][]}
 */
function alignedRight(rows, columns) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((cell, column) => (columns.includes(column) ? cell.padStart(widths[column]) : cell)),
  );
}

module.exports = { alignedRight, figure, hasRatio, ratioText, spreadText, targetText };
