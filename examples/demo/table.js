// Lays rows out as a table in plain ASCII: text to the left, numbers to the right.
'use strict';

/**
 * @param {string[]} heads
 * @param {(string | number)[][]} rows
 * @returns {string} without a line break at the end
 */
function formatTable(heads, rows) {
  const cells = rows.map((row) => row.map(formatCell));
  const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((row) => row[column].length)));
  const toTheRight = heads.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const line = (/** @type {string[]} */ row) =>
    row
      .map((cell, column) => (toTheRight[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd();
  return [line(heads), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map(line)].join('\n');
}

/** @param {string | number} cell */
function formatCell(cell) {
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell;
}

module.exports = { formatTable };
