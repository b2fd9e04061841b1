// Measures one case on its sides in rounds that take turns, so that what slows the machine slows all of them.
'use strict';

const { inOwnProcess } = require('./processes/own-process');

/**
 * @typedef {object} Side one of those that are compared
 * @property {string} module what a thread or a process requires to be on this side
 * @property {typeof import('node:worker_threads')} threads
 *
 * @typedef {object} Bench a case made ready on one side
 * @property {() => Promise<number | number[]> | number | number[]} round measures once, in the case's unit; where the case has a
 *   further figure, both
 * @property {() => unknown} [close] frees what was opened
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {'ns' | 'us' | 'ms' | 'bytes' | 'requests/s'} unit of one operation, channel or process; of the last, more is
 *   better, of all others less
 * @property {number} [rounds] unless the command line says otherwise; 11 without
 * @property {number} [warmUp] rounds that are not counted, for the compilers and caches; 3 without
 * @property {Floor} [target] never slower than the built-in, without
 * @property {Figure} [further] what the same rounds measure beside, a row of its own
 * @property {boolean} [apart] each side has a process of its own, because what it leaves open would slow the other
 * @property {(side: Side) => Promise<Bench> | Bench} open
 *
 * @typedef {Pick<Case, 'name' | 'unit' | 'target'>} Figure
 *
 * @typedef {object} Floor
 * @property {number} [ratio] times the built-in's speed, on Node 20; on later ones, whose built-in is faster, 1 at most
 * @property {number} [ratio24] the same from Node 24 on
 * @property {number} [atMost] a bound in the unit
 *
 * @typedef {{ name: string, cases: Case[] }} Trial
 *
 * @typedef {object} Measured
 * @property {number} median
 * @property {number} spread half of the rounds lie within this much of each other, as a part of the median
 * @property {number[]} rounds
 *
 * @typedef {object} Result
 * @property {string} trial
 * @property {string} name
 * @property {Case['unit']} unit
 * @property {Floor} target
 * @property {Measured} ours
 * @property {Measured} builtIn
 * @property {Measured} [slowLane] ours without the fast lane, if that was measured too
 * @property {number} ratio how many times as fast as the built-in ours is, or how many times as small
 * @property {boolean} met whether the target was
 */

/**
 * @param {Case & { trial: string }} item
 * @param {{ rounds?: number, lanes?: boolean }} [settings] `lanes` measures the slow lane, too
 * @returns {Promise<Result[]>} one for each figure of the case
 */
async function runCase(item, { rounds = item.rounds ?? 11, lanes = false } = {}) {
  const { trial, apart = false, warmUp = 3 } = item;
  const openSide = (/** @type {string} */ module) =>
    apart ? inOwnProcess(item, module) : item.open({ module, threads: require(module) });
  const benches = [await openSide('ferroport'), await openSide('node:worker_threads')];
  // Whether there is a fast lane is decided when the package is loaded.
  if (lanes) benches.push(inOwnProcess(item, 'ferroport', { FERROPORT_FAST_LANE: '0' }));
  const times = await takeTurns(benches, warmUp, rounds);
  const figures = [item, ...(item.further ? [item.further] : [])];
  return figures.map((figure, index) => ({
    trial,
    ...compared(
      figure,
      times.map((side) => side.map((round) => round[index])),
    ),
  }));
}

/**
 * @param {Figure} figure
 * @param {number[][]} times of ours, of the built-in, and of the slow lane if that was measured too
 * @returns {Omit<Result, 'trial'>}
 */
function compared({ name, unit, target: floor }, times) {
  const target = targetHere(floor);
  const [ours, builtIn, slow] = times.map(summary);
  const ratio = unit === 'requests/s' ? ours.median / builtIn.median : builtIn.median / ours.median;
  const met = target.atMost === undefined ? ratio >= Number(target.ratio) : ours.median <= target.atMost;
  return { name, unit, target, ours, builtIn, slowLane: slow, ratio, met };
}

/**
 * @param {Bench[]} benches which are closed at the end
 * @param {number} warmUp
 * @param {number} rounds
 * @returns {Promise<number[][][]>} of each, of each round, the figures
 */
async function takeTurns(benches, warmUp, rounds) {
  const times = /** @type {number[][][]} */ (benches.map(() => []));
  const there = [...benches.keys()];
  const back = there.toReversed();
  try {
    for (let round = -warmUp; round < rounds; round++) {
      for (const index of round % 2 === 0 ? there : back) {
        const figures = await benches[index].round();
        if (round >= 0) times[index].push([figures].flat());
      }
    }
  } finally {
    for (const bench of benches) await bench.close?.();
  }
  return times;
}

/**
 * @param {Floor} [target]
 * @returns {Floor} the part of it that is for this Node
 */
function targetHere(target = { ratio: 1 }) {
  const { ratio = 1, ratio24, atMost } = target;
  if (atMost !== undefined) return { atMost };
  const version = Number(process.versions.node.split('.')[0]);
  if (version >= 24 && ratio24 !== undefined) return { ratio: ratio24 };
  return { ratio: version === 20 ? ratio : Math.min(ratio, 1) };
}

/**
 * @param {number[]} rounds
 * @returns {Measured}
 */
function summary(rounds) {
  const sorted = rounds.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ part) => {
    const place = part * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (above - below) * (place % 1);
  };
  const median = at(0.5);
  return { median, spread: (at(0.75) - at(0.25)) / Math.abs(median), rounds };
}

module.exports = { runCase };
