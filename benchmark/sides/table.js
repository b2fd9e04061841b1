// The results of the group *sides* as a plain table.
'use strict';

const { formatTable } = require('../../examples/demo/table');
const { alignedRight, figure } = require('../figures');
const { PARTS, medians } = require('./compare');
const { withMeans } = require('./means');

/**
 * @param {import('.').SidesResult[]} results
 * @returns {string}
 */
function sidesTable(results) {
  const hasBeside = results.some(({ beside }) => beside);
  const heads = ['trial', 'payload', ...PARTS, 'cold', 'floors', ''];
  if (hasBeside) heads.push('other build:', ...PARTS);
  heads.push('ns, ferroport:', 'post', 'receive', 'built-in:', 'post', 'receive');
  const rows = withMeans(results).map((row) => {
    const { trial, name, ratio, cold, beside, floor, missed, ours, builtIn } = row;
    const cells = [trial, name, ...PARTS.map((part) => ratioText(ratio[part])), ratioText(cold), floorText(floor)];
    cells.push(missed.length > 0 ? `MISSED: ${missed.join(', ')}` : '');
    if (hasBeside) cells.push('', ...PARTS.map((part) => ratioText(beside?.[part])));
    return [...cells, ...nanoseconds(ours), ...nanoseconds(builtIn)];
  });
  const left = ['trial', 'payload', 'floors', ''];
  return formatTable(
    heads,
    alignedRight(
      rows,
      [...heads.keys()].filter((column) => !left.includes(heads[column])),
    ),
  );
}

/** @param {import('./measure').Times} [times] */
function nanoseconds(times) {
  if (times === undefined) return ['', '', ''];
  const { post, receive } = medians(times);
  return ['', figure(post), figure(receive)];
}

/** @param {number | null} [ratio] none, and null in JSON, when nothing is received */
function ratioText(ratio) {
  return ratio && Number.isFinite(ratio) ? figure(ratio) : '-';
}

/**
 * @param {import('./payloads').Floor} floor
 * @returns {string} of posting, of receiving, of both together
 */
function floorText(floor) {
  const floors = PARTS.map((part) => floor[part]);
  return floors.every((each) => each === undefined) ? '' : floors.map((each) => each ?? '-').join(' / ');
}

module.exports = { floorText, ratioText, sidesTable };
