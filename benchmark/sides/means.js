// Geometric means of the ratios of payloads that belong together, each with its floor.
'use strict';

const { geometricMean, missed } = require('./compare');
const { PAYLOADS } = require('./payloads');

/**
 * @typedef {import('./compare').Ratios} Ratios
 * @typedef {Mean & Partial<import('.').SidesResult>} Row a result, or a mean
 * @typedef {Pick<import('.').SidesResult, 'trial' | 'name' | 'ratio' | 'cold' | 'beside' | 'floor' | 'missed'>} Mean
 */

const BY_NAME = new Map(PAYLOADS.map((payload) => [payload.name, payload]));

/** @type {{ name: string, has: (payload: import('./payloads').Payload) => boolean, both?: number }[]} */
const GROUPS = [
  { name: 'small messages', has: ({ group }) => group === 'small messages', both: 3 },
  { name: 'trees and records', has: ({ group }) => group === 'trees and records', both: 1.8 },
  { name: 'all that is copied', has: ({ moved, isRefused }) => !moved && !isRefused, both: 1.8 },
  { name: 'all that is moved', has: ({ moved }) => moved !== undefined },
];

/**
 * @param {import('.').SidesResult[]} results of one variant
 * @returns {Mean[]} one for each group of which there is more than one payload
 */
function means(results) {
  return GROUPS.flatMap(({ name, has, both }) => {
    const rows = results.filter((result) => has(/** @type {any} */ (BY_NAME.get(result.name) ?? {})));
    if (rows.length < 2) return [];
    const ratio = meanOf(rows.map((row) => row.ratio));
    const others = rows.flatMap(({ beside }) => beside ?? []);
    // Whether there are floors on this Node, the payloads say.
    const isHeld = both !== undefined && rows.some(({ floor }) => floor.both !== undefined);
    const floor = isHeld ? { both } : {};
    return {
      ...{ trial: rows[0].trial, name: `mean of ${name}`, ratio, cold: geometricMean(rows.map(({ cold }) => cold)) },
      ...(others.length > 0 ? { beside: meanOf(others) } : {}),
      ...{ floor, missed: missed(ratio, floor) },
    };
  });
}

/**
 * @param {Ratios[]} ratios
 * @returns {Ratios}
 */
function meanOf(ratios) {
  const mean = (/** @type {keyof Ratios} */ part) => geometricMean(ratios.map((ratio) => ratio[part]));
  return { post: mean('post'), receive: mean('receive'), both: mean('both') };
}

/**
 * @param {import('.').SidesResult[]} results
 * @returns {Row[]} the results of each variant, and behind them their means
 */
function withMeans(results) {
  const trials = [...new Set(results.map(({ trial }) => trial))];
  return trials.flatMap((trial) => {
    const rows = results.filter((result) => result.trial === trial);
    return [...rows, ...means(rows)];
  });
}

module.exports = { withMeans };
