'use strict';

// What the chart of the benchmark shows of the reports that it is given.

const test = require('ava');
const { chart } = require('../../benchmark/chart');

const side = { trial: 'sides', name: 'number', cold: 1, floor: {}, missed: [] };

/** A report of a Node with a message and a channel. */
const report = (node, post, receive, channel, rest = {}) => ({
  ...{ ferroport: '0.1.0', node, platform: 'linux x64', cpus: 2, cpu: 'a & b', date: '2026-01-31' },
  results: [{ trial: 'create', name: 'channel', ratio: channel, target: { ratio: 1 } }],
  sides: [{ ...side, ratio: { post, receive, both: 2 } }],
  ...rest,
});

/** Where each bar begins and ends, in the order of the document, with its class. */
const bars = (made) =>
  [...made.matchAll(/<rect class="(slow|fast)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/g)].map(
    ([, kind, x, y, width]) => ({ kind, from: Number(x), y: Number(y), to: Number(x) + Number(width) }),
  );

const figures = (made) => [...made.matchAll(/>(\d+\.\d+)</g)].map(([, figure]) => figure);

test('a chart has a bar for each side of a message, and one for a case', (t) => {
  const made = chart([report('26.1.0', 0.5, 4, 16)]);
  t.deepEqual(
    bars(made).map(({ kind }) => kind),
    ['slow', 'fast', 'fast'],
  );
  t.deepEqual(figures(made), ['0.50', '4.00', '16.0']);
  t.true(made.includes('>Node 26.1.0<'));
});

test('of several Nodes, each has a column of its own, on the same rows and the same scale', (t) => {
  const made = chart([report('24.2.0', 0.5, 4, 16), report('26.1.0', 2, 4, 32)]);
  t.deepEqual(figures(made), ['0.50', '4.00', '2.00', '4.00', '16.0', '32.0']);
  const [, receive24, post26, receive26, channel24, channel26] = bars(made);
  t.deepEqual([receive26.y, channel26.y], [receive24.y, channel24.y]);
  t.true(Math.max(receive24.to, channel24.to) < Math.min(post26.from, channel26.from));
  const width = ({ from, to }) => Math.round(to - from);
  t.is(width(receive26), width(receive24));
  t.true(made.indexOf('>Node 24.2.0<') < made.indexOf('>Node 26.1.0<'));
  t.is(made.match(/>ferroport 0\.1\.0, Node [^<]*a &#38; b, 2026-01-31</g).length, 2);
  t.is(made.match(/>number</g).length, 1);
});

test('the scale leaves out numbers that would run into one another, but never 1', (t) => {
  const ticks = (...ratios) =>
    [...chart(ratios.map((ratio) => report('26.1.0', 1, 1, ratio))).matchAll(/text-anchor="middle">([^<]+)</g)].map(
      ([, tick]) => tick,
    );
  t.deepEqual(ticks(4), ['1/2', '1', '2', '4']);
  const [column, again] = [ticks(512, 512).slice(0, 5), ticks(512, 512).slice(5)];
  t.deepEqual(column, ['1', '4', '16', '64', '256']);
  t.deepEqual(again, column);
});

test('what a later Node has not measured is left free in its column', (t) => {
  t.deepEqual(figures(chart([report('24.2.0', 0.5, 4, 16), report('26.1.0', 2, 4, 32, { sides: [] })])), [
    ...['0.50', '4.00', '16.0', '32.0'],
  ]);
});

test('a chart has colours for light pages, and others for dark ones', (t) => {
  const [light, dark] = chart([report('26.1.0', 0.5, 4, 16)]).split('@media (prefers-color-scheme: dark)');
  for (const name of ['page', 'grid', 'one', 'floor', 'fast', 'slow', 'quiet']) {
    const colour = (style) => new RegExp(`\\.${name} \\{ (?:fill|stroke): (#\\w+)`).exec(style)?.[1];
    t.truthy(colour(light));
    t.truthy(colour(dark));
    t.not(colour(light), colour(dark), name);
  }
});

test('a report of which nothing is shown is refused', (t) => {
  t.throws(() => chart([report('26.1.0', 1, 1, 1, { results: [], sides: [] })]), { instanceOf: TypeError });
});
