// Measures one case on its sides in rounds that take turns, so that what slows the machine slows all of them.
'use strict';

const { inOwnProcess } = require('./processes/own-process');

/**
 * @typedef {object} Side one of those that are compared
 * @property {string} module what a thread or a process requires to be on this side
 * @property {typeof import('node:worker_threads')} threads
 *
 * @typedef {object} Bench a case made ready on one side
 * @property {() => Promise<number> | number} round measures once, in the case's unit
 * @property {() => unknown} [close] frees what was opened
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {'ns' | 'us' | 'ms' | 'bytes' | 'requests/s'} unit of one operation, channel or process; of the last, more is
 *   better, of all others less
 * @property {number} [rounds] unless the command line says otherwise; 11 without
 * @property {number} [warmUp] rounds that are not counted, for the compilers and caches; 3 without
 * @property {Floor} [target] on Node 20; never slower than the built-in, without
 * @property {boolean} [apart] each side has a process of its own, because what it leaves open would slow the other
 * @property {(side: Side) => Promise<Bench> | Bench} open
 *
 * @typedef {{ ratio?: number, atMost?: number }} Floor times the built-in's speed, or a bound in the unit
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
 * @returns {Promise<Result>}
 */
async function runCase(item, { rounds = item.rounds ?? 11, lanes = false } = {}) {
  const { trial, name, unit, apart = false, warmUp = 3 } = item;
  const target = targetHere(item.target);
  const openSide = (/** @type {string} */ module) =>
    apart ? inOwnProcess(item, module) : item.open({ module, threads: require(module) });
  const benches = [await openSide('ferroport'), await openSide('node:worker_threads')];
  // Whether there is a fast lane is decided when the package is loaded.
  if (lanes) benches.push(inOwnProcess(item, 'ferroport', { FERROPORT_FAST_LANE: '0' }));
  const times = await takeTurns(benches, warmUp, rounds);
  const [ours, builtIn, slow] = times.map(summary);
  const ratio = unit === 'requests/s' ? ours.median / builtIn.median : builtIn.median / ours.median;
  const met = target.atMost === undefined ? ratio >= Number(target.ratio) : ours.median <= target.atMost;
  return { trial, name, unit, target, ours, builtIn, slowLane: slow, ratio, met };
}

/**
 * @param {Bench[]} benches which are closed at the end
 * @param {number} warmUp
 * @param {number} rounds
 * @returns {Promise<number[][]>} the figures of each
 */
async function takeTurns(benches, warmUp, rounds) {
  const times = /** @type {number[][]} */ (benches.map(() => []));
  const there = [...benches.keys()];
  const back = there.toReversed();
  try {
    for (let round = -warmUp; round < rounds; round++) {
      for (const index of round % 2 === 0 ? there : back) {
        const time = await benches[index].round();
        if (round >= 0) times[index].push(time);
      }
    }
  } finally {
    for (const bench of benches) await bench.close?.();
  }
  return times;
}

/**
 * The floors above 1 were set for Node 20; later ones have a faster built-in.
 * @param {Floor} [target]
 * @returns {Floor}
 */
function targetHere(target = { ratio: 1 }) {
  const isNode20 = process.versions.node.startsWith('20.');
  return target.ratio === undefined || isNode20 ? target : { ratio: Math.min(target.ratio, 1) };
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
