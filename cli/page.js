// The page that shows the chart and the tables of a benchmark, without anything from elsewhere.
'use strict';

const STYLE = `
  :root { color-scheme: light dark; }
  body { margin: 2rem auto; max-width: 54rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; }
  svg { max-width: 100%; height: auto; }
  table { border-collapse: collapse; margin: 1.5rem 0; width: 100%; font-variant-numeric: tabular-nums; }
  th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid #8886; text-align: right; }
  th:first-child, td:first-child { text-align: left; }`;

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * @param {string} machine what the figures belong to
 * @param {string} svg the chart
 * @param {import('./bench').Table[]} tables
 * @returns {string} HTML
 */
function page(machine, svg, tables) {
  const cells = (/** @type {string[]} */ row, /** @type {string} */ tag) =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const drawn = tables.map(
    ({ heads, rows }) =>
      `<table>\n<thead>${cells(heads, 'th')}</thead>\n<tbody>\n${rows.map((row) => cells(row, 'td')).join('\n')}\n</tbody>\n</table>`,
  );
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<title>ferroport beside node:worker_threads</title>',
    `<style>${STYLE}\n</style>`,
    '</head>',
    '<body>',
    '<h1>ferroport beside node:worker_threads</h1>',
    `<p>${escaped(machine)}. Medians; above 1, ferroport is faster.</p>`,
    svg.trimEnd(),
    ...drawn,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

module.exports = { page };
