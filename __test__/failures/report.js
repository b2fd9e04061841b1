'use strict';

// Says what was seen, in lines.

/** @typedef {{ threw: number, returned: number, wrong: number }} Count */
/** @typedef {{ operation: string, driver: string, what: string, count: number, first: string }} Fault */
/** @typedef {{ counts: Record<string, Count>, faults: Fault[] }} Result */

/** @returns {Result} */
const nothing = () => ({ counts: {}, faults: [] });

/**
 * Adds what was seen in one program to what was seen before.
 * @param {Result} sum
 * @param {Result} result
 */
function add(sum, { counts, faults }) {
  for (const [operation, { threw, returned, wrong }] of Object.entries(counts)) {
    const count = (sum.counts[operation] ??= { threw: 0, returned: 0, wrong: 0 });
    count.threw += threw;
    count.returned += returned;
    count.wrong += wrong;
  }
  for (const fault of faults) {
    const { operation, driver, what } = fault;
    const there = sum.faults.find(
      (other) => other.operation === operation && other.driver === driver && other.what === what,
    );
    if (there === undefined) sum.faults.push({ ...fault });
    else there.count += fault.count;
  }
}

/** @param {Result} result */
function totalOf({ counts }) {
  const total = { threw: 0, returned: 0, wrong: 0 };
  for (const { threw, returned, wrong } of Object.values(counts)) {
    total.threw += threw;
    total.returned += returned;
    total.wrong += wrong;
  }
  return total;
}

/**
 * What was wrong, by operation.
 * @param {Result} result
 * @returns {string} empty if nothing was
 */
function faultsOf({ counts, faults }) {
  const lines = [];
  for (const [operation, { threw, returned, wrong }] of Object.entries(counts)) {
    const own = faults.filter((fault) => fault.operation === operation);
    if (own.length === 0) continue;
    lines.push(`${operation}: ${wrong} of ${threw + returned} attempts wrong, ${threw} threw`);
    for (const { driver, what, count, first } of own) {
      lines.push(`  ${count} times, ${driver}: ${what}`, `    ${first.replace(/\s*\n\s*/g, ' ')}`);
    }
  }
  for (const { operation, what, first } of faults) {
    if (counts[operation] === undefined) lines.push(`${operation}: ${what}`, `    ${first.slice(0, 2000)}`);
  }
  return lines.join('\n');
}

module.exports = { add, faultsOf, nothing, totalOf };
