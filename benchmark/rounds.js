// Measures one case on both sides in rounds that take turns, so that what slows the machine slows both.
'use strict';

/**
 * @typedef {object} Side one of the two that are compared
 * @property {string} module what a thread or a process requires to be on this side
 * @property {typeof import('node:worker_threads')} threads
 *
 * @typedef {object} Bench a case made ready on one side
 * @property {() => Promise<number> | number} round measures once, in the case's unit
 * @property {() => unknown} [close] frees what was opened
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {'ns' | 'us' | 'ms' | 'bytes'} unit of one operation, channel or process; less is better
 * @property {number} [rounds] unless the command line says otherwise; 11 without
 * @property {number} [warmUp] rounds that are not counted, for the compilers and caches; 1 without
 * @property {{ ratio?: number, atMost?: number }} [target] times the built-in's speed, or a bound in the unit
 * @property {(side: Side) => Promise<Bench> | Bench} open
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
 * @property {Case['target']} target
 * @property {Measured} ours
 * @property {Measured} builtIn
 * @property {number} ratio the built-in's median divided by ours
 * @property {boolean | undefined} met whether the target was, if there is one
 */

/**
 * @param {Case & { trial: string }} item
 * @param {number} [count] of rounds
 * @returns {Promise<Result>}
 */
async function runCase({ trial, name, unit, target, open, rounds = 11, warmUp = 1 }, count = rounds) {
  const sides = ['ferroport', 'node:worker_threads'].map((module) => ({ module, threads: require(module) }));
  const benches = await Promise.all(sides.map(open));
  const times = /** @type {number[][]} */ (sides.map(() => []));
  try {
    for (let round = -warmUp; round < count; round++) {
      for (const index of round % 2 === 0 ? [0, 1] : [1, 0]) {
        const time = await benches[index].round();
        if (round >= 0) times[index].push(time);
      }
    }
  } finally {
    for (const bench of benches) await bench.close?.();
  }
  const [ours, builtIn] = times.map(summary);
  const ratio = builtIn.median / ours.median;
  const met = target && (target.ratio === undefined ? ours.median <= Number(target.atMost) : ratio >= target.ratio);
  return { trial, name, unit, target, ours, builtIn, ratio, met };
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
