// The ratios to the built-in as a bar chart in SVG, on a logarithmic scale, readable on light and dark pages.
'use strict';

const { figure, hasRatio } = require('./figures');
const { machine } = require('./report');

/** @typedef {import('./rounds').Result} Result */

/** What most people do. The rest is for the table: a hundred bars say less than thirty. */
const SHOWN = ['create', 'to worker', 'ping-pong', 'same thread', 'transfer', 'worker pool'];

const WIDTH = 860;
const LEFT = 270;
const RIGHT = 60;
const TOP = 64;
const ROW = 20;
const HEAD = 26;

/** Not every program that shows an SVG knows media queries; without, it is light. */
const STYLE = `
    text { font: 12px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328; }
    .title { font-size: 15px; font-weight: 600; }
    .group { font-weight: 600; }
    .quiet { fill: #59636e; font-size: 11px; }
    .page { fill: #ffffff; stroke: #d1d9e0; }
    .grid { stroke: #d1d9e0; }
    .one { stroke: #59636e; stroke-width: 1.5; }
    .floor { stroke: #1f2328; stroke-width: 2; }
    .fast { fill: #7fb0e6; }
    .slow { fill: #e58a68; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .quiet { fill: #9198a1; }
      .page { fill: #0d1117; stroke: #3d444d; }
      .grid { stroke: #3d444d; }
      .one { stroke: #9198a1; }
      .floor { stroke: #f0f6fc; }
      .fast { fill: #2f6fb5; }
      .slow { fill: #b5502c; }
    }`;

/**
 * @param {import('./report').Report} report
 * @returns {string} an SVG document
 * @throws {TypeError} when the report has no case that the chart shows
 */
function chart(report) {
  const results = report.results.filter((result) => SHOWN.includes(result.trial) && hasRatio(result));
  if (results.length === 0) throw new TypeError(`a chart shows ${SHOWN.join(', ')}; none of these has been measured`);
  const x = scale(results);
  const rows = [];
  let y = TOP + 18;
  let group = '';
  for (const result of results) {
    if (result.trial !== group) {
      group = result.trial;
      rows.push(`<text class="group" x="16" y="${y + 17}">${escaped(group)}</text>`);
      y += HEAD;
    }
    rows.push(bar(result, x, y));
    y += ROW;
  }
  const height = y + 34;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `  <title>ferroport beside the built-in: how many times as fast</title>`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect class="page" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6" />`,
    `  <text class="title" x="16" y="28">How many times as fast as node:worker_threads</text>`,
    `  <text class="quiet" x="16" y="46">Medians, on a logarithmic scale. 1 is the built-in; a mark across a row is the floor that the case is held to.</text>`,
    ...grid(x, y).map((line) => `  ${line}`),
    ...rows.map((line) => `  ${line}`),
    `  <text class="quiet" x="16" y="${height - 13}">${escaped(machine(report))}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

/**
 * @typedef {((ratio: number) => number) & { ticks: number[] }} Scale where a ratio stands, in pixels
 *
 * @param {Result[]} results
 * @returns {Scale} from a power of two to another, both around all ratios and floors
 */
function scale(results) {
  const all = results.flatMap(({ ratio, target }) => [ratio, target.ratio ?? 1]);
  const low = Math.min(-1, Math.floor(Math.log2(Math.min(...all))));
  const high = Math.max(1, Math.ceil(Math.log2(Math.max(...all))));
  const step = (WIDTH - LEFT - RIGHT) / (high - low);
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i));
  return Object.assign((/** @type {number} */ ratio) => LEFT + (Math.log2(ratio) - low) * step, { ticks });
}

/**
 * @param {Scale} x
 * @param {number} bottom
 */
function grid(x, bottom) {
  return x.ticks.flatMap((tick) => {
    const at = x(tick).toFixed(1);
    return [
      `<line class="${tick === 1 ? 'one' : 'grid'}" x1="${at}" x2="${at}" y1="${TOP + 8}" y2="${bottom}" />`,
      `<text class="quiet" x="${at}" y="${TOP + 2}" text-anchor="middle">${tick < 1 ? `1/${1 / tick}` : tick}</text>`,
    ];
  });
}

/**
 * A bar from 1 to the ratio, to the right when ours is faster, to the left when it is slower.
 * @param {Result} result
 * @param {Scale} x
 * @param {number} y of its top
 */
function bar({ name, ratio, target }, x, y) {
  const [from, to] = [x(Math.min(ratio, 1)), x(Math.max(ratio, 1))];
  const parts = [
    `<text x="${LEFT - 12}" y="${y + 13}" text-anchor="end">${escaped(name)}</text>`,
    `<rect class="${ratio < 1 ? 'slow' : 'fast'}" x="${from.toFixed(1)}" y="${y + 3}" width="${(to - from).toFixed(1)}" height="${ROW - 6}" />`,
  ];
  let end = to;
  if (target.ratio !== undefined && target.ratio !== 1) {
    const floor = x(target.ratio);
    const at = floor.toFixed(1);
    parts.push(`<line class="floor" x1="${at}" x2="${at}" y1="${y + 2}" y2="${y + ROW - 2}" />`);
    // The number stands behind a mark that it would be written across.
    if (floor > to && floor < to + RIGHT) end = floor;
  }
  parts.push(`<text x="${(end + 6).toFixed(1)}" y="${y + 13}">${figure(ratio)}</text>`);
  return parts.join('');
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

module.exports = { chart };
